import { EDGE, NODE } from '../../model/heap-graph.ts'
import { type Header, HeaderProblem, isNumbered, readHeader } from './header.ts'
import { BadNumber, BadText, NumberRows, type RowSink } from './number-rows.ts'
import { OpenedArray } from './parser.ts'
import { type MemberReader, Sections, SkippedMember } from './sections.ts'
import { MARKER_FIELD, WatchFieldNames, type WatchNames } from './watch-texts.ts'

/** What a string of the table is used as; several may be true. */
export const USE = { name: 1, content: 2, key: 4, internal: 8 } as const

const CONTENT_KINDS = new Set<number>([NODE.string, NODE['concatenated-string'], NODE['sliced-string'], NODE.number, NODE.bigint, NODE.symbol, NODE.regexp])
const HEADER_BYTES = 1 << 20
/** More strings than any snapshot has; bounds what a damaged number can make us allocate. */
const MOST_STRINGS = 1 << 28

/**
 * Finds out what each string of a V8 snapshot is used as: the name of something of the program, the content of a
 * string or number, or the key of an object's property. Takes the file in chunks of any length, before its strings
 * are rewritten in a second pass. Types this version does not know count as content: what is not known to be a name goes.
 * Cost: one pass over the file; a byte a string.
 */
export class StringUses {
  #uses = new Uint8Array(1 << 16)
  #header: Header | undefined
  #headerText: SkippedMember | undefined
  #unknownNodes = new Set<number>()
  #unknownEdges = new Set<number>()
  readonly #names = new Map<string, number>()
  readonly sections = new Sections((key) => this.#readerOf(key))

  /** What `WatchTexts` needs, once the pass is done; undefined when the program carries no watch records. */
  get watchNames(): WatchNames | undefined {
    return this.#header === undefined || !this.#names.has(MARKER_FIELD) ? undefined : { header: this.#header, numberOf: this.#names }
  }

  /** This string stays, whatever else it is. */
  keep(string: number): void {
    this.#add(string, USE.name)
  }

  /** Bits of USE; 0 for a string nothing refers to. */
  of(string: number): number {
    return this.#uses[string] ?? 0
  }

  #readerOf(key: string): MemberReader | undefined {
    if (key === 'snapshot') return (this.#headerText = new SkippedMember(HEADER_BYTES))
    if (key === 'strings') return new OpenedArray(new WatchFieldNames(this.#names))
    if (key === 'nodes') {
      const { node } = this.#headerOf()
      return this.#rows(node.fields, (batch, rows) => {
        for (let row = 0, at = 0; row < rows; row++, at += node.fields) {
          const type = batch[at + node.type]!
          const isContent = CONTENT_KINDS.has(node.kinds[type] ?? NODE.string) || this.#unknownNodes.has(type)
          this.#mark(batch, at + node.name, isContent ? USE.content : USE.name)
        }
      })
    }
    if (key === 'edges') {
      const { edge } = this.#headerOf()
      return this.#rows(edge.fields, (batch, rows) => {
        for (let row = 0, at = 0; row < rows; row++, at += edge.fields) {
          const type = batch[at + edge.type]!
          const kind = edge.kinds[type]
          if (kind === undefined || isNumbered(kind) || this.#unknownEdges.has(type)) continue
          this.#mark(batch, at + edge.nameOrIndex, kind === EDGE.property ? USE.key : kind === EDGE.internal || kind === EDGE.weak ? USE.internal : USE.name)
        }
      })
    }
    if (key === 'trace_function_infos') {
      const { traceFunction } = this.#headerOf()
      if (traceFunction === undefined) return undefined
      return this.#rows(traceFunction.fields, (batch, rows) => {
        for (let row = 0, at = 0; row < rows; row++, at += traceFunction.fields) {
          this.#mark(batch, at + traceFunction.name, USE.name)
          this.#mark(batch, at + traceFunction.scriptName, USE.name)
        }
      })
    }
    if (key === 'scope_context_vars') {
      const { scopeVariable } = this.#headerOf()
      if (scopeVariable === undefined) return undefined
      return this.#rows(scopeVariable.fields, (batch, rows) => {
        for (let row = 0; row < rows; row++) this.#mark(batch, row * scopeVariable.fields + scopeVariable.name, USE.name)
      })
    }
    return undefined
  }

  #headerOf(): Header {
    if (this.#header !== undefined) return this.#header
    if (this.#headerText === undefined) throw new BadText(0, '"snapshot" before anything else', 'another member')
    const text = this.#headerText.text()
    try {
      this.#header = readHeader(text)
      const { meta } = JSON.parse(text) as { meta: { node_types: unknown[]; edge_types: unknown[] } }
      this.#unknownNodes = positionsOf(this.#header.unknownTypes, meta.node_types[this.#header.node.type])
      this.#unknownEdges = positionsOf(this.#header.unknownTypes, meta.edge_types[this.#header.edge.type])
      return this.#header
    } catch (error) {
      if (error instanceof SyntaxError) throw new HeaderProblem('a header in JSON', error.message)
      throw error
    }
  }

  #rows(fields: number, sink: RowSink): MemberReader {
    return new OpenedArray(new NumberRows(fields, sink))
  }

  #mark(batch: Uint32Array, at: number, use: number): void {
    const string = batch[at]!
    if (string >= MOST_STRINGS) throw new BadNumber(at, 'a name', 'the number of a string', String(string))
    this.#add(string, use)
  }

  #add(string: number, use: number): void {
    if (string >= this.#uses.length) {
      const longer = new Uint8Array(Math.max(this.#uses.length * 2, string + 1))
      longer.set(this.#uses)
      this.#uses = longer
    }
    this.#uses[string]! |= use
  }
}

function positionsOf(names: readonly string[], list: unknown): Set<number> {
  const found = new Set<number>()
  if (Array.isArray(list)) for (const [position, name] of list.entries()) if (names.includes(String(name))) found.add(position)
  return found
}
