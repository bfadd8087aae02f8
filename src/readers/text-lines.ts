import type { Run } from '../base/run.ts'
import type { ByteSource } from './reader.ts'

/** Longer lines are cut: no line of a text format we read means anything beyond this. */
const MAX_LINE_LENGTH = 1 << 20

// Colours that a terminal wrapper left in a log.
const ANSI = /\u001b\[[0-9;?]*[A-Za-z]/g

const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const ESCAPE = 27

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/** Some lines, without their line ends; `firstLine` counts from 1. */
export interface LineBatch {
  firstLine: number
  lines: string[]
}

/** The same as places in bytes: for formats whose lines are passed over or read number by number (`line-template.ts`). */
export interface LineRanges {
  firstLine: number
  /** UTF-8, whatever the file is in; not used again after the next batch was asked for. */
  bytes: Uint8Array
  /** Line i is `bytes` from `begins[i]` up to, not with, `ends[i]`. */
  begins: number[]
  ends: number[]
}

/**
 * The lines of a text input, a batch for each chunk read. UTF-8 with or without a byte order mark, UTF-16 (what
 * PowerShell's `>` writes), CRLF and colour codes are understood; bytes that are no text become U+FFFD.
 * Cost: one pass; memory for one chunk and one line.
 */
export async function* lineBatches(input: ByteSource, format: string, run: Run): AsyncGenerator<LineBatch> {
  const decoder = new TextDecoder()
  let firstLine = 1
  for await (const bytes of wholeLines(input, format, run)) {
    const lines = linesOf(withoutColors(decoder.decode(bytes)))
    yield { firstLine, lines }
    firstLine += lines.length
  }
}

/** `lineBatches` without making strings: a line that is never looked at costs the search of its end. */
export async function* lineRanges(input: ByteSource, format: string, run: Run): AsyncGenerator<LineRanges> {
  let firstLine = 1
  for await (const written of wholeLines(input, format, run)) {
    const bytes = written.includes(ESCAPE) ? new TextEncoder().encode(withoutColors(new TextDecoder().decode(written))) : written
    const ranges = rangesOf(bytes)
    yield { firstLine, bytes, ...ranges }
    firstLine += ranges.begins.length
  }
}

function rangesOf(bytes: Uint8Array): Pick<LineRanges, 'begins' | 'ends'> {
  const begins: number[] = []
  const ends: number[] = []
  for (let begin = 0; begin < bytes.length; ) {
    const lineFeed = bytes.indexOf(LINE_FEED, begin)
    let end = lineFeed < 0 ? bytes.length : lineFeed
    const next = end + 1
    if (end > begin && bytes[end - 1] === CARRIAGE_RETURN) end--
    begins.push(begin)
    ends.push(Math.min(end, begin + MAX_LINE_LENGTH))
    begin = next
  }
  return { begins, ends }
}

/** The input as UTF-8, in pieces that end with a line; what follows the last line end waits for the next chunk. */
async function* wholeLines(input: ByteSource, format: string, run: Run): AsyncGenerator<Uint8Array> {
  run.progress({ step: `reading ${format}`, done: 0, total: input.sizeBytes })
  let rest: Uint8Array = new Uint8Array(0)
  let isFirst = true
  for await (const utf8 of asUtf8(input, run)) {
    // No byte of another character is a line end, so the cut can be made in the bytes.
    const end = utf8.lastIndexOf(LINE_FEED) + 1
    const joined = new Uint8Array(rest.length + utf8.length)
    joined.set(rest)
    joined.set(utf8, rest.length)
    const cut = end === 0 ? 0 : rest.length + end
    if (cut > 0) {
      yield isFirst ? withoutMark(joined.subarray(0, cut)) : joined.subarray(0, cut)
      isFirst = false
    }
    rest = cut === 0 ? joined.subarray(0, MAX_LINE_LENGTH) : joined.subarray(cut)
  }
  if (rest.length > 0) yield isFirst ? withoutMark(rest) : rest
}

async function* asUtf8(input: ByteSource, run: Run): AsyncGenerator<Uint8Array> {
  let decoder: InstanceType<typeof TextDecoder> | undefined
  const encoder = new TextEncoder()
  let head: Uint8Array | undefined = new Uint8Array(0)
  for await (const chunk of input.chunks()) {
    run.checkpoint()
    let bytes = chunk
    if (head !== undefined) {
      // The encoding shows in the first four bytes.
      bytes = new Uint8Array(head.length + chunk.length)
      bytes.set(head)
      bytes.set(chunk, head.length)
      head = bytes.length < 4 ? bytes : undefined
      if (head !== undefined) continue
      const encoding = encodingOf(bytes)
      if (encoding !== 'utf-8') decoder = new TextDecoder(encoding)
    }
    yield decoder === undefined ? bytes : encoder.encode(decoder.decode(bytes, { stream: true }))
  }
  if (head !== undefined) yield encoder.encode(new TextDecoder(encodingOf(head)).decode(head))
  else if (decoder !== undefined) yield encoder.encode(decoder.decode())
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
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

function linesOf(text: string): string[] {
  const lines: string[] = []
  for (let begin = 0; begin < text.length; ) {
    const newline = text.indexOf('\n', begin)
    let end = newline < 0 ? text.length : newline
    const next = end + 1
    if (end > begin && text.charCodeAt(end - 1) === CARRIAGE_RETURN) end--
    lines.push(text.slice(begin, Math.min(end, begin + MAX_LINE_LENGTH)))
    begin = next
  }
  return lines
}

export function withoutColors(text: string): string {
  return text.includes('\u001b') ? text.replace(ANSI, '') : text
}
