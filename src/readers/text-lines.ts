import type { Run } from '../base/run.ts'
import type { ByteSource } from './reader.ts'

/** Longer lines are cut: no line of a text format we read means anything beyond this. */
const MAX_LINE_LENGTH = 1 << 20

// Colours that a terminal wrapper left in a log.
const ANSI = /\u001b\[[0-9;?]*[A-Za-z]/g

const CARRIAGE_RETURN = 13

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/** Some lines, without their line ends; `firstLine` counts from 1. */
export interface LineBatch {
  firstLine: number
  lines: string[]
}

/** The same as places in one text: for formats of which most lines are passed over, or read number by number. */
export interface LineRanges {
  firstLine: number
  text: string
  /** Line i is `text` from `begins[i]` up to, not with, `ends[i]`. */
  begins: number[]
  ends: number[]
}

/**
 * The lines of a text input, a batch for each chunk read. UTF-8 with or without a byte order mark, UTF-16 (what
 * PowerShell's `>` writes), CRLF and colour codes are understood; bytes that are no text become U+FFFD.
 * Cost: one pass; memory for one chunk and one line.
 */
export async function* lineBatches(input: ByteSource, format: string, run: Run): AsyncGenerator<LineBatch> {
  for await (const { firstLine, text, begins, ends } of lineRanges(input, format, run)) {
    yield { firstLine, lines: begins.map((begin, index) => text.slice(begin, ends[index])) }
  }
}

/** `lineBatches` without cutting the text: a line that is never looked at costs the search of its end. */
export async function* lineRanges(input: ByteSource, format: string, run: Run): AsyncGenerator<LineRanges> {
  run.progress({ step: `reading ${format}`, done: 0, total: input.sizeBytes })
  let decoder: InstanceType<typeof TextDecoder> | undefined
  let firstLine = 1
  let first = new Uint8Array(0)
  let rest = ''
  for await (const chunk of input.chunks()) {
    run.checkpoint()
    let bytes = chunk
    if (decoder === undefined) {
      const joined = new Uint8Array(first.length + chunk.length)
      joined.set(first)
      joined.set(chunk, first.length)
      first = joined
      if (first.length < 4) continue
      decoder = new TextDecoder(encodingOf(first))
      bytes = first
    }
    const decoded = decoder.decode(bytes, { stream: true })
    const end = decoded.lastIndexOf('\n') + 1
    if (end === 0) {
      rest = (rest + decoded).slice(0, MAX_LINE_LENGTH)
      continue
    }
    const ranges = rangesOf(firstLine, rest + decoded.slice(0, end))
    rest = decoded.slice(end)
    yield ranges
    firstLine += ranges.begins.length
  }
  const last = decoder === undefined ? new TextDecoder(encodingOf(first)).decode(first) : rest + decoder.decode()
  if (last !== '') yield rangesOf(firstLine, last)
}

/** What `recognize` sees, as text. The last line may be cut. */
export function headText(head: Uint8Array): string {
  return withoutColors(new TextDecoder(encodingOf(head)).decode(head))
}

function encodingOf(head: Uint8Array): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  if (head[0] !== 0 && head[1] === 0 && head[2] !== 0 && head[3] === 0 && head.length >= 4) return 'utf-16le'
  return 'utf-8'
}

function rangesOf(firstLine: number, written: string): LineRanges {
  const text = withoutColors(written)
  const begins: number[] = []
  const ends: number[] = []
  for (let begin = 0; begin < text.length; ) {
    const newline = text.indexOf('\n', begin)
    let end = newline < 0 ? text.length : newline
    const next = end + 1
    if (end > begin && text.charCodeAt(end - 1) === CARRIAGE_RETURN) end--
    begins.push(begin)
    ends.push(Math.min(end, begin + MAX_LINE_LENGTH))
    begin = next
  }
  return { firstLine, text, begins, ends }
}

export function withoutColors(text: string): string {
  return text.includes('\u001b') ? text.replace(ANSI, '') : text
}
