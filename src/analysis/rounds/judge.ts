import { bytesText, countText } from '../../base/bytes-text.ts'
import type { Finding, Growth, Reason, Verdict } from '../../model/finding.ts'
import { type Floor, objectBytes } from './floor.ts'
import { measureRise, type Rise } from './rise.ts'
import type { NativeTriage } from './triage.ts'

export interface RoundEvidence {
  per: Growth['per']
  floors: readonly Floor[]
  /** What the snapshots show to grow from each to the next. */
  findings: readonly Finding[]
  /** Bytes per unit that everything the program itself holds gained from the first snapshot to the last; the runtime's own left out. */
  snapshotBytes: number
  snapshotCount: number
  /** How memory outside heap and objects went; absent where the process cannot be seen. */
  native?: NativeTriage | undefined
}

export interface Rises {
  /** The heap without compiled code. */
  heap: Rise
  external: Rise
  code: Rise
  detachedContexts: Rise
}

export interface Judgement extends Rises {
  verdict: Verdict
  reasons: Reason[]
  wouldDecide?: string | undefined
  /** Heap and external together, per unit, in the later half. */
  lateUnit: number
  /** What grows though no holder in the snapshots accounts for it. */
  unexplained?: 'heap' | 'external' | 'detached-contexts' | 'native' | undefined
}

/** A healthy server's heap still grows by 5–50 bytes an operation after thousands of them; below this, floors alone accuse nobody. */
const QUIET_BYTES = 128
/** Late rise over its standard error from which it is no chance. */
const SURE_SCORE = 4
/** With every operation one object, or every other: fewer may be chance. */
const FEW_OBJECTS = 0.5
/** Two witnesses agree when one sees at least this share of what the other claims. */
const AGREEMENT = 0.35
/** A rise that has not slowed down to less than this share is no warm-up. */
const STEADY = 0.6
/** Floors needed before steadiness means anything, and before a rise that no holder explains is called a leak: warm-up may last longer than the first. */
const ENOUGH_ROUNDS = 5
const MANY_ROUNDS = 11

const NEARLY_FULL = 'holders gained objects, but the floor hardly rose in the later rounds, as with a cache that is nearly full'
const TOO_EARLY = 'what grows may still be filling up, or be a table that was enlarged'

export function measureRises(floors: readonly Floor[]): Rises {
  const done = floors.map((floor) => floor.done)
  const rise = (of: (floor: Floor) => number): Rise => measureRise(done, floors.map(of))
  return {
    heap: rise(objectBytes),
    external: rise((floor) => floor.externalBytes),
    code: rise((floor) => floor.codeBytes),
    detachedContexts: rise((floor) => floor.detachedContextCount),
  }
}

/** The floors still go up in the later rounds, by more than a healthy program's do. */
export function isRising(floors: readonly Floor[]): boolean {
  const { heap, external } = measureRises(floors)
  return risesStill(heap) || risesStill(external)
}

function risesStill({ lateUnit, lateScore }: Rise): boolean {
  return lateUnit > QUIET_BYTES && lateScore > SURE_SCORE
}

/** The round after a snapshot warms up again, and a table is enlarged at once: one leap among the later steps is no rise of the heap. */
function heapStillRises(heap: Rise): boolean {
  return risesStill(heap) && heap.lateMedian > QUIET_BYTES
}

function isSteady({ lateUnit, lateMedian, perUnit, rose, steps }: Rise): boolean {
  return Math.min(lateUnit, lateMedian) >= STEADY * perUnit && rose >= 0.9 * steps && steps >= ENOUGH_ROUNDS
}

/**
 * Whether the program leaks. Two witnesses are heard: the floors (memory left after forced collections, round by round)
 * and the snapshots (which holders gained objects in every step). Where both say so it is a leak. Holders that gained
 * what the later floors do not show are as a cache that is nearly full: undecided; where the floor came far down, in one fall or
 * in several, and no more than one object got bigger, that is its table. Native memory that rises to the end, by far more than
 * all of them, is a leak beside them. Floors alone are not enough while only the
 * runtime's own tables grew (feedback, shapes: warm-up); when the program's objects did, steadily and to the end, it is
 * a leak whose holder was not found.
 */
