import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { AllocationProfileBuilder, type SiteValues } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { ProtobufCursor, ProtobufDamage, WIRE } from './protobuf-cursor.ts'
import type { ByteSource, Reader, Recognition } from './reader.ts'
import { wholeInput } from './whole-input.ts'

/**
 * pprof: `profile.proto` of github.com/google/pprof, gzipped or not. Heap and allocs of Go, goroutine and
 * goroutineleak, deltas (`?seconds=N`, `-base`: values may be negative), and the heap profiles of TCMalloc, jemalloc's
 * converters, Node, Rust, Java and PHP that use the same container.
 *
 * Values are estimates already unsampled by whoever wrote the file; the period says how far apart samples were.
 * Left out: labels (a block size is one of them), drop and keep frames, profiles of time (cpu, block, mutex).
 * Written with the strict cursor and not with `pprof-format`, which drops signs, clips lengths that run past the end,
 * and knows no positions (docs/decisions/060-pprof-reader.md).
 */
export const pprof: Reader<'allocation-profile'> = {
  format: 'pprof',
  title: 'pprof protobuf (Go heap, allocs, goroutine; TCMalloc, Node and others)',
  makes: 'allocation-profile',
  recognize,
  async read(input, run) {
    const bytes = await wholeInput(input, 'pprof', run)
    try {
      return readProfile(bytes, input, run)
    } catch (error) {
      if (!(error instanceof ProtobufDamage)) throw error
      throw new ReadError({
        file: input.name,
        format: 'pprof',
        position: { kind: 'byte', byte: error.byte },
        expected: error.expected,
        found: error.found,
        hint: 'The file is cut or damaged. Fetch it again.',
        cause: error,
      })
    }
  },
}

/** Wire types `profile.proto` allows for its fields; `undefined`: not a field of it. */
const PROFILE_WIRES: readonly (readonly number[] | undefined)[] = [
  undefined,
  ...Array.from({ length: 6 }, () => [WIRE.bytes]), // sample_type, sample, mapping, location, function, string_table
  ...Array.from({ length: 4 }, () => [WIRE.varint]), // drop_frames, keep_frames, time_nanos, duration_nanos
  [WIRE.bytes], // period_type
  [WIRE.varint], // period
  [WIRE.varint, WIRE.bytes], // comment
  [WIRE.varint], // default_sample_type
  [WIRE.varint], // doc_url
]

/** No magic number: the head must walk as fields of a Profile, each of the right wire type, the inner ones as well. */
function recognize(head: Uint8Array): Recognition {
  const cursor = new ProtobufCursor(head)
  let fields = 0
  let sampleTypes = 0
  try {
    while (cursor.next()) {
      if (PROFILE_WIRES[cursor.field]?.includes(cursor.wire) !== true) return 'no'
      if (cursor.field === 1 || cursor.field === 11) {
        if (!isValueType(head, cursor.start, cursor.end)) return 'no'
        if (cursor.field === 1) sampleTypes++
      }
      fields++
    }
  } catch (error) {
    if (!(error instanceof ProtobufDamage)) throw error
    // The head ends inside a field: only then is damage no evidence against it.
    const runsPast = /end of the message|^byte \d+: expected a field of at most/.test(error.message)
    if (head.length < 4096 || !runsPast) return sampleTypes > 0 && fields > 1 && runsPast ? 'likely' : 'no'
  }
  if (sampleTypes > 0 && fields > 1) return 'certain'
  return fields > 3 ? 'likely' : 'no'
}

function isValueType(bytes: Uint8Array, start: number, end: number): boolean {
  const cursor = new ProtobufCursor(bytes, start, end)
  while (cursor.next()) if (cursor.field > 2 || cursor.wire !== WIRE.varint) return false
  return true
}

interface Spans {
  start: number[]
  end: number[]
}
const spans = (): Spans => ({ start: [], end: [] })

/** What stands at the top of a Profile; the parts inside are only located. */
interface Outline {
  sampleTypes: { type: number; unit: number }[]
  samples: Spans
  mappings: Spans
  locations: Spans
  functions: Spans
  strings: Spans
  timeNanos: number
  periodUnit: number
  period: number
}

