import { ProbeError, UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { captureHeapSnapshot, forecastCapture, refuseCostlyCapture } from '../probes/heap-capture.ts'
import { listeningPorts, memoryRoom } from '../probes/linux-process.ts'
import { runtimeOfCommand, runtimeOfProcess } from '../probes/runtime-of.ts'
import { findWorker, inWorker } from './hunt/find-worker.ts'
import { openTarget, pause } from './hunt/target.ts'
import type { TargetChoice } from './hunt/target-choice.ts'
import { expectPlaceFor } from './output-place.ts'
import { takeGoSnapshot } from './snapshot/go-snapshot.ts'
import { takeJvmSnapshot } from './snapshot/jvm-snapshot.ts'
import { takePythonSnapshot } from './snapshot/python-snapshot.ts'
import { refuseToOverwrite, type SnapshotPlan, type SnapshotTaken } from './snapshot/snapshot-plan.ts'

/** What the files of each runtime are called. */
const ENDING = { node: '.heapsnapshot', jvm: '.hprof', python: '.pyheap.gz', go: '.pb.gz' } as const

/**
 * Takes one snapshot of a running program, with the care of a hunt: forecast, room for it, written aside, checked to be
 * whole. Of Node a heap snapshot, of a JVM a heap dump, of a Python with our helper its object graph, of a Go program two
 * heap profiles. The program goes on afterwards, and whatever was opened for this is closed.
 * @throws UsageError when the file exists or its folder does not, ProbeError, StoreError, Cancelled
 */
export async function takeSnapshot(plan: SnapshotPlan, run: Run): Promise<SnapshotTaken> {
  const { target, worker } = plan
  const runtime = target.kind === 'pid' ? runtimeOfProcess(target.pid) : target.kind === 'pprof' ? 'go' : 'node'
  const { path = `${new Date().toISOString().replace(/\.\d+Z$/, '').replaceAll(':', '')}${ENDING[runtime ?? 'node']}` } = plan
  if (worker !== undefined && (runtime ?? 'node') !== 'node') throw new UsageError({ argument: '--worker', given: `a program of ${runtime}`, allowed: 'one of Node' })
  refuseToOverwrite([path])
  expectPlaceFor(path, '--out')
  if (target.kind === 'pprof') return takeGoSnapshot(target.url, path, plan, run)
  if (target.kind === 'launch') refuseOthers(target.command)
  if (target.kind === 'pid' && runtime === 'jvm') return takeJvmSnapshot(target.pid, path, plan, run)
  if (target.kind === 'pid' && runtime === 'python') return takePythonSnapshot(target.pid, path, plan, run)
  if (target.kind === 'pid' && runtime === 'go') throw wantsUrl(target.pid)
  return takeNodeSnapshot(target, path, plan, run)
}

async function takeNodeSnapshot(choice: TargetChoice, path: string, { afterMs, startTimeoutMs, snapshots, worker }: SnapshotPlan, run: Run): Promise<SnapshotTaken> {
  const program = await openTarget(choice, { startTimeoutMs }, run)
  try {
    for (const until = Date.now() + afterMs; Date.now() < until && program.ended() === undefined; ) {
      run.checkpoint()
      run.progress({ step: 'letting the program run', done: 0 })
      await pause(Math.min(100, Math.max(1, until - Date.now())))
    }
    const target = worker === undefined ? program : inWorker(program, await findWorker(program, worker, run))
    const forecast = forecastCapture(await target.inspector.readMemory(), target.runtime.version)
    if (snapshots === 'careful') refuseCostlyCapture(target.name, forecast, memoryRoom(target.runtime.pid))
    const capture = await captureHeapSnapshot(target.inspector, path, run)
    return { ...capture, target: target.name, runtime: `Node ${target.runtime.version}`, forecast, also: [], firstEvidence: [], notices: [] }
  } finally {
    await program.release()
  }
}

/** Only Node is started for one snapshot: the others must have run to say anything. */
function refuseOthers(command: readonly string[]): void {
  const runtime = runtimeOfCommand(command)
  if (runtime === undefined || runtime === 'node') return
  throw new UsageError({
    argument: 'command',
    given: `${command[0]}, a program of ${{ jvm: 'Java', python: 'Python', go: 'Go' }[runtime]}`,
    allowed: 'a Node program, or the pid of one that runs',
    hint: `Start it yourself and give its pid, or have it measured: stillhere hunt -- ${command.join(' ')}`,
  })
}

function wantsUrl(pid: number): ProbeError {
  const ports = listeningPorts([pid]).map(({ host, port }) => `${host}:${port}`)
  return new ProbeError({
    target: `pid ${pid}`,
    step: 'taking a heap profile',
    problem: 'it is a Go program, which tells its memory only on its own page /debug/pprof',
    hint: `It must import _ "net/http/pprof" and serve it. ${ports.length === 0 ? 'This one listens on no port. Then' : `It listens on ${ports.join(', ')}:`} stillhere snapshot --url http://${ports[0] ?? 'HOST:PORT'}/debug/pprof`,
  })
}
