import { growingUint32 } from '../../base/growing-columns.ts'
import { EDGE } from '../../model/heap-graph.ts'
import type { Header } from './header.ts'
import { NumberRows, type RowSink } from './number-rows.ts'
import { OpenedArray } from './parser.ts'
import { type MemberReader, Sections } from './sections.ts'
import { StringRows, textOfParts } from './string-rows.ts'

/** A field by which the records of `shouldGoAway` are found, whatever a minifier made of their classes. */
export const MARKER_FIELD = 'stillhereTicket'
/** Objects with such a field, or that it leads to, belong to the marker. */
const MARKER_FIELDS = [MARKER_FIELD, 'stillhereBatch', 'stillhereRecord', 'stillhereNow']
/** Their texts that a reader of the snapshot needs. Not `content`: it is the beginning of a text of the program. */
const TEXT_FIELDS = [MARKER_FIELD, 'stillhereNow', 'label', 'watchedAt', 'within', 'state', 'stack', 'tags']
const LONGEST = Math.max(...[...MARKER_FIELDS, ...TEXT_FIELDS].map(({ length }) => length))

export interface WatchNames {
  readonly header: Header
  /** String numbers of the fields above, those the file has. */
  readonly numberOf: ReadonlyMap<string, number>
}

/** Picks the string numbers of the marker's fields from the strings of a snapshot. */
export class WatchFieldNames implements MemberReader {
  readonly #rows: StringRows

  constructor(numberOf: Map<string, number>) {
    const wanted = new Set([...MARKER_FIELDS, ...TEXT_FIELDS])
    this.#rows = new StringRows((number, parts) => {
      let length = 0
      for (const part of parts) length += part.length
      if (length > LONGEST) return
      const text = textOfParts(parts)
      if (wanted.has(text)) numberOf.set(text, number)
    })
  }

  get isDone(): boolean {
    return this.#rows.isDone
  }

  push(bytes: Uint8Array, from: number, to: number): number {
    const end = this.#rows.push(bytes, from, to)
    const { parts } = this.#rows
    // Chunks may be used again before the string ends; of a long one nothing is needed but that it is long.
    if (parts.length > 0) parts[parts.length - 1] = new Uint8Array(parts[parts.length - 1]!.subarray(0, LONGEST + 1))
    return end
  }
}

/**
 * Finds the texts of the watch records that a program carries in its heap: labels, tags, stacks and times of
 * `shouldGoAway`, without which its objects could not be recognized any more.
 * Cost: one more pass over nodes and edges, only for programs with records; 8 bytes a node, and 8 a reference of one of
 * these names, while it runs.
 */
export class WatchTexts {
  readonly sections = new Sections((key) => this.#readerOf(key))
  readonly #names: WatchNames
  readonly #nodeName = growingUint32()
  readonly #edgesOf = growingUint32()
  readonly #marked = new Set<number>()
  readonly #holders = growingUint32()
  readonly #targets = growingUint32()

  constructor(names: WatchNames) {
    this.#names = names
  }

  /** String numbers of the texts. Once, after the pass. */
  texts(): Set<number> {
    const [names, holders, targets] = [this.#nodeName.flatten(), this.#holders.flatten(), this.#targets.flatten()]
    const found = new Set<number>()
    for (let i = 0; i < holders.length; i++) {
      const text = names[targets[i]!]
      if (this.#marked.has(holders[i]!) && text !== undefined) found.add(text)
    }
    return found
  }

  #readerOf(key: string): MemberReader | undefined {
    const { header, numberOf } = this.#names
    if (key === 'nodes') {
      const { node } = header
      return rows(node.fields, (batch, count) => {
        for (let row = 0, at = 0; row < count; row++, at += node.fields) {
          this.#nodeName.push(batch[at + node.name]!)
          this.#edgesOf.push(batch[at + node.edgeCount]!)
        }
      })
    }
    if (key !== 'edges') return undefined
    const { edge, node } = header
    const numbersOf = (fields: readonly string[]): Set<number> => new Set(fields.flatMap((field) => numberOf.get(field) ?? []))
    const [markers, texts] = [numbersOf(MARKER_FIELDS), numbersOf(TEXT_FIELDS)]
    const edgesOf = this.#edgesOf.flatten()
    let holder = 0
    let left = edgesOf[0] ?? 0
    return rows(edge.fields, (batch, count) => {
      for (let row = 0, at = 0; row < count; row++, at += edge.fields) {
        while (left === 0 && holder < edgesOf.length) left = edgesOf[++holder] ?? 0
        left--
        if (edge.kinds[batch[at + edge.type]!] !== EDGE.property) continue
        const name = batch[at + edge.nameOrIndex]!
        const isText = texts.has(name)
        if (!isText && !markers.has(name)) continue
        const target = batch[at + edge.toNode]! / node.fields
        if (markers.has(name)) this.#marked.add(holder).add(target)
        if (isText) {
          this.#holders.push(holder)
          this.#targets.push(target)
        }
      }
    })
  }
}

function rows(fields: number, sink: RowSink): MemberReader {
  return new OpenedArray(new NumberRows(fields, sink))
}
