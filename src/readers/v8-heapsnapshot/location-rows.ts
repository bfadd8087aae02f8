import { EDGE, type HeapGraph, NODE, type NodeLocations, NONE } from '../../model/heap-graph.ts'
import type { Header } from './header.ts'
import { allocate, type Memory } from './memory.ts'
import { reciprocalOf } from './node-place.ts'
import { NumberCursor } from './number-cursor.ts'
import { BadNumber, NumberRows, type StraightScanner, valuesOf, type Wide } from './number-rows.ts'
import type { SnapshotStrings } from './snapshot-strings.ts'

/** New Chromium names a script `system / Script / <URL>`, all others after the file alone. */
const SCRIPT_PREFIX = 'system / Script / '

/**
 * Rows of `locations`: which line of which script a closure, or the constructor of an instance, comes from. Millions
 * of nodes share a few thousand places, so a node keeps the number of its place and places are kept once, found again
 * by an open-addressing table of numbers.
 * Cost: 2 bytes a node (4 above 65,535 places), 20 a place.
 */
export class LocationRows {
  readonly #layout: NonNullable<Header['location']>
  readonly #nodeFields: number
  readonly #nodeCount: number
  readonly #memory: Memory
  #place: Uint16Array | Uint32Array
  /** Per place; row 0 stands for "no location". */
  readonly #script: number[] = [0]
  readonly #scriptNode: number[] = [NONE]
  readonly #line: number[] = [0]
  readonly #column: number[] = [0]
  #table = new Uint32Array(1024)

  constructor(header: Header, nodeCount: number, memory: Memory) {
    this.#layout = header.location!
    this.#nodeFields = header.node.fields
    this.#nodeCount = nodeCount
    this.#memory = memory
    this.#place = new Uint16Array(allocate(memory, nodeCount * 2))
  }

  /** Appends rows straight from the bytes; see `StraightScanner`. */
  takeStraight(bytes: Uint8Array, from: number, last: number): number {
    const nodeFields = this.#nodeFields
    const nodeCount = this.#nodeCount
    const placeOfNode = this.#place
    const most = placeOfNode instanceof Uint16Array ? 0xffff : NONE
    const reciprocal = reciprocalOf(nodeFields)
    const cursor = new NumberCursor()
    cursor.at = from
    let begin = from
    while (begin <= last) {
      const object = cursor.next(bytes)
      const script = cursor.next(bytes)
      const line = cursor.next(bytes)
      const column = cursor.next(bytes)
      const node = (object * reciprocal) >>> 0
      if ((object | script | line | column) < 0 || node >= nodeCount || node * nodeFields !== object) break
      const place = this.#placeOf(script, line, column, NONE)
      if (place > most) break
      placeOfNode[node] = place
      begin = cursor.at
    }
    return begin
  }

