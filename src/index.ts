/**
 * The public library, names listed one by one. Importing it loads what a watched program needs (`shouldGoAway`) and
 * nothing else: the verbs load their job when they are called. They return a `Report` (docs/report.md) and print nothing.
 */
import type { analyzeHeap as AnalyzeHeap } from './jobs/analyze-heap.ts'
import type { diffHeaps as DiffHeaps } from './jobs/diff-heaps.ts'
import type { hunt as Hunt } from './jobs/hunt.ts'
import type { loadHeap as LoadHeap } from './jobs/load-heap.ts'
import type { explainWhy as ExplainWhy, explainWhyIn as ExplainWhyIn } from './jobs/why.ts'
import type { writeReport as WriteReport } from './jobs/write-report.ts'

export {
  type Answer,
  type AnswerOptions,
  Box,
  CannotBeHeldWeakly,
  createShouldGoAway,
  type Explanation,
  leakTest,
  LeakTestError,
  type LeakTestOptions,
  type LeakTestResult,
  Lifecycle,
  type LifecycleVerdict,
  observeWithOpenTelemetry,
  prometheusText,
  type ShouldGoAway,
  shouldGoAway,
  StillHereError,
  Ticket,
  type WatchOptions,
} from './in-process/should-go-away.ts'

export { Cancelled, KnownError, ProbeError, ReadError, StoreError, UsageError } from './base/errors.ts'
export { type Progress, type Run, startRun } from './base/run.ts'

/** What `stillhere analyze` does with a heap. */
export const analyzeHeap: typeof AnalyzeHeap = async (plan, run) => (await import('./jobs/analyze-heap.ts')).analyzeHeap(plan, run)
/** What `stillhere diff` does with heaps. */
export const diffHeaps: typeof DiffHeaps = async (plan, run) => (await import('./jobs/diff-heaps.ts')).diffHeaps(plan, run)
/** What `stillhere hunt` does. */
export const hunt: typeof Hunt = async (plan, run, tell) => (await import('./jobs/hunt.ts')).hunt(plan, run, tell)
/** The graph of a heap file, in columns, with an index of all that is computed from it. */
export const loadHeap: typeof LoadHeap = async (path, run, options) => (await import('./jobs/load-heap.ts')).loadHeap(path, run, options)
/** What `stillhere why` does. */
export const explainWhy: typeof ExplainWhy = async (plan, run) => (await import('./jobs/why.ts')).explainWhy(plan, run)
/** The same of a heap that is open already, for one question after another. */
export const explainWhyIn: typeof ExplainWhyIn = async (heap, plan, run) => (await import('./jobs/why.ts')).explainWhyIn(heap, plan, run)
/** Writes a report with its pictures into a folder. */
export const writeReport: typeof WriteReport = async (report, directory, run) => (await import('./jobs/write-report.ts')).writeReport(report, directory, run)

export type { AnalyzePlan } from './jobs/analyze-heap.ts'
export type { DiffPlan } from './jobs/diff-heaps.ts'
export type { HuntEvent, HuntPlan, OperationChoice } from './jobs/hunt/hunt-plan.ts'
export type { TargetChoice } from './jobs/hunt/target-choice.ts'
export type { LoadedHeap, LoadOptions } from './jobs/load-heap.ts'
export type { Why, WhyPlan } from './jobs/why.ts'

export type { Category, Finding, Growth, Reason, Subject, Verdict } from './model/finding.ts'
export type { EdgeKind, HeapGraph, NodeKind, SourceLocation } from './model/heap-graph.ts'
export type { Report } from './model/report.ts'
export type { RetainingGraph } from './model/retaining-graph.ts'
export type { PathStep, RetainingPath, StepStatus } from './model/retaining-path.ts'
export type { Notice, Source } from './model/source.ts'
