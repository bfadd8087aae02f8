import { existsSync } from 'node:fs'
import { UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { type Capture, type CaptureForecast, captureHeapSnapshot, forecastCapture, refuseCostlyCapture } from '../probes/heap-capture.ts'
import { memoryRoom } from '../probes/linux-process.ts'
import { openTarget, pause } from './hunt/target.ts'
import type { TargetChoice } from './hunt/target-choice.ts'

export interface SnapshotPlan {
  target: TargetChoice
  path: string
  /** For a program that is started for it: how long it runs before the snapshot. */
  afterMs: number
  startTimeoutMs: number
  snapshots: 'careful' | 'forced'
}

export interface SnapshotTaken extends Capture {
  target: string
  nodeVersion: string
  forecast: CaptureForecast
}

/**
 * Takes one heap snapshot of a running program, with the care of a hunt: forecast, room for it, streamed aside, checked
 * to be whole. The program goes on afterwards; its inspector is closed again if it was opened for this.
 * @throws UsageError when the file exists, ProbeError, Cancelled
 */
export async function takeSnapshot({ target: choice, path, afterMs, startTimeoutMs, snapshots }: SnapshotPlan, run: Run): Promise<SnapshotTaken> {
  if (existsSync(path)) throw new UsageError({ argument: '--out', given: `${path}, which exists`, allowed: 'a new file', hint: 'Another name, or remove it first.' })
  const target = await openTarget(choice, { startTimeoutMs }, run)
  try {
    for (const until = Date.now() + afterMs; Date.now() < until && target.ended() === undefined; ) {
      run.checkpoint()
      run.progress({ step: 'letting the program run', done: 0 })
      await pause(Math.min(100, Math.max(1, until - Date.now())))
    }
    const forecast = forecastCapture(await target.inspector.readMemory(), target.runtime.version)
    if (snapshots === 'careful') refuseCostlyCapture(target.name, forecast, memoryRoom(target.runtime.pid))
    const capture = await captureHeapSnapshot(target.inspector, path, run)
    return { ...capture, target: target.name, nodeVersion: target.runtime.version, forecast }
  } finally {
    await target.release()
  }
}
