import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { AllocationProfileBuilder } from '../model/allocation-profile-builder.ts'
import type { EdgeKind, HeapGraph, NodeKind } from '../model/heap-graph.ts'
import { NONE, ROOT } from '../model/heap-graph.ts'
import { HeapGraphBuilder } from '../model/heap-graph-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { Interner } from '../model/string-table.ts'
import { asNumber, asObject, asText, type Json, parseJson } from './json-input.ts'
import { findHeldFromOutside } from './pyheap-outside.ts'
import type { ByteSource, Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'pyheap'

const KINDS: Readonly<Record<string, NodeKind>> = {
  object: 'object',
  string: 'string',
  number: 'number',
  function: 'closure',
  code: 'code',
  class: 'class',
  module: 'module',
  frame: 'context', // of a running thread: 'frame'
  traceback: 'object',
  cell: 'context',
  weakref: 'weak-reference',
}
type Entries = 'property' | 'variable'

/**
 * The object graph `stillhere.py` writes of a CPython process (docs/formats/pyheap.md): one JSON value a line.
 *
 * Roots are modules and the frames of running threads, as the file tells them. Objects reached from neither are alive
 * because the interpreter or an extension written in C holds them; each such group gets a root edge that says so.
 * The dictionary of a module, class or instance is part of its owner, as V8's property arrays are: one node, with the
 * attributes as its own references, so that all Python versions give the same paths. It stays a node of its own where
 * somebody else refers to it too. A frame that runs is of kind `frame`, one that only a traceback or a generator holds
 * of kind `context`: the first is no leak, the second may be.
 * An object whose `__del__` has run and that is alive all the same has a weak edge `finalized` to itself.
 * Ids are addresses: an address may be used again, so they do not mean the same object in another file.
 * Sizes are `sys.getsizeof`: the object itself with its collector's header, without the malloc rounding; attribute
 * values that Python 3.11 and later keep inline are not counted by it.
 * Cost: a `JSON.parse` a line; about 100 bytes a reference while reading.
 */
export const pyheap: Reader<'heap-graph'> = {
  format: FORMAT,
  title: 'Python object graph (stillhere.py)',
  makes: 'heap-graph',
  recognize(head) {
    return /^\s*\{\s*"format"\s*:\s*"pyheap"/.test(headText(head)) ? 'certain' : 'no'
  },
  async read(input, run) {
    const rows = new Rows(input)
    run.progress({ step: 'reading objects', done: 0 })
    let pending: { text: string; line: number } | undefined
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (let index = 0; index < lines.length; index++) {
        // the last line may be cut: each is read when the next one shows that it is whole
        if (pending !== undefined) rows.line(pending.text, pending.line)
        pending = { text: lines[index]!, line: firstLine + index }
      }
    }
    if (pending !== undefined) rows.lastLine(pending.text, pending.line)
    run.progress({ step: 'linking references', done: 0 })
    return rows.graph(run)
  },
}

class Rows {
  readonly #file: string
  readonly #source: Source
  readonly #names = new Interner()
  readonly #allocations: AllocationProfileBuilder
  #line = 0
  #isOpen = false
  #isWhole = false
  readonly #typeNames: string[] = []
  readonly #typeKinds: string[] = []
  // objects in file order
  readonly #objects = new Map<number, number>()
  readonly #ids: number[] = []
  readonly #kinds: NodeKind[] = []
  readonly #labels: number[] = []
  readonly #bytes: number[] = []
  readonly #siteOf: number[] = []
  readonly #running = new Set<number>()
  // references in file order
  readonly #from: number[] = []
  readonly #toId: number[] = []
  readonly #name: (string | number | null)[] = []
  readonly #roots: { id: number; name: string; weak: boolean }[] = []
  readonly #finalized: number[] = []
  readonly #places: { id: number; file: string; line: number }[] = []
  readonly #sites: number[] = []

  constructor(input: ByteSource) {
    this.#file = input.name
    this.#source = { name: input.name, format: FORMAT, runtime: 'cpython', idsAreStable: false, sizeBytes: input.sizeBytes, notices: [] }
    this.#allocations = new AllocationProfileBuilder(this.#source)
  }

  line(text: string, line: number): void {
    this.#line = line
    if (text === '') return
    const row = parseJson(text, this.#file, FORMAT, { kind: 'line', line })
    if (!this.#isOpen) return this.#header(row)
    if (!Array.isArray(row)) return this.#refuse('a row, [kind, …]', 'another value')
    switch (row[0]) {
      case 'e': return this.#references(row)
      case 'o': return this.#object(row)
      case 't':
        if (row[1] !== this.#typeNames.length) this.#refuse(`type ${this.#typeNames.length} next`, JSON.stringify(row[1] ?? null))
        this.#typeNames.push(asText(row[2]) ?? '?')
        this.#typeKinds.push(asText(row[4]) ?? 'object')
        return
      case 'r': {
        const id = this.#id(row[1])
        if (row[2] === 'thread') this.#running.add(id)
        this.#roots.push({ id, name: `${asText(row[2]) ?? 'root'} ${asText(row[3]) ?? ''}`.trimEnd(), weak: false })
        return
      }
      case 'w': {
        const name = asText(row[2]) ?? '?'
        this.#roots.push({ id: this.#id(row[1]), name: `should go away: ${name}`, weak: true })
        addNotice(this.#source, { code: 'should-have-gone', firstAt: `line ${line}`, message: `should_go_away() watched this process; the first that is still here is "${name}"` })
        return
      }
      case 'l':
        this.#places.push({ id: this.#id(row[1]), file: asText(row[2]) ?? '?', line: lineNumber(row[3]) })
        return
      case 'a': return this.#site(row)
      case 'f':
        this.#finalized.push(this.#id(row[1]))
        return
      case 'end': {
        this.#isWhole = true
        const [, objects, references] = row
        if (objects !== this.#ids.length || references !== this.#from.length) {
          this.#refuse(`the ${JSON.stringify(objects ?? null)} objects and ${JSON.stringify(references ?? null)} references the end tells`, `${this.#ids.length} and ${this.#from.length}`)
        }
        return
      }
      default:
        addNotice(this.#source, { code: 'unknown-rows', firstAt: `line ${line}`, message: 'rows of unknown kinds were passed over; they may be of a newer stillhere.py' })
    }
  }

  /** Of a file that ends early the last line is no whole row: what came before is read. */
  lastLine(text: string, line: number): void {
    try {
      this.line(text, line)
    } catch (error) {
      if (!(error instanceof ReadError) || !(error.cause instanceof SyntaxError) || this.#ids.length === 0) throw error
    }
  }

  graph(run: Run): HeapGraph {
    if (!this.#isOpen) this.#refuse('the header line', 'an empty file')
    if (this.#ids.length === 0) this.#refuse('objects', 'none')
    if (!this.#isWhole) addNotice(this.#source, { code: 'cut', firstAt: `line ${this.#line}`, message: 'the file ends early: objects and references are missing, so what seems unreachable may not be' })
    const ownerOf = this.#ownedDicts()
    const builder = new HeapGraphBuilder(this.#source)
    const { nodeOf, siteOf } = this.#addNodes(builder, ownerOf)
    const roots: number[] = []
    for (const { id, name, weak } of this.#roots) {
      const object = this.#objects.get(id)
      if (object === undefined) continue
      builder.addEdge({ from: ROOT, to: nodeOf[object]!, kind: weak ? 'weak' : 'root', name })
      if (!weak) roots.push(nodeOf[object]!)
    }
    const linked = this.#addEdges(builder, nodeOf, ownerOf, run)
    for (const id of this.#finalized) {
      const object = this.#objects.get(id)
      if (object !== undefined) builder.addEdge({ from: nodeOf[object]!, to: nodeOf[object]!, kind: 'weak', name: 'finalized' })
    }
    for (const { id, file, line } of this.#places) {
      const object = this.#objects.get(id)
      if (object !== undefined && line > 0) builder.setLocation(nodeOf[object]!, file, line, 1)
    }
    for (const node of findHeldFromOutside({ nodeCount: builder.nodeCount, ...linked, roots }, run)) {
      builder.addEdge({ from: ROOT, to: node, kind: 'root', name: 'held by the interpreter or an extension' })
    }
    const graph = builder.build()
    return this.#sites.length === 0 ? graph : { ...graph, allocations: this.#allocations.build({ unit: 'objects' }), allocationSite: Uint32Array.from(siteOf) }
  }

  /** A node for every object but the dictionaries that are part of their owners. */
  #addNodes(builder: HeapGraphBuilder, ownerOf: ReadonlyMap<number, { owner: number }>): { nodeOf: Uint32Array; siteOf: number[] } {
    const ownedBytes = new Map<number, number>()
    for (const [dict, { owner }] of ownerOf) ownedBytes.set(owner, (ownedBytes.get(owner) ?? 0) + this.#bytes[dict]!)
    const nodeOf = new Uint32Array(this.#ids.length)
    const siteOf = [NONE]
    for (let object = 0; object < this.#ids.length; object++) {
      if (ownerOf.has(object)) continue
      nodeOf[object] = builder.addNode({
        kind: this.#kinds[object]!,
        name: this.#names.strings[this.#labels[object]!]!,
        id: this.#ids[object]!,
        shallowBytes: this.#bytes[object]! + (ownedBytes.get(object) ?? 0),
      })
      siteOf.push(this.#siteOf[object]!)
    }
    for (const [dict, { owner }] of ownerOf) nodeOf[dict] = nodeOf[owner]!
    return { nodeOf, siteOf }
  }

  /** All references, under the names their owners give them. */
  #addEdges(builder: HeapGraphBuilder, nodeOf: Uint32Array, ownerOf: ReadonlyMap<number, { entries: Entries }>, run: Run): { from: number[]; to: number[]; strong: boolean[] } {
    const linked: { from: number[]; to: number[]; strong: boolean[] } = { from: [], to: [], strong: [] }
    for (let reference = 0; reference < this.#from.length; reference++) {
      if (reference % 65_536 === 0) run.checkpoint()
      const from = this.#from[reference]!
      const to = this.#objects.get(this.#toId[reference]!)
      const name = this.#name[reference]!
      if (to === undefined) {
        addNotice(this.#source, { code: 'dangling-references', message: 'references to objects that are not in the file were left out' })
        continue
      }
      const entries = ownerOf.get(from)?.entries
      if (entries !== undefined && name === '<key>') continue // the name of an attribute or variable, not data
      if (nodeOf[from] === nodeOf[to] && ownerOf.has(to)) continue // an owner and its dictionary are one
      const { kind, text } = edgeOf(name, entries)
      builder.addEdge({ from: nodeOf[from]!, to: nodeOf[to]!, kind, name: text })
      linked.from.push(nodeOf[from]!)
      linked.to.push(nodeOf[to]!)
      linked.strong.push(kind !== 'weak')
    }
    return linked
  }

  /**
   * Dictionaries that are part of a module, class or instance. Functions refer to their module's by `__globals__`;
   * that of an instance counts only where nothing else refers to it.
   */
  #ownedDicts(): Map<number, { owner: number; entries: Entries }> {
    const candidates = new Map<number, { owner: number; entries: Entries }>()
    for (const [reference, name] of this.#name.entries()) {
      const dict = name === '<__dict__>' ? this.#objects.get(this.#toId[reference]!) : undefined
      const owner = this.#from[reference]!
      if (dict === undefined || dict === owner) continue
      const isModule = this.#kinds[owner] === 'module'
      if (isModule || !candidates.has(dict)) candidates.set(dict, { owner, entries: isModule ? 'variable' : 'property' })
    }
    const referrers = new Map<number, number>()
    for (const id of this.#toId) {
      const dict = this.#objects.get(id)
      if (dict !== undefined && candidates.has(dict)) referrers.set(dict, (referrers.get(dict) ?? 0) + 1)
    }
    for (const [dict, { owner }] of candidates) {
      const isPart = this.#kinds[owner] === 'module' || referrers.get(dict) === 1
      // a dictionary that itself has one (a subclass of dict) stays: its owner must be a node
      if (!isPart || candidates.has(owner)) candidates.delete(dict)
    }
    return candidates
  }

  #header(row: Json): void {
    const header = asObject(row)
    if (header?.['format'] !== 'pyheap') this.#refuse('the header of a pyheap file', 'another value')
    const version = asNumber(header?.['version'])
    if (version !== 1) this.#refuse('pyheap version 1', JSON.stringify(header?.['version'] ?? null).slice(0, 40))
    const python = asText(header?.['python'])
    const time = asNumber(header?.['time'])
    if (python !== undefined) this.#source.runtimeVersion = python
    if (time !== undefined) this.#source.takenAtMs = time * 1000
    this.#isOpen = true
  }

  #object(row: Json[]): void {
    const id = this.#id(row[1])
    const type = asNumber(row[2]) ?? -1
    const typeName = this.#typeNames[type]
    const size = asNumber(row[3])
    if (typeName === undefined) return this.#refuse('a type told before', JSON.stringify(row[2] ?? null))
    if (size === undefined || size < 0) return this.#refuse('a size', JSON.stringify(row[3] ?? null))
    if (this.#objects.has(id)) return this.#refuse('each object once', `${id} again`)
    const label = asText(row[4])
    const kindText = this.#typeKinds[type]!
    const isNamed = kindText !== 'object' && kindText !== 'number' && kindText !== 'cell'
    this.#objects.set(id, this.#ids.length)
    this.#ids.push(id)
    this.#kinds.push(this.#running.has(id) ? 'frame' : (KINDS[kindText] ?? 'object'))
    this.#labels.push(this.#names.number(isNamed && label !== undefined ? label : typeName))
    this.#bytes.push(size)
    const site = row[5] === undefined ? undefined : this.#sites[asNumber(row[5]) ?? -1]
    this.#siteOf.push(site ?? NONE)
    if (site !== undefined) this.#allocations.add(site, { liveBytes: size, liveCount: 1 })
  }

  #references(row: Json[]): void {
    const from = this.#objects.get(this.#id(row[1]))
    if (from === undefined) return this.#refuse('references of an object told before', JSON.stringify(row[1]))
    if (row.length % 2 !== 0) return this.#refuse('names and objects in pairs', `${row.length - 2} items`)
    for (let at = 2; at < row.length; at += 2) {
      const name = row[at]
      if (typeof name !== 'string' && name !== null && !(typeof name === 'number' && Number.isInteger(name) && name >= 0 && name < NONE)) {
        return this.#refuse('a name, a position or null', JSON.stringify(name).slice(0, 40))
      }
      this.#from.push(from)
      this.#toId.push(this.#id(row[at + 1]))
      // equal names share one string
      this.#name.push(typeof name === 'string' ? this.#names.strings[this.#names.number(name)]! : name)
    }
  }

  #site(row: Json[]): void {
    const parent = row[2] === -1 ? 0 : this.#sites[asNumber(row[2]) ?? -1]
    const file = asText(row[3])
    if (row[1] !== this.#sites.length || parent === undefined || file === undefined) {
      return this.#refuse(`allocation site ${this.#sites.length} next`, JSON.stringify(row).slice(0, 80))
    }
    const line = lineNumber(row[4])
    const base = file.slice(file.lastIndexOf('/') + 1)
    this.#sites.push(this.#allocations.site(parent, this.#allocations.frame({ functionName: line > 0 ? `${base}:${line}` : base, file, line })))
  }

  #id(value: Json | undefined): number {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) return this.#refuse('the id of an object', JSON.stringify(value ?? null).slice(0, 40))
    return value
  }

  #refuse(expected: string, found: string): never {
    throw new ReadError({ file: this.#file, format: FORMAT, position: { kind: 'line', line: Math.max(1, this.#line) }, expected, found })
  }
}

/** `.attribute`, `=variable`, `[key]`, `<internal>`, `~weak`, a position, or null where the name is not known. */
function edgeOf(name: string | number | null, entries: Entries | undefined): { kind: EdgeKind; text: string | number } {
  if (typeof name === 'number') return { kind: 'element', text: name }
  if (name === null || name === '') return { kind: 'internal', text: '(unnamed)' }
  const rest = name.slice(1)
  switch (name[0]) {
    case '.': return { kind: entries ?? 'property', text: rest }
    case '=': return { kind: 'variable', text: rest }
    case '~': return { kind: 'weak', text: rest }
    case '<': return { kind: 'internal', text: rest.endsWith('>') ? rest.slice(0, -1) : rest }
    case '[': return entries === undefined ? { kind: 'property', text: name } : { kind: entries, text: rest.endsWith(']') ? rest.slice(0, -1) : rest }
    default: return { kind: 'property', text: name }
  }
}

function lineNumber(value: Json | undefined): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < NONE ? value : 0
}