function readProfile(bytes: Uint8Array, input: ByteSource, run: Run): AllocationProfile {
  // 1. Where everything is.
  const outline = outlineOf(bytes)
  const decoder = new TextDecoder()
  const stringCount = outline.strings.start.length
  const text = (number: number): string => {
    if (number >= stringCount || number < 0) {
      if (number === 0) return ''
      throw new ProtobufDamage(bytes.length, `a string number below ${stringCount}`, String(number))
    }
    return decoder.decode(bytes.subarray(outline.strings.start[number]!, outline.strings.end[number]!))
  }

  // 2. Which of the values are memory.
  const source: Source = { name: input.name, format: 'pprof', idsAreStable: false, sizeBytes: bytes.length, notices: [] }
  if (outline.timeNanos > 0) source.takenAtMs = outline.timeNanos / 1e6
  const types = outline.sampleTypes.map(({ type, unit }) => ({ type: text(type), unit: text(unit) }))
  const { columns, unit } = chooseColumns(types, input.name, source)

  // 3. Functions and locations, by their ids.
  const builder = new AllocationProfileBuilder(source)
  const functions = functionsOf(bytes, outline.functions, text)
  if ([...functions.values()].some(({ file }) => file.endsWith('.go'))) source.runtime = 'go'
  const mappings = mappingsOf(bytes, outline.mappings, text)
  const locations = locationsOf({ bytes, locations: outline.locations, functions, mappings, builder, source })

  // 4. Samples into the call tree.
  for (const name of columns) if (name !== undefined) builder.add(0, { [name]: 0 })
  const verdict = types.some(({ type }) => type === 'goroutineleak') ? 'leaked' : undefined
  addSamples({ bytes, samples: outline.samples, columns, locations, builder, source, run, verdict })
  const samplesBytes = text(outline.periodUnit) === 'bytes' && outline.period > 1
  return builder.build({ unit, samplingIntervalBytes: samplesBytes ? outline.period : undefined })
}

function outlineOf(bytes: Uint8Array): Outline {
  const outline: Outline = {
    sampleTypes: [],
    samples: spans(),
    mappings: spans(),
    locations: spans(),
    functions: spans(),
    strings: spans(),
    timeNanos: 0,
    periodUnit: 0,
    period: 0,
  }
  const { samples, mappings, locations, functions, strings } = outline
  const lists: Record<number, Spans> = { 2: samples, 3: mappings, 4: locations, 5: functions, 6: strings }
  const cursor = new ProtobufCursor(bytes)
  while (cursor.next()) {
    const wires = PROFILE_WIRES[cursor.field]
    if (wires !== undefined && !wires.includes(cursor.wire)) throw new ProtobufDamage(cursor.start, `wire type ${wires.join(' or ')} for field ${cursor.field}`, String(cursor.wire))
    const list = lists[cursor.field]
    if (list !== undefined) {
      list.start.push(cursor.start)
      list.end.push(cursor.end)
    } else if (cursor.field === 1) outline.sampleTypes.push(valueType(bytes, cursor.start, cursor.end))
    else if (cursor.field === 9) outline.timeNanos = cursor.signed()
    else if (cursor.field === 11) outline.periodUnit = valueType(bytes, cursor.start, cursor.end).unit
    else if (cursor.field === 12) outline.period = cursor.signed()
  }
  return outline
}

function valueType(bytes: Uint8Array, start: number, end: number): { type: number; unit: number } {
  const found = { type: 0, unit: 0 }
  const cursor = new ProtobufCursor(bytes, start, end)
  while (cursor.next()) {
    if (cursor.wire !== WIRE.varint) continue
    if (cursor.field === 1) found.type = cursor.unsigned()
    if (cursor.field === 2) found.unit = cursor.unsigned()
  }
  return found
}

type Column = keyof SiteValues | undefined

const COUNT_UNITS = new Set(['count', 'objects', 'blocks', 'allocations'])
const BYTE_UNITS: Record<string, number> = { bytes: 1, byte: 1, b: 1 }

/**
 * Which column each value goes to. Names differ by writer: `inuse_space` (Go), `space` (TCMalloc, Node, growth),
 * `live` (async-profiler), `alloc_in_new_tlab_bytes`; what is counted in bytes is memory, what is called alloc… was
 * allocated once, everything else is live.
 */
