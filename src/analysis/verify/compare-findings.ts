import type { Finding, Growth, Verdict } from '../../model/finding.ts'
import type { ControlOutcome } from './take-out-control.ts'

/** `unknown`: it was not seen any more, but nothing shows that it would have been. */
export type Change = 'gone' | 'reduced' | 'same' | 'new' | 'unknown'

export interface Compared {
  change: Change
  fingerprint: string
  title: string
  /** Per operation (or second); absent where it was not found. */
  before?: Growth | undefined
  after?: Growth | undefined
  /** After over before, in bytes, or in objects where no bytes are known. */
  ratio?: number | undefined
  /** What is left of it could not be told from what healthy programs gain. */
  isNoise: boolean
  /** How sure the second hunt was of it. */
  verdict?: Verdict | undefined
}

export interface SideOfComparison {
  verdict: Verdict
  findings: readonly Finding[]
  /** Share of the operations that failed. */
  failedShare?: number | undefined
}

export interface Comparison {
  verdict: 'leak' | 'healthy' | 'undecided'
  rows: Compared[]
  /** Why it is undecided, one sentence each; empty otherwise. */
  doubts: string[]
}

/** Below this share of the old rate it is reduced; above, runs of one program differ as much by themselves. */
const REDUCED = 0.8
/** A remainder below both is noise: as many bytes as healthy servers gain, and not one object in twenty operations. */
const NOISE = { bytes: 128, count: 0.05 } as const
/** With so many more failures the operation is no longer the same: what never ran cannot leak. */
const MORE_FAILURES = 0.1

/**
 * Compares two hunts of the same operation, finding by finding, by fingerprint and rate.
 * A leak that was not seen again is gone only when the planted control was seen in the same run; `control` is
 * undefined where none was planted (two finished reports), and silence is then taken as it is.
 * `leak` when one stayed or came; `healthy` when all are gone or below noise; else `undecided`, with the doubts.
 */
export function compareFindings(before: SideOfComparison, after: SideOfComparison, control: ControlOutcome | undefined): Comparison {
  const accused = (side: SideOfComparison): Finding[] => side.findings.filter(({ verdict }) => verdict === 'leak' || verdict === 'suspect')
  const [old, now] = [merge(accused(before)), merge(accused(after))]
  const doubts = doubtsOf(before, after, control)
  if (old.size === 0) doubts.push('the first report names no leak that could be gone')
  const rows: Compared[] = []
  for (const [fingerprint, was] of old) {
    const is = now.get(fingerprint)
    const row = is === undefined ? vanished(was, doubts.length === 0) : remaining(was, is)
    if (row.change === 'unknown' && is !== undefined) doubts.push(`${fingerprint} was measured per ${was.growth?.per ?? 'nothing'} and per ${is.growth?.per ?? 'nothing'}: these cannot be compared`)
    rows.push(row)
  }
  for (const [fingerprint, is] of now) {
    if (!old.has(fingerprint)) rows.push({ change: 'new', fingerprint, title: is.title, after: is.growth, isNoise: false, verdict: is.verdict })
  }
  const standing = rows.filter(({ change, isNoise }) => (change === 'same' || change === 'reduced' || change === 'new') && !isNoise)
  if (after.verdict === 'leak' && standing.some(({ verdict }) => verdict === 'leak')) return { verdict: 'leak', rows, doubts: [] }
  if (standing.length > 0) doubts.push(`what still grows is not sure to be a leak: ${standing.map(({ title }) => title).join('; ')}`)
  else if (after.verdict === 'undecided') doubts.push('the second hunt itself was undecided')
  return { verdict: doubts.length === 0 ? 'healthy' : 'undecided', rows, doubts }
}

function doubtsOf(before: SideOfComparison, after: SideOfComparison, control: ControlOutcome | undefined): string[] {
  const doubts: string[] = []
  if (control?.isSeen === false) {
    doubts.push(
      control.foundRate === undefined
        ? 'the planted control was not found, so a leak might not have been either'
        : `the planted control was found at ${control.foundRate.toFixed(2)} instead of ${control.plantedRate.toFixed(2)} objects, so rates of this run cannot be trusted`,
    )
  }
  if ((after.failedShare ?? 0) > (before.failedShare ?? 0) + MORE_FAILURES) {
    doubts.push(`${Math.round(100 * after.failedShare!)} % of the operations failed, before it were ${Math.round(100 * (before.failedShare ?? 0))} %: what does not run does not leak`)
  }
  return doubts
}

/** Findings of one fingerprint are one: their rates add up. */
function merge(findings: readonly Finding[]): Map<string, Finding> {
  const merged = new Map<string, Finding>()
  for (const finding of findings) {
    const known = merged.get(finding.fingerprint)
    if (known?.growth === undefined || finding.growth === undefined) {
      if (known === undefined) merged.set(finding.fingerprint, finding)
      continue
    }
    const growth = { bytes: known.growth.bytes + finding.growth.bytes, count: known.growth.count + finding.growth.count, per: known.growth.per }
    merged.set(finding.fingerprint, { ...known, growth, verdict: known.verdict === 'leak' ? 'leak' : finding.verdict })
  }
  return merged
}

function vanished({ fingerprint, title, growth }: Finding, isProven: boolean): Compared {
  return { change: isProven ? 'gone' : 'unknown', fingerprint, title, before: growth, isNoise: false }
}

function remaining(was: Finding, is: Finding): Compared {
  const row = { fingerprint: is.fingerprint, title: is.title, before: was.growth, after: is.growth, verdict: is.verdict }
  if (was.growth === undefined || is.growth === undefined || was.growth.per !== is.growth.per) return { ...row, change: 'unknown', isNoise: false }
  const ratio = was.growth.bytes > 0 ? is.growth.bytes / was.growth.bytes : is.growth.count / was.growth.count
  const isReduced = ratio < REDUCED
  return { ...row, change: isReduced ? 'reduced' : 'same', ratio, isNoise: isReduced && is.growth.bytes < NOISE.bytes && is.growth.count < NOISE.count }
}
