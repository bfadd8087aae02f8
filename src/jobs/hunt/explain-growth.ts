import { GrowthTracker, type GrowthResult } from '../../analysis/diff/growth-tracker.ts'
import { type Judgement, judgeRounds } from '../../analysis/rounds/judge.ts'
import type { Run } from '../../base/run.ts'
import { findHolderLines } from '../holder-lines.ts'
import { loadHeap } from '../load-heap.ts'
import type { Mark, Measured } from './measure.ts'
import type { Operation } from './operation.ts'

/**
 * Reads the snapshots of a hunt, finds what grew over them, and judges it together with the floors.
 * When the floors rise to the end and no holder grew in every step, pairs of snapshots are asked: in one of the others
 * something that soon went may have held the objects by a shorter way. That they became more in every round is then
 * the floors' word.
 */
export async function explainGrowth(measured: Measured, { per }: Operation, run: Run): Promise<{ growth: GrowthResult; judgement: Judgement }> {
  const explain = async (marks: readonly Mark[]): Promise<{ growth: GrowthResult; judgement: Judgement }> => {
    const tracker = new GrowthTracker()
    for (const { path, done } of marks) {
      const { graph } = await loadHeap(path, run)
      tracker.add(graph, { operations: done }, run)
    }
    const growth = tracker.explain({ per, allocations: measured.allocations }, run)
    growth.findings = await findHolderLines(growth.findings, run)
    const judgement = judgeRounds({ per, floors: measured.floors, findings: growth.findings, snapshotBytes: growth.total.bytes, snapshotCount: marks.length })
    return { growth, judgement }
  }
  const { marks } = measured
  const whole = await explain(marks)
  if (whole.judgement.unexplained === undefined || marks.length < 3) return whole
  const [first, last] = [marks[0]!, marks.at(-1)!]
  const middle = marks[Math.floor(marks.length / 2)]!
  for (const pair of [[first, last], [middle, last], [first, middle]]) {
    const part = await explain(pair)
    if (part.judgement.verdict === 'leak' && part.judgement.unexplained === undefined) return part
  }
  return whole
}