export function judgeRounds({ per, floors, findings, snapshotBytes, snapshotCount, native }: RoundEvidence): Judgement {
  const rises = measureRises(floors)
  const { heap, external, detachedContexts } = rises
  const lateUnit = heap.lateUnit + external.lateUnit
  const base = { ...rises, lateUnit, reasons: floorReasons(rises, per) }
  const accused = findings.filter(({ verdict }) => verdict === 'leak' || verdict === 'suspect')
  if (accused.length > 0) {
    // One object that got bigger in few rounds, or between two snapshots only, may be a table that doubled; more objects in each are more objects.
    const sure = accused.filter(({ verdict, growth }) => verdict === 'leak' && ((growth?.count ?? 0) > 0 || (heap.steps >= ENOUGH_ROUNDS && snapshotCount > 2)))
    // A suspect grew unevenly, or has a maximum in sight: the floors must show that it neither slows down nor ends.
    const convicted = sure.length > 0 ? sure : heap.steps >= MANY_ROUNDS && isSteady(heap) ? accused.filter(({ reasons }) => reasons.every((reason) => reason.for)) : []
    const claimed = sumOf(convicted)
    const nativeUnit = native?.course === 'rises' || native?.course === 'may rise' ? (native.rise?.lateUnit ?? 0) : 0
    const isBesideTheRise = native?.course === 'rises' && sumOf(accused) < AGREEMENT * nativeUnit
    // A few objects of which the floors show next to nothing are not what the process grows by.
    const isSlight = claimed < QUIET_BYTES && convicted.every(({ growth }) => (growth?.count ?? 0) < FEW_OBJECTS) && !risesStill(heap) && !risesStill(external)
    if (convicted.length > 0 && lateUnit >= AGREEMENT * claimed && !(isBesideTheRise && isSlight)) return { ...base, verdict: 'leak' }
    // What a native object owns may be in no number the runtime gives: then the process itself is the other witness, of what is as much.
    if (convicted.length > 0 && nativeUnit >= AGREEMENT * claimed && claimed >= AGREEMENT * nativeUnit) {
      base.reasons.push({ for: true, text: `native memory beyond heap and external memory: +${bytesText(nativeUnit)} per ${per}, which accounts for it` })
      return { ...base, verdict: 'leak' }
    }
    if (isBesideTheRise) return { ...base, verdict: 'leak', unexplained: 'native' }
    const fellBytes = fallsOf(floors)
    if (heap.lateScore <= 0 && fellBytes > 0 && accused.every(({ growth }) => (growth?.count ?? 0) === 0)) {
      base.reasons.push({ for: false, text: `the floor fell by ${bytesText(fellBytes)} in all where it fell: what came goes again, and one object that got bigger is the table that it was in` })
      return { ...base, verdict: 'healthy' }
    }
    return { ...base, verdict: 'undecided', wouldDecide: `more rounds (--rounds 61): ${convicted.length > 0 ? NEARLY_FULL : TOO_EARLY}` }
  }
  if (detachedContexts.rose === detachedContexts.steps && detachedContexts.steps >= ENOUGH_ROUNDS) return { ...base, verdict: 'leak', unexplained: 'detached-contexts' }
  if (risesStill(external)) {
    if (isSteady(external) && external.steps >= MANY_ROUNDS) return { ...base, verdict: 'leak', unexplained: 'external' }
    return { ...base, verdict: 'undecided', wouldDecide: 'more rounds (--rounds 61): external memory rises, not steadily' }
  }
  if (heapStillRises(heap)) {
    if (snapshotCount < 2) return { ...base, verdict: 'undecided', wouldDecide: 'two heap snapshots: they show what grows' }
    const isTheProgram = snapshotBytes >= AGREEMENT * heap.lateUnit
    if (isTheProgram && isSteady(heap) && heap.steps >= MANY_ROUNDS) return { ...base, verdict: 'leak', unexplained: 'heap' }
    if (isTheProgram) return { ...base, verdict: 'undecided', wouldDecide: 'more rounds (--rounds 61): the heap rises, but no holder explains it, as while a program warms up' }
    base.reasons.push({ for: false, text: `the program’s own objects gained only ${bytesText(snapshotBytes)} per ${per}: what rises is the runtime’s, warming up` })
  }
  if (native?.course === 'rises') return { ...base, verdict: 'leak', unexplained: 'native' }
  if (native?.course === 'may rise') return { ...base, verdict: 'undecided', wouldDecide: 'more time (--budget 120s): memory outside the heap rises, and the allocator may only be filling its pages' }
  return { ...base, verdict: 'healthy' }
}

/**
 * Whether `findings`, leaks seen in some of the snapshots, are enough for what `judgement` found nobody for. Between two
 * snapshots alone something small may have grown that has nothing to do with it.
 */
export function accountFor(findings: readonly Finding[], { unexplained, heap, external, detachedContexts }: Judgement, native: NativeTriage | undefined): boolean {
  const leaks = findings.filter(({ verdict }) => verdict === 'leak')
  if (unexplained === 'detached-contexts') return leaks.reduce((sum, { growth }) => sum + (growth?.count ?? 0), 0) >= AGREEMENT * detachedContexts.perUnit
  const rise = unexplained === 'native' ? native?.rise : unexplained === 'external' ? external : heap
  return sumOf(leaks) >= AGREEMENT * (rise?.lateUnit ?? 0)
}

function sumOf(findings: readonly Finding[]): number {
  return findings.reduce((sum, { growth }) => sum + (growth?.bytes ?? 0), 0)
}

/** How far the floor came down, in all its falls; 0 when that is little beside how high it had risen. */
function fallsOf(floors: readonly Floor[]): number {
  const bytes = floors.map(objectBytes)
  const fell = bytes.reduce((sum, now, round) => sum + Math.max(0, (bytes[round - 1] ?? now) - now), 0)
  return fell >= AGREEMENT * (Math.max(...bytes) - bytes[0]!) ? fell : 0
}

function floorReasons({ heap, external, code }: Rises, per: Growth['per']): Reason[] {
  const rate = (bytes: number): string => `${bytes >= 0 ? '+' : ''}${bytesText(bytes)} per ${per}`
  const reasons: Reason[] = [
    { for: heapStillRises(heap), text: `heap without compiled code: ${rate(heap.perUnit)}, in the later half ${rate(heap.lateUnit)}; it rose in ${countText(heap.rose)} of ${countText(heap.steps)} rounds` },
  ]
  if (Math.abs(external.total) > 4096) reasons.push({ for: risesStill(external), text: `external memory: ${rate(external.perUnit)}, in the later half ${rate(external.lateUnit)}` })
  if (Math.abs(code.total) > 4096) reasons.push({ for: false, text: `compiled code: ${rate(code.perUnit)}, in the later half ${rate(code.lateUnit)}; not counted` })
  return reasons
}
