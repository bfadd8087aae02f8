import { bytesText, countText } from '../../base/bytes-text.ts'
import { type Floor, objectBytes } from './floor.ts'
import { measureRise, type Rise } from './rise.ts'

/** Where a process's memory goes, one row a part; a table of the report. */
export interface MemoryPart {
  part: string
  /** Bytes, or a count where the part is one; over all rounds. */
  gained: number
  /** Per operation (or second), in the later half. */
  lateRate: number
  course: 'rises' | 'rose, then stayed' | 'flat' | 'falls'
  advice: string
}

export type NativeCourse = 'rises' | 'may rise' | 'kept' | 'flat'

export interface NativeTriage {
  course: NativeCourse
  /** Of the longest stretch of rounds without a snapshot between; absent when none is long enough. */
  rise: Rise | undefined
  rounds: number
}

/** Pages come and go by so much in a healthy program. */
const NOISE_BYTES = 2e6
/** A lone leap of less than this is a stack, an arena or a compiler's buffer that was due. */
const LONE_LEAP_BYTES = 4e6
/** Rounds without a snapshot before steadiness means anything. */
const ENOUGH_ROUNDS = 6
const MANY_ROUNDS = 11
/** So much of it is worth a doubt even in few rounds. */
const DOUBT_BYTES = 16e6
const STEADY = 0.5
const SURE_SCORE = 4
const MOSTLY = 0.75

/** What is resident beyond the heap's pages and what is known to belong to objects: malloc, stacks, mapped files, fragments. */
export function nativeBytes({ rssBytes, heapCommittedBytes, heapUsedBytes, externalBytes }: Floor): number {
  return rssBytes - (heapCommittedBytes ?? heapUsedBytes) - externalBytes
}

/**
 * Whether memory outside heap and objects rises without end. Floors with a snapshot between them say nothing of it: what
 * a snapshot takes is freed to the allocator, which keeps the pages and fills them again, so that a leak hides in them
 * for a while. `quiet` are floors of rounds after the last snapshot; only their later half is believed.
 */
export function triageNative(floors: readonly Floor[], quiet: readonly Floor[], snapshotsAtMs: readonly number[]): NativeTriage {
  const gainedBetween = gainedBetweenSnapshots(floors, snapshotsAtMs)
  const stretch = [quiet, ...stretchesOf(floors, snapshotsAtMs)].find((each) => each.length > ENOUGH_ROUNDS)
  if (stretch === undefined) return { course: gainedBetween > DOUBT_BYTES ? 'may rise' : 'flat', rise: undefined, rounds: 0 }
  const rise = riseOf(stretch)
  const late = stretch.slice(Math.floor(stretch.length / 2))
  const gained = nativeBytes(late.at(-1)!) - nativeBytes(late[0]!)
  const steps = late.slice(1).map((floor, at) => nativeBytes(floor) - nativeBytes(late[at]!))
  const rose = steps.filter((step) => step > 0).length
  const isLoneLeap = gained < LONE_LEAP_BYTES && gained - Math.max(...steps) < NOISE_BYTES / 2
  const found = { rise, rounds: stretch.length - 1 }
  const isSteady = rise.lateScore > SURE_SCORE && rose >= MOSTLY * (late.length - 1) && riseOf(late).lateUnit >= STEADY * rise.lateUnit
  // Of few rounds much is asked: warming up, too, looks steady for a while.
  if (isSteady && gained > (stretch.length > MANY_ROUNDS ? NOISE_BYTES : DOUBT_BYTES)) return { course: 'rises', ...found }
  if (gained > (stretch === quiet ? NOISE_BYTES : DOUBT_BYTES) && !isLoneLeap) return { course: 'may rise', ...found }
  return { course: gainedBetween > NOISE_BYTES ? 'kept' : 'flat', ...found }
}

/** Floors in a row with no snapshot between them, the longest stretch first. */
function stretchesOf(floors: readonly Floor[], snapshotsAtMs: readonly number[]): Floor[][] {
  const stretches: Floor[][] = [[]]
  for (const [at, floor] of floors.entries()) {
    const before = floors[at - 1]
    if (before !== undefined && snapshotsAtMs.some((ms) => ms >= before.atMs && ms <= floor.atMs)) stretches.push([])
    stretches.at(-1)!.push(floor)
  }
  return stretches.toSorted((a, b) => b.length - a.length)
}

