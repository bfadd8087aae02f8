import type { Baseline, KnownLeak } from '../model/baseline.ts'
import type { Finding } from '../model/finding.ts'

/** Findings against what is known: only `fresh` and `expired` fail a build. */
export interface Gate {
  /** Leaks that nobody has taken up. */
  fresh: Finding[]
  known: { finding: Finding; leak: KnownLeak }[]
  /** Known, but their day has passed. */
  expired: { finding: Finding; leak: KnownLeak }[]
  /** Known, and not found any more: they can be taken out of the baseline. */
  fixed: KnownLeak[]
}

/** Sorts leaks by the baseline. `today` is a day such as `2026-11-21`. Findings of one fingerprint count once. */
export function judgeAgainstBaseline(findings: readonly Finding[], baseline: Baseline, today: string): Gate {
  const leaks = new Map(findings.filter((finding) => finding.verdict === 'leak').map((finding) => [finding.fingerprint, finding]))
  const byFingerprint = new Map(baseline.leaks.map((leak) => [leak.fingerprint, leak]))
  const gate: Gate = { fresh: [], known: [], expired: [], fixed: baseline.leaks.filter((leak) => !leaks.has(leak.fingerprint)) }
  for (const [fingerprint, finding] of leaks) {
    const leak = byFingerprint.get(fingerprint)
    if (leak === undefined) gate.fresh.push(finding)
    else if (leak.expires !== undefined && leak.expires < today) gate.expired.push({ finding, leak })
    else gate.known.push({ finding, leak })
  }
  return gate
}

/** The baseline without what is fixed, and with what is new taken up for `reason`. */
export function updateBaseline(baseline: Baseline, gate: Gate, { reason, expires }: { reason: string; expires?: string | undefined }): Baseline {
  const fixed = new Set(gate.fixed.map((leak) => leak.fingerprint))
  const added = gate.fresh.map(({ fingerprint, title }) => ({ fingerprint, title, reason, ...(expires === undefined ? {} : { expires }) }))
  return { schema: 1, leaks: [...baseline.leaks.filter((leak) => !fixed.has(leak.fingerprint)), ...added] }
}