function chooseColumns(types: readonly { type: string; unit: string }[], file: string, source: Source): { columns: Column[]; unit: string } {
  const columns: Column[] = types.map(() => undefined)
  const taken = new Set<Column>()
  const isMemory = types.some(({ unit }) => BYTE_UNITS[unit.toLowerCase()] !== undefined)
  for (const [position, { type, unit }] of types.entries()) {
    const isBytes = BYTE_UNITS[unit.toLowerCase()] !== undefined
    const counts = COUNT_UNITS.has(unit.toLowerCase())
    const isThreads = /^(goroutine|goroutineleak|threadcreate|thread)s?$/i.test(type)
    if (!isBytes && !(counts && (isMemory || isThreads))) continue
    const isAllocated = /alloc/i.test(type) && !/inuse|in_use|live|retain/i.test(type)
    const isPeak = /peak/i.test(type)
    const column: Column = isBytes
      ? isPeak ? 'peakBytes' : isAllocated ? 'allocatedBytes' : 'liveBytes'
      : isPeak ? undefined : isAllocated ? 'allocatedCount' : 'liveCount'
    // TLABs are the one known case of two types that add up to one number.
    if (taken.has(column) && !/tlab/i.test(type)) {
      addNotice(source, { code: 'unused-values', message: `values '${type}/${unit}' are not shown: another kind of the same meaning comes first` })
      continue
    }
    taken.add(column)
    columns[position] = column
  }
  if (taken.size === 0) {
    throw new ReadError({
      file,
      format: 'pprof',
      position: { kind: 'whole' },
      expected: 'values of memory or goroutines',
      found: types.length === 0 ? 'no kinds of values' : types.map(({ type, unit }) => `${type}/${unit}`).join(', '),
      hint: 'This is a profile of time, not of memory. For Go fetch /debug/pprof/heap or /debug/pprof/goroutine.',
    })
  }
  const kind = types.find(({ type }) => /^goroutine/i.test(type)) === undefined ? 'thread' : 'goroutine'
  return { columns, unit: isMemory ? 'objects' : `${kind}s` }
}

interface FunctionNames {
  name: string
  file: string
}

function functionsOf(bytes: Uint8Array, { start, end }: Spans, text: (number: number) => string): Map<number | bigint, FunctionNames> {
  const functions = new Map<number | bigint, FunctionNames>()
  for (let row = 0; row < start.length; row++) {
    const cursor = new ProtobufCursor(bytes, start[row], end[row])
    let [id, name, systemName, file]: [number | bigint, number, number, number] = [0, 0, 0, 0]
    while (cursor.next()) {
      if (cursor.wire !== WIRE.varint) continue
      if (cursor.field === 1) id = cursor.id()
      else if (cursor.field === 2) name = cursor.unsigned()
      else if (cursor.field === 3) systemName = cursor.unsigned()
      else if (cursor.field === 4) file = cursor.unsigned()
    }
    functions.set(id, { name: text(name) || text(systemName), file: text(file) })
  }
  return functions
}

function mappingsOf(bytes: Uint8Array, { start, end }: Spans, text: (number: number) => string): Map<number | bigint, string> {
  const mappings = new Map<number | bigint, string>()
  for (let row = 0; row < start.length; row++) {
    const cursor = new ProtobufCursor(bytes, start[row], end[row])
    let [id, file]: [number | bigint, number] = [0, 0]
    while (cursor.next()) {
      if (cursor.wire !== WIRE.varint) continue
      if (cursor.field === 1) id = cursor.id()
      else if (cursor.field === 5) file = cursor.unsigned()
    }
    mappings.set(id, text(file))
  }
  return mappings
}

