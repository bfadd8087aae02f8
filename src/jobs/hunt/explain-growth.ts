import { CollectionTracker, type TrackedCollection } from '../../analysis/collections/collection-tracker.ts'
import { tellCollections } from '../../analysis/collections/tell-collections.ts'
import { GrowthTracker, type GrowthResult } from '../../analysis/diff/growth-tracker.ts'
import { accountFor, type Judgement, judgeRounds, type RoundEvidence } from '../../analysis/rounds/judge.ts'
import { type ControlOutcome, floorsWithoutControl, takeOutControl } from '../../analysis/verify/take-out-control.ts'
import { triageNative } from '../../analysis/rounds/triage.ts'
import type { Run } from '../../base/run.ts'
import { CONTROL } from '../../probes/planted-control.ts'
import { loadHeap } from '../load-heap.ts'
import { withWrittenNames } from '../written-names.ts'
import type { Mark, Measured } from './measure.ts'
import type { Operation } from './operation.ts'

export interface Explained {
  growth: GrowthResult
  judgement: Judgement
  /** Those that gained most first. */
  collections: TrackedCollection[]
  /** Only where a control was planted. */
  control?: ControlOutcome | undefined
}

/** What snapshots explain, with what it was judged by: to be judged once more when more is known. */
export interface ExplainedBySnapshots extends Explained {
  evidence: RoundEvidence
}

const MOST_COLLECTIONS = 50

/**
 * Reads the snapshots of a hunt, finds what grew over them, and judges it together with the floors.
 * When the floors rise to the end and no holder grew in every step, pairs of snapshots are asked: in one of the others
 * something that soon went may have held the objects by a shorter way. That they became more in every round is then
 * the floors' word, and they must be enough for what the floors say.
 * A planted control is taken out of findings, sums and floors: the answer is about the program alone.
 */
export async function explainGrowth(measured: Measured, { per }: Operation, run: Run): Promise<ExplainedBySnapshots> {
  const explain = async (marks: readonly Mark[]): Promise<ExplainedBySnapshots> => {
    const tracker = new GrowthTracker()
    const followed = new CollectionTracker()
    for (const { path, done } of marks) {
      // A second thread would find dominators, which are not needed here.
      const graph = await withWrittenNames((await loadHeap(path, run, { threads: 1 })).graph, run)
      tracker.add(graph, { operations: done }, run)
      followed.add(graph, run)
    }
    const growth = tracker.explain({ per, allocations: measured.allocations }, run)
    const control = marks.at(-1)!.planted === 0 ? undefined : separateControl(tracker, growth, marks, { per, run })
    const floors = control?.bytesRate === undefined ? measured.floors : floorsWithoutControl(measured.floors, control.bytesRate)
    const native = triageNative(measured.floors, measured.quietFloors ?? [], measured.marks.map(({ takenAtMs }) => takenAtMs))
    const evidence = { per, floors, findings: growth.findings, snapshotBytes: growth.total.bytes, snapshotCount: marks.length, native }
    const judgement = judgeRounds(evidence)
    const collections = followed.describe({ most: MOST_COLLECTIONS }, run)
    growth.findings = tellCollections(growth.findings, collections, { units: marks.at(-1)!.done, per })
    return { growth, judgement, evidence, collections, control }
  }
  const { marks } = measured
  const whole = await explain(marks)
  if (whole.judgement.unexplained === undefined || marks.length < 3) return whole
  const [first, last] = [marks[0]!, marks.at(-1)!]
  const middle = marks[Math.floor(marks.length / 2)]!
  for (const pair of [[first, last], [middle, last], [first, middle]]) {
    const part = await explain(pair)
    if (part.judgement.verdict === 'leak' && part.judgement.unexplained === undefined && accountFor(part.growth.findings, whole.judgement, whole.evidence.native)) return part
  }
  return whole
}

/** Takes the control out of `growth`. Beside a big leak it may be too small for the list; then it is looked for in the whole one. */
function separateControl(tracker: GrowthTracker, growth: GrowthResult, marks: readonly Mark[], { per, run }: { per: Operation['per']; run: Run }): ControlOutcome {
  const [first, last] = [marks[0]!, marks.at(-1)!]
  const planted = { ...CONTROL, plantedRate: (last.planted - first.planted) / (last.done - first.done) }
  const { findings, outcome } = takeOutControl(growth.findings, planted)
  growth.findings = findings
  growth.cuts = undefined // its positions are those of the findings before
  const found = outcome.foundRate !== undefined ? outcome : takeOutControl(tracker.explain({ per, leastShare: 0, mostFindings: Infinity }, run).findings, planted).outcome
  growth.total = { bytes: growth.total.bytes - (found.bytesRate ?? 0), count: growth.total.count - (found.foundRate ?? 0) }
  return found
}
