import { countText } from '../../base/bytes-text.ts'
import type { CaughtWrites } from '../../model/caught-writes.ts'
import type { Finding } from '../../model/finding.ts'
import type { Floor } from './floor.ts'
import { type Judgement, judgeRounds, type RoundEvidence } from './judge.ts'

/** What one finding's holder did in the last few operations. */
export interface SeenAtTheEnd {
  readonly finding: Finding
  readonly caught: CaughtWrites
  /** Operations (or seconds) it was watched for. */
  readonly units: number
}

interface Heard {
  /** What was judged, with the findings as they are now: those in `seen` are among them. */
  readonly evidence: RoundEvidence
  /** Of heap and external memory, over all rounds. */
  readonly perUnit: number
}

/** Less seen than this may be chance. */
const FEWEST_ADDED = 5
/** A table takes so much for an entry, its free places included: less and more mean that something else grew. */
const BYTES_PER_ENTRY = { least: 2, most: 250 } as const
const AGREEMENT = 0.35
/** A table that keeps less than this share of what is written to it is not growing. */
const KEPT_SHARE = 0.2
/** Entries for each object that came. */
const ONE_FOR_ONE = { least: 0.8, most: 1.25 } as const

/**
 * A third witness, for tables of plain numbers: they have no objects that could be counted, and are enlarged in
 * leaps, so that neither floors nor snapshots show a steady rise. Where one that got bigger is seen to be added to
 * until the end, by as many entries as its bytes account for, and nothing is taken out, that is as good as objects
 * that become more in every round. It speaks for a program too: a table from which as much is taken out as is added
 * has a capacity that grew, not a content, and accuses nobody any more. A collection that kept all that came, and at the
 * end gives up as much as comes, may have come to its bound: where no other holder is accused that is undecided.
 * Result: the judgement as it was; `leak` for what was `undecided`; what is judged when such tables are left out; or
 * `undecided` for a leak of which only collections at their bound are left.
 */
export function hearWrites(judgement: Judgement, seen: readonly SeenAtTheEnd[], { evidence, perUnit }: Heard): Judgement {
  const { per } = evidence
  const judgeWithout = (some: readonly SeenAtTheEnd[]): Judgement => judgeRounds({ ...evidence, findings: evidence.findings.filter((each) => !some.some(({ finding }) => finding === each)) })
  const watched = ({ caught: { added, removed }, units }: SeenAtTheEnd): string => {
    const duration = `${countText(Math.round(units * 10) / 10)} ${per}s`
    return `watched at the end, ${countText(added)} entries were added to it ${removed === 0 ? `in ${duration} and none taken out` : `and ${countText(removed)} taken out in ${duration}`}`
  }
  const balanced = seen.filter(({ finding: { growth }, caught }) => growth?.count === 0 && givesUpWhatComes(caught))
  const [cleared] = balanced
  if (cleared !== undefined && judgement.verdict !== 'healthy' && judgement.unexplained === undefined) {
    const without = judgeWithout(balanced)
    return { ...without, reasons: [...without.reasons, { for: false, text: `${watched(cleared)}: its room grew, not what it holds` }] }
  }
  const full = judgement.verdict === 'leak' && judgement.unexplained === undefined ? seen.filter((each) => isFullNow(each, evidence.floors)) : []
  if (full.length > 0 && judgeWithout(full).verdict !== 'leak') {
    const text = `${watched(full[0]!)}, where it had kept all that came`
    return { ...judgement, verdict: 'undecided', wouldDecide: 'more rounds (--rounds 61): it may have come to its bound', reasons: [...judgement.reasons, { for: false, text }] }
  }
  if (judgement.verdict !== 'undecided') return judgement
  const sure = seen.filter(({ finding: { verdict, growth, reasons }, caught: { added, removed, gained }, units }) => {
    if (verdict === 'undecided' || growth === undefined || growth.count > 0 || reasons.some((reason) => !reason.for)) return false
    if (added < FEWEST_ADDED || removed > 0 || gained !== added || units <= 0) return false
    const bytesPerEntry = growth.bytes / (added / units)
    return bytesPerEntry >= BYTES_PER_ENTRY.least && bytesPerEntry <= BYTES_PER_ENTRY.most && perUnit >= AGREEMENT * growth.bytes
  })
  const [first] = sure
  if (first === undefined) return judgement
  const text = `${watched(first)}: a table of plain values, enlarged in leaps that floors hardly show`
  return { ...judgement, verdict: 'leak', wouldDecide: undefined, reasons: [...judgement.reasons, { for: true, text }] }
}

/** The size of the collection itself says so: what went in or out by other ways is counted too. */
function givesUpWhatComes({ added, removed, gained }: CaughtWrites): boolean {
  return added >= FEWEST_ADDED && removed > 0 && gained !== undefined && gained <= KEPT_SHARE * added
}

/**
 * What it holds is what came, entry for object, and what comes now goes again. Not so a leak beside entries that come and go
 * (more is added than it grew by), with entries of many objects, or in a chain behind a collection that is short, or
 * was full before: there the entries say nothing of the growth.
 */
function isFullNow({ finding: { growth }, caught, units }: SeenAtTheEnd, floors: readonly Floor[]): boolean {
  const [first, last] = [floors[0], floors.at(-1)]
  if (growth === undefined || growth.count <= 0 || first === undefined || last === undefined || !givesUpWhatComes(caught)) return false
  const { least, most } = ONE_FOR_ONE
  const { added, entries = 0 } = caught
  const isAddedAsBefore = added >= least * growth.count * units && added <= most * growth.count * units
  return isAddedAsBefore && entries >= least * growth.count * (last.done - first.done) && entries <= most * growth.count * last.done
}