  /** @throws BadNumber */
  add(numbers: Uint32Array, rowCount: number, wides: readonly Wide[]): void {
    const batch = valuesOf(numbers, rowCount * this.#layout.fields, wides)
    const layout = this.#layout
    const { object, scriptId, script, line, column, fields } = layout
    for (let row = 0, at = 0; row < rowCount; row++, at += fields) {
      const node = batch[at + object]! / this.#nodeFields
      if (!(node >= 0 && node < this.#nodeCount && Number.isInteger(node))) {
        throw new BadNumber(at + object, 'locations', `a multiple of ${this.#nodeFields} below ${this.#nodeCount * this.#nodeFields} for object_index`, String(node * this.#nodeFields))
      }
      const scriptNode = script === undefined ? NONE : batch[at + script]! / this.#nodeFields
      const place = this.#placeOf(batch[at + scriptId]!, batch[at + line]!, batch[at + column]!, scriptNode)
      if (place > 0xffff && this.#place instanceof Uint16Array) {
        const wide = new Uint32Array(allocate(this.#memory, this.#nodeCount * 4))
        wide.set(this.#place)
        this.#place = wide
      }
      this.#place[node] = place
    }
  }

  #placeOf(script: number, line: number, column: number, scriptNode: number): number {
    const table = this.#table
    const mask = table.length - 1
    let slot = hash(script, line, column) & mask
    for (let place = table[slot]!; place !== 0; place = table[slot]!) {
      if (this.#line[place] === line && this.#column[place] === column && this.#script[place] === script) return place
      slot = (slot + 1) & mask
    }
    return this.#addPlace(slot, script, line, column, scriptNode)
  }

  /** A function of its own: it is seldom called, and would be compiled into every look-up. */
  #addPlace(slot: number, script: number, line: number, column: number, scriptNode: number): number {
    const place = this.#script.length
    this.#script.push(script)
    this.#line.push(line)
    this.#column.push(column)
    this.#scriptNode.push(scriptNode >= 0 && scriptNode < this.#nodeCount && Number.isInteger(scriptNode) ? scriptNode : NONE)
    this.#table[slot] = place
    if (place * 2 > this.#table.length) {
      this.#table = new Uint32Array(this.#table.length * 2)
      const mask = this.#table.length - 1
      for (let each = 1; each <= place; each++) {
        let free = hash(this.#script[each]!, this.#line[each]!, this.#column[each]!) & mask
        while (this.#table[free] !== 0) free = (free + 1) & mask
        this.#table[free] = each
      }
    }
    return place
  }

  /**
   * The finished columns, with the scripts' names: of the script object where the file names it, otherwise found by
   * going from a closure of that script over its shared function info to the script, which is named after its file.
   */
  finish(graph: Pick<HeapGraph, 'nodeCount' | 'nodeKind' | 'nodeName' | 'firstEdge' | 'edgeTarget' | 'edgeName' | 'edgeKind'>, strings: SnapshotStrings): NodeLocations {
    const fileOfScript = this.#filesOfScripts(graph, strings)
    return {
      place: this.#place,
      file: Uint32Array.from(this.#script, (script, place) => (place === 0 ? NONE : (fileOfScript.get(script) ?? NONE))),
      // Counted from 0 in the file.
      line: Uint32Array.from(this.#line, (line, place) => (place === 0 ? 0 : line + 1)),
      column: Uint32Array.from(this.#column, (column, place) => (place === 0 ? 0 : column + 1)),
    }
  }

  #filesOfScripts(graph: Parameters<LocationRows['finish']>[0], strings: SnapshotStrings): Map<number, number> {
    const files = new Map<number, number>()
    const unresolved = new Set<number>()
    const nameOf = (node: number): number => {
      const name = graph.nodeName[node]!
      const text = strings.get(name)
      if (text.startsWith(SCRIPT_PREFIX)) return strings.add(text.slice(SCRIPT_PREFIX.length))
      return text === '' || text === 'system / Script' ? NONE : name
    }
    for (const [place, script] of this.#script.entries()) {
      if (place === 0 || files.has(script)) continue
      const node = this.#scriptNode[place]!
      const name = node === NONE ? NONE : nameOf(node)
      if (name === NONE) unresolved.add(script)
      else {
        files.set(script, name)
        unresolved.delete(script)
      }
    }
    if (unresolved.size === 0) return files
    const numbers = strings.numbersOf(['shared', 'script', 'script_or_debug_info'])
    const shared = numbers.get('shared') ?? NONE
    const script = numbers.get('script') ?? NONE
    const scriptOrDebugInfo = numbers.get('script_or_debug_info') ?? NONE
    const { firstEdge, edgeName, edgeKind, edgeTarget, nodeKind } = graph
    /** The target of the first internal edge of either name. */
    const follow = (node: number, name: number, orName: number): number => {
      const end = firstEdge[node + 1]!
      for (let edge = firstEdge[node]!; edge < end; edge++) {
        if ((edgeName[edge] === name || edgeName[edge] === orName) && edgeKind[edge] === EDGE.internal) return edgeTarget[edge]!
      }
      return NONE
    }
    const resolve = (node: number, scriptId: number): void => {
      const info = follow(node, shared, shared)
      if (info === NONE) return
      const scriptNode = follow(info, script, scriptOrDebugInfo)
      if (scriptNode === NONE || nodeKind[scriptNode] !== NODE.code) return
      const name = nameOf(scriptNode)
      if (name === NONE) return
      files.set(scriptId, name)
      unresolved.delete(scriptId)
    }
    // Closures of one place share their function info: the first one of each will do.
    const closures = firstOfPlaces(this.#place, this.#script.length, nodeKind)
    for (const node of closures) {
      const scriptId = this.#script[this.#place[node]!]!
      if (unresolved.has(scriptId)) resolve(node, scriptId)
    }
    return files
  }
}

/** The first closure of each place, in the order of the file. */
function firstOfPlaces(place: Uint16Array | Uint32Array, places: number, nodeKind: Uint8Array): number[] {
  const isTaken = new Uint8Array(places)
  isTaken[0] = 1 // no place
  const closures: number[] = []
  for (let node = 0; node < nodeKind.length; node++) {
    const its = place[node]!
    if (isTaken[its] === 1 || nodeKind[node] !== NODE.closure) continue
    isTaken[its] = 1
    closures.push(node)
  }
  return closures
}

function hash(script: number, line: number, column: number): number {
  let mixed = Math.imul(script | 0, 0x9e3779b1) ^ Math.imul(line | 0, 0x85ebca6b) ^ Math.imul(column | 0, 0xc2b2ae35)
  mixed ^= mixed >>> 15
  return mixed >>> 0
}

/** Scans the array of locations. */
export function locationRows(layout: NonNullable<Header['location']>, locations: LocationRows): NumberRows {
  const { fields, object, scriptId, line, column } = layout
  // As V8 writes them; those of new Chromium have a field more.
  const isUsual = fields === 4 && object === 0 && scriptId === 1 && line === 2 && column === 3
  const straight: StraightScanner = (bytes, from, last) => locations.takeStraight(bytes, from, last)
  return new NumberRows(fields, (batch, rowCount, wides) => locations.add(batch, rowCount, wides), isUsual ? straight : undefined)
}