/** Steps with a snapshot in between are left out. */
export function gainedBetweenSnapshots(floors: readonly Floor[], snapshotsAtMs: readonly number[]): number {
  let gained = 0
  for (let at = 1; at < floors.length; at++) {
    const [before, after] = [floors[at - 1]!, floors[at]!]
    if (snapshotsAtMs.some((ms) => ms >= before.atMs && ms <= after.atMs)) continue
    gained += nativeBytes(after) - nativeBytes(before)
  }
  return gained
}

function riseOf(floors: readonly Floor[]): Rise {
  return measureRise(floors.map(({ done }) => done), floors.map(nativeBytes))
}

/** The table of "process memory rises": each part, how it went, and what to do where it goes on. */
export function memoryParts(floors: readonly Floor[], native: NativeTriage): MemoryPart[] {
  const of = (part: string, value: (floor: Floor) => number, noise: number, advice: string): MemoryPart => {
    const rise = measureRise(floors.map(({ done }) => done), floors.map(value))
    const course = courseOf(rise, floors, noise)
    return { part, gained: rise.total, lateRate: rise.lateUnit, course, advice: course === 'rises' ? advice : '' }
  }
  const rows = [
    of('objects in the heap', objectBytes, 100e3, 'the findings say who holds them'),
    of('compiled code', ({ codeBytes }) => codeBytes, 100e3, 'code made from text per operation, or still warming up'),
    of('external memory', ({ externalBytes, arrayBuffersBytes }) => externalBytes - arrayBuffersBytes, 100e3, 'native handles held by objects: close them'),
    of('array buffers', ({ arrayBuffersBytes }) => arrayBuffersBytes, 100e3, 'Buffers kept, or small slices of big ones'),
    of('contexts (count)', ({ contextCount }) => contextCount, 0.5, 'realms: vm contexts, workers, frames'),
    of('handles (count)', ({ handleCount }) => handleCount, 2, 'timers, sockets, workers that nobody closes'),
  ].filter(({ gained }) => !Number.isNaN(gained))
  if (floors.some(({ rssBytes }) => Number.isNaN(rssBytes))) return rows
  const course = { rises: 'rises', 'may rise': 'rises', kept: 'rose, then stayed', flat: 'flat' } as const
  return [...rows, { part: 'native, beyond these', gained: native.rise?.total ?? Number.NaN, lateRate: native.rise?.lateUnit ?? Number.NaN, course: course[native.course], advice: NATIVE_ADVICE[native.course] }]
}

const NATIVE_ADVICE: Record<NativeCourse, string> = {
  rises: 'a native leak: heaptrack or jemalloc’s profiler says who allocates',
  'may rise': 'measure longer: the allocator may only be filling its pages',
  kept: 'pages the allocator keeps, or fragments: no leak; another malloc or MALLOC_ARENA_MAX=2 gives them back',
  flat: '',
}

function courseOf({ total, lateUnit }: Rise, floors: readonly Floor[], noise: number): MemoryPart['course'] {
  const half = floors[Math.floor((floors.length - 1) / 2)]
  const lateSpan = (floors.at(-1)?.done ?? 0) - (half?.done ?? 0)
  const late = lateUnit * lateSpan
  if (Math.abs(total) <= noise) return 'flat'
  if (total < 0) return 'falls'
  return late > Math.max(noise / 2, 0.2 * total) ? 'rises' : 'rose, then stayed'
}

/** What was seen of native memory, as a sentence with its numbers. */
export function nativeText({ rise, rounds }: NativeTriage, per: string): string {
  return `native memory beyond heap and objects: +${bytesText(Math.max(0, rise?.lateUnit ?? 0))} per ${per} in the later half of ${countText(rounds)} rounds without a snapshot, +${bytesText(Math.max(0, rise?.total ?? 0))} in all`
}
