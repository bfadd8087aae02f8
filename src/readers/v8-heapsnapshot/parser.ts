import { Bitset } from '../../base/bitset.ts'
import { ReadError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import type { HeapGraph } from '../../model/heap-graph.ts'
import { addNotice, type Source } from '../../model/source.ts'
import { EdgeColumns, edgeRows } from './edge-columns.ts'
import { type Header, HeaderProblem, readHeader } from './header.ts'
import { locationRows, LocationRows } from './location-rows.ts'
import { allocate, type Memory } from './memory.ts'
import { NodeColumns, nodeRows } from './node-columns.ts'
import { BadText, NumberRows, type RowSink } from './number-rows.ts'
import type { Parts } from './parts.ts'
import { SampleRows } from './sample-rows.ts'
import { type MemberReader, Sections, SkippedMember } from './sections.ts'
import { StringBytes } from './string-bytes.ts'
import type { ReadAt } from './find-edges.ts'
import { TraceFunctions, TraceTree } from './trace-tree.ts'
import { finishGraph } from './finish-graph.ts'

export const FORMAT = 'v8-heapsnapshot'

const HEADER_BYTES = 1 << 20
const CHECKPOINT_BYTES = 8 << 20

export interface ParserOptions {
  name: string
  /** Of the uncompressed input, where known: bounds what a lying header can make us allocate. */
  sizeBytes?: number | undefined
  memory?: Memory | undefined
  /** Where memory is short: source positions are passed over. */
  locations?: 'read' | 'left out' | undefined
  /** Where memory is short: strings stay in the file, and are read from there when they are asked for. */
  stringsFrom?: ReadAt | undefined
}

/**
 * Reads a V8 snapshot that is pushed to it in chunks of any length. The file is never whole in memory: numbers go
 * into columns as they pass, strings stay raw bytes.
 * Cost: time linear in the file; 17 bytes a node, 9 an edge, the strings' bytes.
 */
export class SnapshotParser {
  readonly #name: string
  readonly #sizeBytes: number | undefined
  readonly #memory: Memory
  readonly #hasLocations: boolean
  readonly #stringsFrom: ReadAt | undefined
  readonly #run: Run
  readonly #sections: Sections
  readonly #source: Source
  #headerText: SkippedMember | undefined
  #header: Header | undefined
  #nodes: NodeColumns | undefined
  #nodeRows: NumberRows | undefined
  #edges: EdgeColumns | undefined
  #edgeRows: NumberRows | undefined
  #locations: LocationRows | undefined
  #samples: SampleRows | undefined
  #traceFunctions: TraceFunctions | undefined
  #traceTree: TraceTree | undefined
  #strings: StringBytes | undefined
  #nextCheckpoint = 0

  constructor({ name, sizeBytes, memory = 'private', locations = 'read', stringsFrom }: ParserOptions, run: Run) {
    this.#name = name
    this.#hasLocations = locations === 'read'
    this.#stringsFrom = stringsFrom
    this.#sizeBytes = sizeBytes
    this.#memory = memory
    this.#run = run
    this.#source = { name, format: FORMAT, runtime: 'V8', idsAreStable: true, notices: [] }
    this.#sections = new Sections((key) => this.#readerOf(key))
  }

  /** @throws ReadError, Cancelled */
  push(chunk: Uint8Array): void {
    if (this.#sections.before >= this.#nextCheckpoint) {
      this.#nextCheckpoint = this.#sections.before + CHECKPOINT_BYTES
      this.#run.progress({ step: `reading ${this.#name}`, done: this.#sections.before, total: this.#sizeBytes })
      this.#run.checkpoint()
    }
    try {
      this.#sections.push(chunk)
    } catch (error) {
      if (error instanceof BadText) throw this.#problem(this.#sections.before + error.at, error.expected, error.found)
      if (error instanceof HeaderProblem) throw this.#problem(0, error.expected, error.found)
      if (error instanceof RangeError) throw this.#problem(this.#sections.before, 'an input that fits into memory', error.message)
      throw error
    }
  }

  /** How many nodes were pushed so far. */
  get nodeCount(): number {
    return this.#nodes?.count ?? 0
  }

  /**
   * Takes edges that were read elsewhere, in place of the bytes of the array: to be called right behind its opening
   * bracket, so that its closing one comes next. For readers that use several threads.
   */
  takeEdges(edges: EdgeColumns): void {
    if (this.#edgeRows === undefined || !this.#edgeRows.isEmpty) throw new Error('edges are taken at the beginning of their array')
    this.#edges = edges
    this.#edgeRows.finishElsewhere()
  }

  /** Counts bytes that were read elsewhere, so that places in messages stay right. */
  skip(bytes: number): void {
    this.#sections.before += bytes
  }

  /** The graph, once all bytes were pushed. @throws ReadError when they are not a whole snapshot, nor one that can be saved */
  finish(): HeapGraph {
    const end = this.#sections.before
    this.#source.sizeBytes = end
    const { header, nodes, edges } = this.#need(end)
    if (edges.count !== nodes.firstEdge[nodes.count]) {
      throw this.#problem(end, `${nodes.firstEdge[nodes.count]} edges, which the nodes' counts add up to`, String(edges.count))
    }
    const strings = this.#strings ?? new StringBytes(0, this.#memory)
    if (!this.#sections.isDone) {
      addNotice(this.#source, {
        code: 'cut-after-edges',
        message: 'The file ends early: nodes and edges are whole, some names are missing and shown as their numbers.',
        firstAt: `byte ${end}`,
      })
    }
    for (const [what, claimed, found] of [['nodes', header.nodeCount, nodes.count], ['edges', header.edgeCount, edges.count]] as const) {
      if (claimed !== found) {
        addNotice(this.#source, { code: 'count-differs', message: `The header promises ${claimed} ${what}, there are ${found}.` })
      }
    }
    for (const type of header.unknownTypes) {
      addNotice(this.#source, { code: 'unknown-type', message: `The type "${type}" is not known to this version; it is read as hidden.` })
    }
    const highest = Math.max(nodes.maxName, edges.maxName)
    const table = strings.table()
    if (highest >= table.count && this.#sections.isDone) {
      throw this.#problem(end, `a string number below ${table.count}`, String(highest))
    }
    const parts: Parts = {
      header,
      nodes,
      edges,
      locations: this.#locations,
      samples: this.#samples,
      traceFunctions: this.#traceFunctions,
      traceTree: this.#traceTree,
      strings,
    }
    this.#run.progress({ step: `finishing ${this.#name}`, done: end, total: end })
    this.#run.checkpoint()
    return finishGraph(parts, table.padded(highest + 1), this.#source, new Bitset(edges.count, new Uint32Array(allocate(this.#memory, ((edges.count + 31) >>> 5) * 4))))
  }

  #need(end: number): { header: Header; nodes: NodeColumns; edges: EdgeColumns } {
    const what = end === 0 ? 'an empty input' : 'the end of the file'
    const hint = 'The process was probably killed, or the disk filled up, while the snapshot was written. Take it again.'
    if (this.#header === undefined || this.#nodes === undefined || this.#nodeRows?.isDone !== true) {
      throw this.#problem(end, this.#header === undefined ? 'the header, "snapshot"' : `more nodes (${this.#nodes?.count ?? 0} of ${this.#header.nodeCount} read)`, what, hint)
    }
    if (this.#edgeRows?.isDone === true) this.#edges ??= new EdgeColumns(this.#header, this.#nodes.count, 0, 0, this.#memory)
    if (this.#edges === undefined || this.#edgeRows?.isDone !== true) {
      throw this.#problem(end, `more edges (${this.#edges?.count ?? 0} of ${this.#nodes.firstEdge[this.#nodes.count]} read)`, what, hint)
    }
    if (this.#nodes.count === 0) throw this.#problem(end, 'at least one node', 'none')
    return { header: this.#header, nodes: this.#nodes, edges: this.#edges }
  }

  #problem(byte: number, expected: string, found: string, hint?: string): ReadError {
    const what = this.#sections.key
    return new ReadError({
      file: this.#name,
      format: FORMAT,
      position: { kind: 'byte', byte, ...(what === '' ? {} : { what }) },
      expected,
      found,
      ...(hint === undefined ? {} : { hint }),
    })
  }

  #readerOf(key: string): MemberReader | undefined {
    if (key === 'snapshot') return (this.#headerText = new SkippedMember(HEADER_BYTES))
    if (!MEMBERS.has(key)) {
      addNotice(this.#source, { code: 'unknown-member', message: `The member "${key}" is not known to this version; it was skipped.` })
      return undefined
    }
    const header = this.#headerOf(key)
    const remaining = this.#sizeBytes === undefined ? undefined : Math.max(0, this.#sizeBytes - this.#sections.before)
    if (key === 'nodes') {
      this.#once(key, this.#nodes)
      const nodes = (this.#nodes = new NodeColumns(header, this.#sizeBytes, this.#memory))
      return this.#array((this.#nodeRows = nodeRows(header, nodes)), key)
    }
    const nodes = this.#nodes
    if (nodes === undefined || this.#nodeRows?.isDone !== true) throw new BadText(0, '"nodes" before anything that refers to them', `"${key}"`)
    switch (key) {
      case 'edges': {
        this.#once(key, this.#edgeRows)
        // Made with the first row, since they may come from elsewhere: see `takeEdges`.
        const edges = (): EdgeColumns => (this.#edges ??= new EdgeColumns(header, nodes.count, nodes.firstEdge[nodes.count]!, this.#sizeBytes, this.#memory))
        return this.#array((this.#edgeRows = edgeRows(header, edges)), key)
      }
      case 'strings':
        this.#once(key, this.#strings)
        return new OpenedArray((this.#strings = new StringBytes(remaining, this.#memory, this.#stringsFrom === undefined ? undefined : { readAt: this.#stringsFrom, chunkBegin: () => this.#sections.before })))
      case 'locations': {
        if (header.location === undefined || !this.#hasLocations) return undefined
        const locations = (this.#locations = new LocationRows(header, nodes.count, this.#memory))
        return this.#array(locationRows(header.location, locations), key)
      }
      case 'samples': {
        if (header.sample === undefined) return undefined
        const samples = (this.#samples = new SampleRows(header.sample))
        return this.#rows(header.sample.fields, (batch, rows, wides) => samples.add(batch, rows, wides), key)
      }
      case 'trace_function_infos': {
        if (header.traceFunction === undefined) return undefined
        const functions = (this.#traceFunctions = new TraceFunctions(header.traceFunction))
        return this.#rows(header.traceFunction.fields, (batch, rows, wides) => functions.add(batch, rows, wides), key)
      }
      case 'trace_tree':
        return header.traceNode === undefined ? undefined : (this.#traceTree = new TraceTree(header.traceNode))
      default:
        return undefined // the scope tables: which closure uses which captured variable
    }
  }

  #headerOf(key: string): Header {
    if (this.#header !== undefined) return this.#header
    if (this.#headerText === undefined) throw new BadText(0, '"snapshot" before anything else', `"${key}"`)
    try {
      return (this.#header = readHeader(this.#headerText.text()))
    } catch (error) {
      if (error instanceof SyntaxError) throw new HeaderProblem('a header in JSON', error.message)
      throw error
    }
  }

  #once(key: string, member: unknown): void {
    if (member !== undefined) throw new BadText(0, `one member "${key}"`, 'a second one')
  }

  #rows(fields: number, sink: RowSink, key: string): MemberReader {
    return this.#array(new NumberRows(fields, sink), key)
  }

  #array(rows: NumberRows, key: string): MemberReader {
    return new OpenedArray(rows, () => {
      if (rows.leftover > 0) throw new BadText(0, `whole rows in "${key}"`, `${rows.leftover} numbers too many`)
    })
  }
}

const MEMBERS = new Set([
  'nodes',
  'edges',
  'trace_function_infos',
  'trace_tree',
  'samples',
  'locations',
  'scopes',
  'scope_context_vars',
  'scope_uses',
  'strings',
])

/** An array whose opening bracket is taken here, so that the reader behind sees items only. */
export class OpenedArray implements MemberReader {
  readonly #inner: MemberReader
  readonly #onDone: (() => void) | undefined
  #isOpen = false

  constructor(inner: MemberReader, onDone?: () => void) {
    this.#inner = inner
    this.#onDone = onDone
  }

  get isDone(): boolean {
    return this.#inner.isDone
  }

  push(bytes: Uint8Array, from: number, to: number): number {
    let at = from
    if (!this.#isOpen) {
      if (bytes[at] !== 91) throw new BadText(at, 'an array', `"${String.fromCharCode(bytes[at]!)}"`)
      this.#isOpen = true
      at++
    }
    at = this.#inner.push(bytes, at, to)
    if (this.#inner.isDone) this.#onDone?.()
    return at
  }
}
