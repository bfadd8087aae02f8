import { once } from 'node:events'
import { createWriteStream, existsSync, realpathSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import zlib from 'node:zlib'
import { KnownError, ReadError, StoreError, UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { recognizeInput } from '../readers/open.ts'
import { HeaderProblem } from '../readers/v8-heapsnapshot/header.ts'
import { BadText } from '../readers/v8-heapsnapshot/number-rows.ts'
import { FORMAT } from '../readers/v8-heapsnapshot/parser.ts'
import { StringRedactor } from '../readers/v8-heapsnapshot/redact-strings.ts'
import type { Sections } from '../readers/v8-heapsnapshot/sections.ts'
import { StringUses } from '../readers/v8-heapsnapshot/string-uses.ts'
import { WatchTexts } from '../readers/v8-heapsnapshot/watch-texts.ts'
import { decompress, fileSource } from './file-source.ts'
import { expectPlaceFor } from './output-place.ts'

export interface Redacted {
  /** Strings of the table whose text was replaced, and that stayed. */
  redacted: number
  kept: number
}

/**
 * Writes a V8 snapshot without its contents: names stay, texts and numbers go, sizes and references are untouched.
 * Reads the file twice, first for what each string is used as, once more where the program carries watch records; `to` gets its name when it is whole, and is compressed
 * when that ends in `.gz`.
 * @throws UsageError when `to` is `from` or lies nowhere; ReadError, StoreError, Cancelled
 */
export async function redactSnapshot(from: string, to: string, run: Run): Promise<Redacted> {
  if (existsSync(to) && existsSync(from) && realpathSync(to) === realpathSync(from)) throw new UsageError({ argument: 'out', given: `${to}, the snapshot itself`, allowed: 'another file: what is redacted cannot be had back' })
  expectPlaceFor(to, 'out')
  const { format } = await recognizeInput(await fileSource(from), { decompress })
  if (format !== FORMAT) throw new ReadError({ file: from, format: FORMAT, position: { kind: 'whole' }, expected: 'a V8 heap snapshot', found: `a file of the format ${format}` })
  const uses = new StringUses()
  for await (const chunk of plainChunks(from, run, 'looking for names in')) guarded(from, uses.sections, () => uses.sections.push(chunk))
  requireWhole(from, uses.sections)
  const { watchNames } = uses
  if (watchNames !== undefined) {
    const watches = new WatchTexts(watchNames)
    for await (const chunk of plainChunks(from, run, 'looking for watches in')) guarded(from, watches.sections, () => watches.sections.push(chunk))
    for (const text of watches.texts()) uses.keep(text)
  }

  const redactor = new StringRedactor(uses)
  async function* rewritten(): AsyncGenerator<Uint8Array> {
    for await (const chunk of plainChunks(from, run, 'redacting')) yield* guarded(from, redactor.sections, () => redactor.push(chunk))
    requireWhole(from, redactor.sections)
  }
  const aside = `${to}.${process.pid}.part`
  try {
    const file = createWriteStream(aside)
    await once(file, 'open')
    const source = Readable.from(rewritten(), { objectMode: false })
    if (to.endsWith('.gz')) await pipeline(source, zlib.createGzip(), file)
    else await pipeline(source, file)
    await rename(aside, to)
  } catch (cause) {
    if (cause instanceof KnownError) throw cause
    throw new StoreError({ path: to, step: 'write', problem: (cause as Error).message, cause })
  } finally {
    await rm(aside, { force: true })
  }
  return { redacted: redactor.redacted, kept: redactor.kept }
}

async function* plainChunks(path: string, run: Run, step: string): AsyncGenerator<Uint8Array> {
  const source = await fileSource(path)
  const file = await open(path)
  const head = new Uint8Array(4)
  try {
    await file.read(head, 0, 4, 0)
  } finally {
    await file.close()
  }
  const compression = head[0] === 0x1f && head[1] === 0x8b ? 'gzip' : head[0] === 0x28 && head[1] === 0xb5 ? 'zstd' : undefined
  let done = 0
  for await (const chunk of compression === undefined ? source.chunks() : decompress(compression, source.chunks(), path)) {
    run.progress({ step: `${step} ${path}`, done, total: compression === undefined ? source.sizeBytes : undefined })
    run.checkpoint()
    done += chunk.length
    yield chunk
  }
}

function guarded<Result>(file: string, sections: Sections, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof BadText) && !(error instanceof HeaderProblem)) throw error
    const byte = error instanceof BadText ? sections.before + error.at : 0
    throw new ReadError({ file, format: FORMAT, position: { kind: 'byte', byte, what: sections.key }, expected: error.expected, found: error.found })
  }
}

function requireWhole(file: string, sections: Sections): void {
  if (sections.isDone) return
  throw new ReadError({ file, format: FORMAT, position: { kind: 'byte', byte: sections.before }, expected: 'a whole snapshot', found: 'the end of the file', hint: 'A file that is cut cannot be redacted: what its strings are used as is not known.' })
}