/** The frames of each location, outermost first: inlined calls make several. */
function locationsOf({ bytes, locations: { start, end }, functions, mappings, builder, source }: {
  bytes: Uint8Array
  locations: Spans
  functions: ReadonlyMap<number | bigint, FunctionNames>
  mappings: ReadonlyMap<number | bigint, string>
  builder: AllocationProfileBuilder
  source: Source
}): Map<number | bigint, readonly number[]> {
  const locations = new Map<number | bigint, readonly number[]>()
  for (let row = 0; row < start.length; row++) {
    const cursor = new ProtobufCursor(bytes, start[row], end[row])
    let [id, mapping, address]: (number | bigint)[] = [0, 0, 0]
    const frames: number[] = []
    while (cursor.next()) {
      if (cursor.field === 4 && cursor.wire === WIRE.bytes) {
        const line = new ProtobufCursor(bytes, cursor.start, cursor.end)
        let [functionId, number, column]: [number | bigint, number, number] = [0, 0, 0]
        while (line.next()) {
          if (line.wire !== WIRE.varint) continue
          if (line.field === 1) functionId = line.id()
          else if (line.field === 2) number = line.signed()
          else if (line.field === 3) column = line.signed()
        }
        const names = functions.get(functionId)
        if (names === undefined) addNotice(source, { code: 'unknown-function', message: 'a location names a function that is not in the file', firstAt: `byte ${cursor.start}` })
        frames.push(
          builder.frame({
            functionName: names?.name === undefined || names.name === '' ? '(unknown)' : names.name,
            file: names === undefined || names.file === '' ? undefined : names.file,
            line: lineNumber(number),
            column: lineNumber(column),
          }),
        )
      } else if (cursor.wire === WIRE.varint) {
        if (cursor.field === 1) id = cursor.id()
        else if (cursor.field === 2) mapping = cursor.id()
        else if (cursor.field === 3) address = cursor.id()
      }
    }
    if (frames.length === 0) {
      const file = mappings.get(mapping!)
      frames.push(builder.frame({ functionName: `0x${address!.toString(16)}`, file: file === '' ? undefined : file }))
    }
    locations.set(id!, frames.toReversed())
  }
  return locations
}

const lineNumber = (given: number): number => (given > 0 && given < 0xffff_ffff ? given : 0)

/** Real stacks are far below; a forged one repeats a location of many inlined calls. */
const MAX_FRAMES = 10_000

function addSamples({ bytes, samples: { start, end }, columns, locations, builder, source, run, verdict }: {
  bytes: Uint8Array
  samples: Spans
  columns: readonly Column[]
  locations: ReadonlyMap<number | bigint, readonly number[]>
  builder: AllocationProfileBuilder
  source: Source
  run: Run
  /** The runtime's own judgement of everything in the file. */
  verdict: string | undefined
}): void {
  // Work is bounded by the file's size, whatever its samples repeat.
  let framesLeft = 1_000_000 + 20 * bytes.length
  for (let row = 0; row < start.length; row++) {
    if ((row & 0xfff) === 0) {
      run.progress({ step: 'reading samples', done: row, total: start.length })
      run.checkpoint()
    }
    const stack: (readonly number[])[] = []
    const values: number[] = []
    const cursor = new ProtobufCursor(bytes, start[row], end[row])
    while (cursor.next()) {
      if (cursor.field === 1) {
        cursor.repeated(() => {
          const frames = locations.get(cursor.id())
          if (frames === undefined) addNotice(source, { code: 'unknown-location', message: 'a sample names a location that is not in the file', firstAt: `byte ${start[row]}` })
          else stack.push(frames)
        })
      } else if (cursor.field === 2) cursor.repeated(() => void values.push(cursor.signed()))
    }
    if (values.length !== columns.length) throw new ProtobufDamage(start[row]!, `${columns.length} values in sample ${row}`, String(values.length))
    if (columns.every((column, position) => column === undefined || values[position] === 0)) continue

    let site = 0
    let depth = 0
    for (const frames of stack.toReversed()) {
      depth += frames.length
      if (depth > MAX_FRAMES) {
        addNotice(source, { code: 'deep-stack', message: `a stack of more than ${MAX_FRAMES} frames was cut`, firstAt: `byte ${start[row]}` })
        break
      }
      for (const frame of frames) site = builder.site(site, frame)
    }
    if (verdict !== undefined) builder.setVerdict(site, verdict)
    framesLeft -= depth
    if (framesLeft < 0) throw new ProtobufDamage(start[row]!, 'stacks in proportion to the file', 'inlined calls repeated beyond measure')
    for (const [position, column] of columns.entries()) {
      if (column !== undefined) builder.add(site, { [column]: values[position]! })
    }
    if (values.some((value, position) => columns[position] !== undefined && value < 0)) {
      addNotice(source, { code: 'difference', message: 'values are differences between two moments: negative ones were freed in between', firstAt: `byte ${start[row]}` })
    }
  }
}
