import type { Finding } from '../../model/finding.ts'
import type { Floor } from '../rounds/floor.ts'

/** What came of a leak that was planted on purpose, to show that the measurement sees one. */
export interface ControlOutcome {
  /** It was found, at the rate it was planted with. */
  isSeen: boolean
  /** Objects per operation (or second) that were planted between the first snapshot and the last. */
  plantedRate: number
  /** What the measurement found of them; absent when it found nothing. */
  foundRate?: number | undefined
  /** Bytes per unit that they took, as measured. */
  bytesRate?: number | undefined
}

/** The found rate may be off by so much of the planted one. */
const TOLERANCE = 0.1

/** Separates the planted leak from the findings, and judges whether it was seen as it was planted. */
export function takeOutControl<F extends Pick<Finding, 'subject' | 'growth' | 'paths'>>(
  findings: readonly F[],
  { className, globalName, plantedRate }: { className: string; globalName: string; plantedRate: number },
): { findings: F[]; outcome: ControlOutcome } {
  const isPlanted = (finding: F): boolean =>
    finding.subject.className === className && finding.paths.some(({ steps }) => steps.some(({ edgeName }) => edgeName === globalName))
  const planted = findings.find(isPlanted)
  const rest = findings.filter((finding) => !isPlanted(finding))
  const foundRate = planted?.growth?.count
  if (foundRate === undefined || !(plantedRate > 0)) return { findings: rest, outcome: { isSeen: false, plantedRate } }
  const isSeen = Math.abs(foundRate - plantedRate) <= TOLERANCE * plantedRate
  return { findings: rest, outcome: { isSeen, plantedRate, foundRate, bytesRate: planted?.growth?.bytes } }
}

/** The floors as they would have been without the planted objects. */
export function floorsWithoutControl(floors: readonly Floor[], bytesRate: number): Floor[] {
  const start = floors[0]?.done ?? 0
  return floors.map((floor) => ({ ...floor, heapUsedBytes: floor.heapUsedBytes - bytesRate * (floor.done - start) }))
}
