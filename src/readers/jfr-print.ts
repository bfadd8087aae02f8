import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { addNotice, type Source } from '../model/source.ts'
import { bytesOfText } from './jfr/printed-sizes.ts'
import type { JfrStruct, JfrValue } from './jfr/jfr-chunk.ts'
import { type JfrResolver, MEMORY_EVENTS, Recording } from './jfr/recording.ts'
import { asList, asObject, asText, jsonInput } from './json-input.ts'
import type { ByteSource, Reader } from './reader.ts'
import { replay } from './replay.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'jfr-print'
const EVENT = /^(jdk|profiler)\.(\w+) \{\s*$/
const FRAME = /^\s+([\w.$/<>]+)\.([\w$<>]+)\(.*\)(?:\s+line:\s*(\d+))?/
/** `elementData : java.util.ArrayList Size: 1200`, `[15] : java.lang.Object[1234]` */
const HELD_BY = /^\s+(?:\[(\d+)\]|([\w$]+)) : (\S+)(?: (.*))?$/
const TOO_DEEP = 4096

/**
 * What `jfr print` writes of a recording, as text and with `--json` (JDK 11 to 25): the same events the reader of
 * recordings reads, as far as they were printed. `--stack-depth` cuts stacks (5 frames unless told) and text rounds
 * sizes above a kilobyte to three digits: where the recording itself is at hand, read that.
 */
export const jfrPrint: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'Java Flight Recorder, printed (jfr print, text and --json)',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    if (/^\s*\{\s*"recording"\s*:\s*\{\s*"events"/.test(text)) return 'certain'
    return /^\s*(?:jdk|profiler)\.\w+ \{\r?\n\s+\w+ = /.test(text) ? 'certain' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'jvm', idsAreStable: false, sizeBytes: input.sizeBytes, notices: [] }
    let isJson: boolean | undefined
    const chunks = input.chunks()[Symbol.asyncIterator]()
    let first: Uint8Array = new Uint8Array(0)
    // The first byte that is no space decides; chunks may be of any length, and what is but space is left out.
    while (isJson === undefined) {
      const next = await chunks.next()
      if (next.done === true) break
      const byte = next.value.find((each) => each > 0x20)
      if (byte === undefined) continue
      first = next.value
      isJson = byte === 0x7b
    }
    const whole: ByteSource = { name: input.name, sizeBytes: input.sizeBytes, chunks: () => replay(first, chunks) }
    return isJson === true ? readJson(whole, source, run) : readText(whole, source, run)
  },
}

/** Printed events hold their values themselves. */
const PRINTED: JfrResolver = {
  struct: (value: JfrValue) => (typeof value === 'object' && !Array.isArray(value) && value !== null ? (value as JfrStruct) : undefined),
  text: (value: JfrValue) => (typeof value === 'string' ? value : undefined),
}

async function readJson(input: ByteSource, source: Source, run: Run): Promise<AllocationProfile> {
  const events = asList(asObject(asObject(await jsonInput(input, FORMAT, run))?.['recording'])?.['events'])
  if (events === undefined) throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'whole' }, expected: 'recording.events', found: 'none' })
  const recording = new Recording(source)
  for (const each of events) {
    run.checkpoint()
    const name = asText(asObject(each)?.['type'])
    const values = asObject(asObject(each)?.['values'])
    if (name !== undefined && values !== undefined && MEMORY_EVENTS.has(name)) recording.add(name, values as unknown as JfrStruct, PRINTED)
  }
  return recording.finish()
}

async function readText(input: ByteSource, source: Source, run: Run): Promise<AllocationProfile> {
  const recording = new Recording(source)
  let name: string | undefined
  let body: string[] = []
  for await (const { lines } of lineBatches(input, FORMAT, run)) {
    for (const line of lines) {
      const begins = EVENT.exec(line)
      if (begins !== null) {
        name = `${begins[1]}.${begins[2]}`
        body = []
      } else if (line.trimEnd() === '}' && name !== undefined) {
        if (MEMORY_EVENTS.has(name)) recording.add(name, eventOf(body), PRINTED)
        name = undefined
      } else if (name !== undefined && body.length < TOO_DEEP) body.push(line)
    }
  }
  if (name !== undefined) addNotice(source, { code: 'cut', message: 'the last event is not whole; those before it are shown' })
  return recording.finish()
}

/** The fields of one printed event that matter, in the shape a recording has. */
function eventOf(lines: readonly string[]): JfrStruct {
  const event: JfrStruct = {}
  for (let at = 0; at < lines.length; at++) {
    const [, key, value = ''] = /^ {2}(\w+) = (.*)$/.exec(lines[at]!) ?? []
    if (key === undefined) continue
    if (value.trim() !== '[') {
      const bytes = bytesOfText(value)
      event[key] = key === 'objectClass' ? { name: value.split(' ', 1)[0]! } : (bytes ?? value)
      continue
    }
    const inner: string[] = []
    while (++at < lines.length && lines[at]!.trim() !== ']') inner.push(lines[at]!)
    if (key === 'stackTrace') event[key] = { frames: inner.flatMap(frameOf) }
    else if (key === 'object') {
      const object = chainOf(inner)
      if (object !== undefined) event[key] = object
    }
  }
  return event
}

function frameOf(line: string): JfrStruct[] {
  const [, owner, method, number] = FRAME.exec(line) ?? []
  if (owner === undefined || method === undefined) return []
  return [{ method: { type: { name: owner }, name: method }, lineNumber: Number(number ?? 0) }]
}

/** `byte[500]`, then who holds it, outwards, a line each. */
function chainOf(lines: readonly string[]): JfrStruct | undefined {
  let object: JfrStruct | undefined
  for (let at = lines.length - 1; at >= 1; at--) {
    const [, , field, type, description] = HELD_BY.exec(lines[at]!) ?? []
    if (type === undefined) continue
    const holder: JfrStruct = { type: { name: withoutLength(type) }, description, referrer: object?.['pending'] }
    object = { pending: { object: holder, field: field === undefined ? undefined : { name: field } } }
  }
  const own = lines[0]?.trim()
  return own === undefined || own === '' ? undefined : { type: { name: withoutLength(own.split(' ', 1)[0]!) }, referrer: object?.['pending'] }
}

/** `byte[2][]` is a `byte[][]`. */
function withoutLength(type: string): string {
  return type.replace(/\[\d+\]/g, '[]')
}
