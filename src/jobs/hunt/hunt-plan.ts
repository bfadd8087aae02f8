import type { MemoryReading } from '../../model/memory-reading.ts'
import type { Runtime } from '../../probes/runtime-of.ts'
import type { TargetChoice } from './target-choice.ts'

export { type Runtime, RUNTIMES } from '../../probes/runtime-of.ts'

/** What a user asks of a hunt; what is left out is chosen while it runs. */
export interface HuntPlan {
  target: TargetChoice
  /** Of what the program is, where a look at the command or process would not tell. */
  runtime?: Runtime | undefined
  operation: OperationChoice
  /** Number or name of the worker thread of a Node program to look into; the main thread, and a worker whose floor rises, when absent. */
  worker?: string | undefined
  /** Operations (or seconds) before anything is measured. */
  warmup?: number | undefined
  /** Operations per round. */
  operations?: number | undefined
  rounds?: number | undefined
  /** Length of a round of time. */
  everyMs?: number | undefined
  startTimeoutMs: number
  /** About how long the measuring may take; a hunt that is undecided goes on until then. */
  budgetMs: number
  /** Folder that keeps snapshots, profile, report and pictures. */
  keepIn?: string | undefined
  snapshots: 'careful' | 'forced'
  /** `planted`: a leak of our own goes beside, must be seen, and is taken out of the result. */
  control?: 'planted' | undefined
  /** Whether what grows is watched at the end, for the stack that adds to it; it is when absent. */
  catching?: 'left out' | undefined
  /** The log that the program's collector writes: a second witness. */
  gcLogPath?: string | undefined
  version: string
}

export type OperationChoice =
  | {
      kind: 'request'
      /** A whole URL, or a path on the port the program listens on. */
      address: string
      method: string
      headers: Record<string, string>
      body?: string | undefined
      concurrency: number
      timeoutMs: number
      accept: 'success' | 'any'
    }
  | { kind: 'module'; path: string; concurrency: number }
  | { kind: 'none' }

/** What happens while a hunt runs, for whoever shows it live. */
export type HuntEvent =
  | { kind: 'ready'; target: string; pid: number; version: string; /** `Java`; Node when absent. */ runtime?: string | undefined; address?: string | undefined; /** The worker thread that is looked at. */ thread?: string | undefined }
  | { kind: 'warm-up'; done: number; noun: string; memory: MemoryReading }
  | { kind: 'round'; number: number; done: number; noun: string; memory: MemoryReading; before: MemoryReading }
  | { kind: 'snapshot'; number: number; sizeBytes: number; pauseMs: number }
  | { kind: 'output'; line: string }
  | { kind: 'note'; text: string }
