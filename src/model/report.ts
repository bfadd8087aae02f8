import type { Finding, Verdict } from './finding.ts'
import type { Notice, Source } from './source.ts'

/** Raised when a field of the JSON changes its meaning or goes away; new fields do not raise it. */
export const REPORT_SCHEMA = 1

/** What every command answers; JSON, text, store and page all speak it. The first finding is the one to fix first. */
export interface Report {
  schema: typeof REPORT_SCHEMA
  tool: { name: 'stillhere'; version: string }
  command: string
  verdict: Verdict
  /** One sentence: the answer. */
  summary: string
  /** What would turn `undecided` into an answer. */
  wouldDecide?: string | undefined
  sources: Source[]
  findings: Finding[]
  notices: Notice[]
  /** The command's own tables (classes, rounds, …), each documented with its command. */
  details?: Record<string, unknown> | undefined
}
