import { Function, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { NONE } from '../model/heap-graph.ts'
import type { ProfileColumn } from './profile-frames.ts'

/** What pprof calls our columns; goroutines and the like have a kind of their own. */
const TYPES = [
  ['allocatedCount', 'alloc_objects', 'count'],
  ['allocatedBytes', 'alloc_space', 'bytes'],
  ['liveCount', 'inuse_objects', 'count'],
  ['liveBytes', 'inuse_space', 'bytes'],
  ['peakBytes', 'peak_space', 'bytes'],
] as const

/**
 * The profile as uncompressed `profile.proto`, for `go tool pprof`, pprof.me, Pyroscope and others. They show `column`
 * first; without it they would take the last.
 */
export function renderPprof(profile: AllocationProfile, column: ProfileColumn): Uint8Array {
  const strings = new StringTable()
  const { frames } = profile
  const text = (number: number): number => strings.dedup(profile.strings.get(number))
  const columns = TYPES.filter(([name]) => profile[name] !== undefined)
  const isCounted = /^(?:goroutine|thread)s$/.test(profile.unit)
  const typeOf = (type: string): number => strings.dedup(isCounted ? profile.unit.slice(0, -1) : type)
  const sampleType = columns.map(([, type, unit]) => new ValueType({ type: typeOf(type), unit: strings.dedup(unit) }))
  const shown = columns.find(([name]) => name === column)

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
    const value = columns.map(([name]) => Math.round(profile[name]![site]!))
    if (value.every((each) => each === 0)) continue
    const locationId: number[] = []
    for (let each = site; each !== 0; each = profile.siteParent[each]!) locationId.push(profile.siteFrame[each]! + 1)
    sample.push(new Sample({ locationId, value }))
  }
  const { takenAtMs } = profile.source
  return new Profile({
    sampleType,
    ...(shown === undefined ? {} : { defaultSampleType: typeOf(shown[1]) }),
    sample,
    location,
    function: [...functions.values()],
    stringTable: strings,
    periodType: new ValueType({ type: strings.dedup('space'), unit: strings.dedup('bytes') }),
    period: profile.samplingIntervalBytes ?? 1,
    ...(takenAtMs === undefined ? {} : { timeNanos: BigInt(Math.round(takenAtMs)) * 1_000_000n }),
  }).encode()
}
