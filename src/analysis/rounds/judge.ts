import { bytesText, countText } from '../../base/bytes-text.ts'
import type { Finding, Growth, Reason, Verdict } from '../../model/finding.ts'
import { type Floor, objectBytes } from './floor.ts'
import { measureRise, type Rise } from './rise.ts'

export interface RoundEvidence {
  per: Growth['per']
  floors: readonly Floor[]
  /** What the snapshots show to grow from each to the next, biggest first; empty when there were fewer than two. */
  findings: readonly Finding[]
  /** Bytes per unit that grow in all, by the snapshots. */
  snapshotCount: number
}

export interface Judgement {
  verdict: Verdict
  reasons: Reason[]
  heap: Rise
  external: Rise
  code: Rise
  wouldDecide?: string | undefined
  /** What the floors say grows, heap and external together, per unit in the later half. */
  lateUnit: number
}

/** A healthy server's heap still grows by 5–50 bytes an operation after thousands of them; below this, floors alone accuse nobody. */
const QUIET_BYTES = 128
/** Floors agree with a finding when they rise by at least this share of what it claims. */
const AGREEMENT = 0.35

/**
 * Whether the program leaks. Two witnesses are heard: the floors (memory left after forced collections, round by round)
 * and the snapshots (which holders gained objects in every step). Both together make a leak; floors alone can only
 * leave it undecided, since warm-up and filling caches raise them as well; snapshots alone are believed when the
 * gain is too small for floors to show.
 */
export function judgeRounds({ per, floors, findings, snapshotCount }: RoundEvidence): Judgement {
  const done = floors.map((floor) => floor.done)
  const heap = measureRise(done, floors.map(objectBytes))
  const external = measureRise(done, floors.map((floor) => floor.externalBytes))
  const code = measureRise(done, floors.map((floor) => floor.codeBytes))
  const lateUnit = heap.lateUnit + external.lateUnit
  const reasons = floorReasons({ heap, external, code, per })
  const judgement = { reasons, heap, external, code, lateUnit }
  const leaks = findings.filter(({ verdict }) => verdict === 'leak')
  const claimed = leaks.reduce((sum, { growth }) => sum + (growth?.bytes ?? 0), 0)
  if (leaks.length > 0) {
    const isSeen = lateUnit >= AGREEMENT * claimed
    const isTooSmallToSee = claimed < QUIET_BYTES
    if (isSeen || isTooSmallToSee) return { ...judgement, verdict: 'leak' }
    return { ...judgement, verdict: 'undecided', wouldDecide: 'holders gained objects in every step, but the floor hardly rose in the later rounds: more rounds, --rounds 31' }
  }
  const isRising = lateUnit > QUIET_BYTES && (heap.lateScore > 4 || external.lateScore > 4) && lateUnit > 0.5 * (heap.perUnit + external.perUnit)
  if (isRising && snapshotCount < 2) return { ...judgement, verdict: 'undecided', wouldDecide: 'snapshots: they show what grows' }
  if (isRising) return { ...judgement, verdict: 'undecided', wouldDecide: 'more rounds: --rounds 31' }
  return { ...judgement, verdict: 'healthy' }
}

function floorReasons({ heap, external, code, per }: { heap: Rise; external: Rise; code: Rise; per: Growth['per'] }): Reason[] {
  const rate = (bytes: number): string => `${bytes >= 0 ? '+' : ''}${bytesText(bytes)}/${per}`
  const reasons: Reason[] = [
    { for: heap.lateUnit > QUIET_BYTES, text: `heap without compiled code: ${rate(heap.perUnit)}, in the later half ${rate(heap.lateUnit)}; it rose in ${countText(heap.rose)} of ${countText(heap.steps)} rounds` },
  ]
  if (Math.abs(external.total) > 4096) reasons.push({ for: external.lateUnit > QUIET_BYTES, text: `external memory: ${rate(external.perUnit)}, in the later half ${rate(external.lateUnit)}` })
  if (Math.abs(code.total) > 4096) reasons.push({ for: false, text: `compiled code: ${rate(code.perUnit)}, in the later half ${rate(code.lateUnit)}; not counted` })
  return reasons
}
