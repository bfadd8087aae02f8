import type { Finding, Verdict } from '../model/finding.ts'

/** One cause that keeps watched objects here, with everything ready to be shown. */
export interface WatchedFinding {
  /** The tickets it holds. */
  tickets: string[]
  labels: string[]
  finding: Finding
  /** The finding as text, the suspect reference underlined. */
  text: string
  /** Why it is tolerated: it stands in the baseline, and its day has not passed. */
  known?: string | undefined
}

/** What one look into a snapshot gave, or why none was taken. */
export interface Explanation {
  /** Explained: a snapshot was analyzed. Declined: the policy said no, for `reason`. Failed: it could not be done. */
  outcome: 'explained' | 'declined' | 'failed'
  reason?: string | undefined
  /** Sorted by what a fix would free, biggest first. */
  findings: WatchedFinding[]
  /** Tickets whose objects were gone in the snapshot: late. */
  gone: string[]
  /** Where reports and pictures were written. */
  folder?: string | undefined
  snapshotMs?: number | undefined
  analysisMs?: number | undefined
}

/** What `leakTest` found. */
export interface LeakTestResult {
  /** Undecided also when no snapshot could be taken; the summary says why. */
  verdict: Verdict
  summary: string
  findings: Finding[]
  text: string
}
