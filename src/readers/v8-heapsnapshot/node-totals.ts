import { ReadError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import { NODE_KINDS, type NodeKind } from '../../model/heap-graph.ts'
import type { ByteSource } from '../reader.ts'
import { type Header, HeaderProblem, readHeader } from './header.ts'
import { BadNumber, BadText, NumberRows, type RowSink } from './number-rows.ts'
import { FORMAT, OpenedArray } from './parser.ts'
import { type MemberReader, Sections, SkippedMember } from './sections.ts'
import { StringRows, textOfParts } from './string-rows.ts'

/** What the nodes alone tell: how many of each kind and name there are, and their own bytes. */
export interface NodeTotals {
  kinds: { kind: NodeKind; count: number; bytes: number }[]
  /** Of the kinds asked for, by name. */
  names: { kind: NodeKind; name: string; count: number; bytes: number }[]
}

const HEADER_BYTES = 1 << 20
const CHECKPOINT_BYTES = 8 << 20
/** More strings than any snapshot has; bounds what a damaged number can make us allocate. */
const MOST_STRINGS = 1 << 28

/**
 * Adds up the nodes of a snapshot while they pass by, and keeps none: what is left to do where memory holds no graph.
 * References are passed over unread.
 * Cost: one pass over the file; 16 bytes a string number and kind asked for, up to the highest that names one.
 * @throws ReadError, Cancelled
 */
export async function readNodeTotals(input: ByteSource, named: readonly NodeKind[], run: Run): Promise<NodeTotals> {
  const totals = new Totals(named)
  const { sections } = totals
  let nextCheckpoint = 0
  try {
    for await (const chunk of input.chunks()) {
      if (sections.before >= nextCheckpoint) {
        nextCheckpoint = sections.before + CHECKPOINT_BYTES
        run.progress({ step: `adding up the nodes of ${input.name}`, done: sections.before, total: input.sizeBytes })
        run.checkpoint()
      }
      sections.push(chunk)
    }
  } catch (error) {
    if (error instanceof BadText) throw problem(sections.before + error.at, error.expected, error.found)
    if (error instanceof HeaderProblem) throw problem(0, error.expected, error.found)
    throw error
  }
  if (!sections.isDone) throw problem(sections.before, 'the rest of the snapshot', 'the end of the file')
  return totals.finish()

  function problem(byte: number, expected: string, found: string): ReadError {
    return new ReadError({ file: input.name, format: FORMAT, position: { kind: 'byte', byte, ...(sections.key === '' ? {} : { what: sections.key }) }, expected, found })
  }
}

class Totals {
  readonly sections = new Sections((key) => this.#readerOf(key))
  readonly #ofKind = NODE_KINDS.map((kind) => ({ kind, count: 0, bytes: 0 }))
  /** By number of a kind: by string number, count and bytes side by side; undefined for kinds that nobody asked for. */
  readonly #ofName: (Float64Array | undefined)[]
  readonly #texts = new Map<number, string>()
  #headerText: SkippedMember | undefined

  constructor(named: readonly NodeKind[]) {
    this.#ofName = NODE_KINDS.map((kind) => (named.includes(kind) ? new Float64Array(2048) : undefined))
  }

  finish(): NodeTotals {
    const names: NodeTotals['names'] = []
    for (const [kind, totals] of this.#ofName.entries()) {
      if (totals === undefined) continue
      for (let name = 0; 2 * name < totals.length; name++) {
        if (totals[2 * name]! > 0) names.push({ kind: NODE_KINDS[kind]!, name: this.#texts.get(name) ?? `#${name}`, count: totals[2 * name]!, bytes: totals[2 * name + 1]! })
      }
    }
    return { kinds: this.#ofKind.filter(({ count }) => count > 0), names }
  }

  #readerOf(key: string): MemberReader | undefined {
    if (key === 'snapshot') return (this.#headerText = new SkippedMember(HEADER_BYTES))
    if (key === 'nodes') {
      const { node } = this.#header()
      const add: RowSink = (batch, rows, wides) => {
        for (let at = 0; at < rows * node.fields; at += node.fields) {
          if (batch[at + node.type]! >= node.kinds.length) throw new BadNumber(at + node.type, 'nodes', `a type below ${node.kinds.length}`, String(batch[at + node.type]))
          // A size beyond 32 bits stands beside the batch.
          const bytes = wides.find(({ index }) => index === at + node.selfSize)?.value ?? batch[at + node.selfSize]!
          this.#add(node.kinds[batch[at + node.type]!]!, batch[at + node.name]!, bytes, at + node.name)
        }
      }
      return new OpenedArray(new NumberRows(node.fields, add))
    }
    if (key === 'strings') {
      const isWanted = (name: number): boolean => this.#ofName.some((totals) => totals !== undefined && totals[2 * name]! > 0)
      return new OpenedArray(
        new StringRows((name, parts) => {
          if (isWanted(name)) this.#texts.set(name, unescaped(textOfParts(parts)))
        }),
      )
    }
    return undefined
  }

  #add(kind: number, name: number, bytes: number, at: number): void {
    const ofKind = this.#ofKind[kind]!
    ofKind.count++
    ofKind.bytes += bytes
    let totals = this.#ofName[kind]
    if (totals === undefined) return
    if (name >= MOST_STRINGS) throw new BadNumber(at, 'nodes', 'the number of a string', String(name))
    if (2 * name >= totals.length) {
      totals = new Float64Array(Math.max(2 * totals.length, 2 * name + 2))
      totals.set(this.#ofName[kind]!)
      this.#ofName[kind] = totals
    }
    totals[2 * name]! += 1
    totals[2 * name + 1]! += bytes
  }

  #header(): Header {
    if (this.#headerText === undefined) throw new BadText(0, '"snapshot" before anything else', '"nodes"')
    try {
      return readHeader(this.#headerText.text())
    } catch (error) {
      if (error instanceof SyntaxError) throw new HeaderProblem('a header in JSON', error.message)
      throw error
    }
  }
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  try {
    return JSON.parse(`"${text}"`) as string
  } catch {
    return text
  }
}
