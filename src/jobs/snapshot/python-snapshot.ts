import { ProbeError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import { refuseCostlyCapture } from '../../probes/heap-capture.ts'
import { memoryRoom, processFacts, residentBytes } from '../../probes/linux-process.ts'
import { captureBySignal, forecastGraph, helperMark } from '../../probes/python-helper.ts'
import type { SnapshotPlan, SnapshotTaken } from './snapshot-plan.ts'

/** It takes a program this much longer than forecast before we say that nothing comes. */
const PATIENCE = 3
const LEAST_WAIT_MS = 15_000

/**
 * The object graph of a running Python that has our helper. The signal is sent only to a process that bears the
 * helper's mark and handles that signal: any other would die of it, or take it for its own.
 * @throws ProbeError, Cancelled
 */
export async function takePythonSnapshot(pid: number, path: string, { snapshots }: Pick<SnapshotPlan, 'snapshots'>, run: Run): Promise<SnapshotTaken> {
  const target = `pid ${pid}`
  const mark = helperMark(pid)
  if (mark === undefined) {
    throw new ProbeError({
      target,
      step: 'looking for the helper in it',
      problem: 'this Python did not load stillhere.py with dump_on_signal(), so it cannot be asked (a signal would end it)',
      hint: 'Start it as `python3 -m stillhere app.py`, or with STILLHERE_ON_SIGNAL=1 where it imports stillhere; or have it started: stillhere hunt -- python3 app.py\nIs it there, but of another user or an older version? Run as the same user, with the stillhere.py of this version.',
    })
  }
  const forecast = forecastGraph(residentBytes(pid) ?? 0)
  if (snapshots === 'careful') refuseCostlyCapture(target, forecast, memoryRoom(pid))
  const capture = await captureBySignal(pid, mark, path, { waitMs: LEAST_WAIT_MS + PATIENCE * forecast.pauseMs }, run)
  return { ...capture, target, runtime: pythonName(pid), forecast, also: [], firstEvidence: [], notices: [] }
}

/** By the name of what runs: `python3.11`. The graph itself has the whole version. */
function pythonName(pid: number): string {
  const version = /python([\d.]+)t?$/.exec(processFacts(pid)?.executable ?? '')?.[1]
  return version === undefined ? 'Python' : `Python ${version}`
}
