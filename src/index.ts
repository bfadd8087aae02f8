/** The public library, names listed one by one. */
export { Cancelled, KnownError, ProbeError, ReadError, StoreError, UsageError } from './base/errors.ts'
export { type Progress, type Run, startRun } from './base/run.ts'
export type { HeapGraph } from './model/heap-graph.ts'
export type { Finding, Verdict } from './model/finding.ts'
export type { Report } from './model/report.ts'
