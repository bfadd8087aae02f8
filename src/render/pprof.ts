import { Function, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { NONE } from '../model/heap-graph.ts'

/** What pprof calls our columns; goroutines and the like have a kind of their own. */
const TYPES = [
  ['allocatedCount', 'alloc_objects', 'count'],
  ['allocatedBytes', 'alloc_space', 'bytes'],
  ['liveCount', 'inuse_objects', 'count'],
  ['liveBytes', 'inuse_space', 'bytes'],
  ['peakBytes', 'peak_space', 'bytes'],
] as const

/** The profile as uncompressed `profile.proto`, for `go tool pprof`, pprof.me, Pyroscope and others. */
export function renderPprof(profile: AllocationProfile): Uint8Array {
  const strings = new StringTable()
  const { frames } = profile
  const text = (number: number): number => strings.dedup(profile.strings.get(number))
  const columns = TYPES.filter(([column]) => profile[column] !== undefined)
  const isCounted = /^(?:goroutine|thread)s$/.test(profile.unit)
  const sampleType = columns.map(([, type, unit]) => new ValueType({ type: strings.dedup(isCounted ? profile.unit.slice(0, -1) : type), unit: strings.dedup(unit) }))

  // A function for each name and file, a location for each frame.
  const functions = new Map<string, Function>()
  const location = Array.from(frames.functionName, (name, frame) => {
    const key = `${name} ${frames.file[frame]}`
    let called = functions.get(key)
    if (called === undefined) {
      called = new Function({ id: functions.size + 1, name: text(name), systemName: text(name), filename: frames.file[frame] === NONE ? 0 : text(frames.file[frame]!) })
      functions.set(key, called)
    }
    return new Location({ id: frame + 1, line: [new Line({ functionId: called.id, line: frames.line[frame]!, column: frames.column[frame]! })] })
  })
  const sample: Sample[] = []
  for (let site = 0; site < profile.siteCount; site++) {
    const value = columns.map(([column]) => Math.round(profile[column]![site]!))
    if (value.every((each) => each === 0)) continue
    const locationId: number[] = []
    for (let each = site; each !== 0; each = profile.siteParent[each]!) locationId.push(profile.siteFrame[each]! + 1)
    sample.push(new Sample({ locationId, value }))
  }
  const { takenAtMs } = profile.source
  return new Profile({
    sampleType,
    sample,
    location,
    function: [...functions.values()],
    stringTable: strings,
    periodType: new ValueType({ type: strings.dedup('space'), unit: strings.dedup('bytes') }),
    period: profile.samplingIntervalBytes ?? 1,
    ...(takenAtMs === undefined ? {} : { timeNanos: BigInt(Math.round(takenAtMs)) * 1_000_000n }),
  }).encode()
}
