import { existsSync } from 'node:fs'
import { UsageError } from '../../base/errors.ts'
import type { Notice } from '../../model/source.ts'
import type { Capture, CaptureForecast } from '../../probes/heap-capture.ts'
import type { TargetChoice } from '../hunt/target-choice.ts'

export interface SnapshotPlan {
  target: TargetChoice | { kind: 'pprof'; url: string }
  /** Where to; chosen by time and runtime when absent. */
  path?: string | undefined
  /** Number or name of a worker thread of a Node program. */
  worker?: string | undefined
  /** For a program that is started for it: how long it runs before the snapshot. Of a Go program: between its two profiles. */
  afterMs: number
  startTimeoutMs: number
  snapshots: 'careful' | 'forced'
}

/** What was taken of a program, of whatever runtime. */
export interface SnapshotTaken extends Capture {
  target: string
  /** `Node 24.21.0`, `Java 17.0.15`. */
  runtime: string
  forecast?: CaptureForecast | undefined
  /** Files taken beside it: a class histogram, an earlier profile, what goroutines wait for. */
  also: { path: string; what: string; sizeBytes: number }[]
  /** What they say at a glance. */
  firstEvidence: string[]
  notices: Notice[]
}

/** Before the program is asked for anything: what an earlier snapshot left is not written over. @throws UsageError */
export function refuseToOverwrite(paths: readonly string[]): void {
  for (const path of paths) if (existsSync(path)) throw new UsageError({ argument: '--out', given: `${path}, which exists`, allowed: 'a new file', hint: 'Another name, or remove it first.' })
}
