import type { Run } from '../base/run.ts'
import type { ByteSource } from './reader.ts'

/** Longer lines are cut: no line of a text format we read means anything beyond this. */
const MAX_LINE_LENGTH = 1 << 20

// Colours that a terminal wrapper left in a log.
const ANSI = /\u001b\[[0-9;?]*[A-Za-z]/g

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/** Some lines, without their line ends; `firstLine` counts from 1. */
export interface LineBatch {
  firstLine: number
  lines: string[]
}

/**
 * The lines of a text input, a batch for each chunk read. UTF-8 with or without a byte order mark, UTF-16 (what
 * PowerShell's `>` writes), CRLF and colour codes are understood; bytes that are no text become U+FFFD.
 * Cost: one pass; memory for one chunk and one line.
 */
export async function* lineBatches(input: ByteSource, format: string, run: Run): AsyncGenerator<LineBatch> {
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
    const lines = split(rest + decoder.decode(bytes, { stream: true }))
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_LENGTH) rest = rest.slice(0, MAX_LINE_LENGTH)
    if (lines.length > 0) yield { firstLine, lines: lines.map(clean) }
    firstLine += lines.length
  }
  const last = decoder === undefined ? new TextDecoder(encodingOf(first)).decode(first) : rest + decoder.decode()
  const lines = split(last)
  if (lines.at(-1) === '') lines.pop()
  if (lines.length > 0) yield { firstLine, lines: lines.map(clean) }
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

function split(text: string): string[] {
  return text.split('\n')
}

function clean(line: string): string {
  const whole = line.endsWith('\r') ? line.slice(0, -1) : line
  const cut = whole.length > MAX_LINE_LENGTH ? whole.slice(0, MAX_LINE_LENGTH) : whole
  return withoutColors(cut)
}

export function withoutColors(text: string): string {
  return text.includes('\u001b') ? text.replace(ANSI, '') : text
}
