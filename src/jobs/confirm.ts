import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ProbeError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { judgePoints, type PointsVerdict } from '../analysis/series/judge-points.ts'
import { judgeSeries } from '../analysis/series/judge-series.ts'
import { attachToProcess } from '../probes/attached-program.ts'
import { JvmAttach } from '../probes/jvm-attach.ts'
import { classHistogram } from '../probes/jvm-heap.ts'
import { LinuxMemory } from '../probes/linux-memory.ts'
import { NodeInspector } from '../probes/node-inspector.ts'
import { runtimeOfProcess } from '../probes/runtime-of.ts'
import { watchProcess } from './watch-process.ts'

const execute = promisify(execFile)

/** Each step that disturbs the process is done only where its option is given. */
export interface ConfirmOptions {
  pid: number
  /** Force this many full collections, evenly spaced. */
  collect?: { count: number; everyMs: number } | undefined
  /** Stop the load with one command, measure, start it again with the other. */
  idle?: { stop: string; resume?: string | undefined; forMs: number } | undefined
  /** Restart it with this command and watch the process of this name for as long. */
  restart?: { command: string; name: string; forMs: number } | undefined
  onStep?: ((text: string) => void) | undefined
}

export interface ConfirmStep {
  step: 'collect' | 'idle' | 'restart'
  /** For: it leaks. Against: it does not. Open: it could not be told. */
  outcome: 'for' | 'against' | 'open'
  text: string
}

export interface Confirmation {
  /** How sure a leak is now. */
  grade: 'refuted' | 'open' | 'medium' | 'high' | 'very high'
  bytesPerHour?: number | undefined
  steps: ConfirmStep[]
}

/** What each step will do to the process, in words, before anything is done. */
export function confirmationPlan(options: ConfirmOptions): string[] {
  const plan: string[] = []
  if (options.collect !== undefined) plan.push(`force ${options.collect.count} full collections, one every ${options.collect.everyMs / 1000} s: each stops the program for some 10 ms for each 100 MB of heap; a Node program whose inspector is closed gets SIGUSR1 to open it, on loopback, and it is closed again`)
  if (options.idle !== undefined) plan.push(`stop the load with \`${options.idle.stop}\`, watch for ${options.idle.forMs / 1000} s${options.idle.resume === undefined ? '' : `, start it again with \`${options.idle.resume}\``}`)
  if (options.restart !== undefined) plan.push(`restart it with \`${options.restart.command}\`: its state is lost, its users wait; then watch it for ${options.restart.forMs / 1000} s`)
  return plan
}

/**
 * Active confirmation, from cheap to costly: forced collections, an idle phase, a restart. A leak that rises through forced
 * collections is of medium to high certainty; one that also begins anew after a restart, at the same rate, is very high.
 * @throws ProbeError when the process cannot be read or asked; Cancelled
 */
export async function confirmLeak(options: ConfirmOptions, run: Run): Promise<Confirmation> {
  const say = options.onStep ?? ((): void => undefined)
  const steps: ConfirmStep[] = []
  let rate: number | undefined
  if (options.collect !== undefined) {
    const points = await collectPoints(options.pid, options.collect, say, run)
    if (points.answer === 'grows') rate = points.bytesPerHour
    steps.push({ step: 'collect', outcome: { grows: 'for', level: 'against', open: 'open' }[points.answer] as ConfirmStep['outcome'], text: `after forced full collections: ${points.because}` })
  }
  if (options.idle !== undefined) steps.push(await idlePhase(options.pid, options.idle, say, run))
  if (options.restart !== undefined) {
    const { step, bytesPerHour } = await restartPhase(options.pid, options.restart, say, run)
    rate ??= bytesPerHour
    steps.push(step)
  }
  return { grade: gradeOf(steps), bytesPerHour: rate, steps }
}

/** One step for: medium; forced collections or two for: high; a restart for and another: very high. One against refutes. */
function gradeOf(steps: readonly ConfirmStep[]): Confirmation['grade'] {
  if (steps.some(({ outcome }) => outcome === 'against')) return 'refuted'
  const supporting = steps.filter(({ outcome }) => outcome === 'for')
  if (supporting.length === 0) return 'open'
  if (supporting.length >= 2 && supporting.some(({ step }) => step === 'restart')) return 'very high'
  return supporting.length >= 2 || supporting[0]?.step === 'collect' ? 'high' : 'medium'
}

async function collectPoints(pid: number, { count, everyMs }: { count: number; everyMs: number }, say: (text: string) => void, run: Run): Promise<PointsVerdict> {
  const collector = await openCollector(pid, run)
  const seconds: number[] = []
  const values: number[] = []
  try {
    for (let i = 0; i < count; i++) {
      if (i > 0) await waitFor(everyMs, run)
      values.push(await collector.collect())
      seconds.push(Date.now() / 1000)
      say(`  collection ${i + 1} of ${count}: ${(values.at(-1)! / 1e6).toFixed(1)} MB live`)
    }
  } finally {
    await collector.close()
  }
  return judgePoints({ seconds: Float64Array.from(seconds, (second) => second - seconds[0]!), values: Float64Array.from(values) })
}

/** A runtime that can be told to collect, and asked what is left. */
interface Collector {
  /** Bytes in use after a full collection. */
  collect(): Promise<number>
  close(): Promise<void>
}

/** @throws ProbeError where the runtime cannot be asked from outside */
export async function openCollector(pid: number, run: Run): Promise<Collector> {
  const runtime = runtimeOfProcess(pid)
  if (runtime === 'node') {
    const { inspectorUrl, openedByUs } = await attachToProcess(pid)
    const inspector = await NodeInspector.open(inspectorUrl, `pid ${pid}`)
    return {
      async collect() {
        await inspector.collectGarbage()
        const memory = await inspector.readMemory()
        return memory.heapUsedBytes + memory.externalBytes
      },
      async close() {
        if (openedByUs) await inspector.shutInspector()
        await inspector.close()
      },
    }
  }
  if (runtime === 'jvm') {
    const jvm = await JvmAttach.open(pid, run)
    // The histogram of what lives begins with a full collection, and counts what that left to the byte.
    return { collect: async () => (await classHistogram(jvm, run)).liveBytes, close: () => Promise.resolve() }
  }
  throw new ProbeError({
    target: `pid ${pid}`,
    step: 'forcing a collection',
    problem: `there is no way to ask ${runtime === undefined ? 'this program' : `a ${runtime} program`} for one from outside`,
    hint: 'Confirm it by an idle phase or a restart instead: --idle-stop, --restart.',
  })
}

async function idlePhase(pid: number, { stop, resume, forMs }: NonNullable<ConfirmOptions['idle']>, say: (text: string) => void, run: Run): Promise<ConfirmStep> {
  say(`  under load for ${forMs / 1000} s`)
  const loaded = await growthOf(pid, forMs, run)
  await shell(stop)
  try {
    say(`  idle for ${forMs / 1000} s`)
    const idle = await growthOf(pid, forMs, run)
    const ratio = loaded <= 0 ? Number.NaN : idle / loaded
    if (Number.isNaN(ratio)) return { step: 'idle', outcome: 'open', text: 'it did not grow under load either' }
    if (ratio < 0.15) return { step: 'idle', outcome: 'for', text: 'it grows with the work and stops growing when idle, without falling back: it leaks per request' }
    if (idle < 0 && -idle > 0.5 * loaded) return { step: 'idle', outcome: 'against', text: 'it falls back when idle: it follows the load' }
    return { step: 'idle', outcome: 'for', text: ratio > 0.5 ? 'it grows on when idle: it leaks by time' : 'it grows on when idle, more slowly: it leaks by both' }
  } finally {
    if (resume !== undefined) await shell(resume)
  }
}

/** Bytes an hour the unreclaimable memory of the process grows by, from first to last quarter. */
async function growthOf(pid: number, forMs: number, run: Run): Promise<number> {
  const memory = LinuxMemory.open(pid)
  const values: number[] = []
  const steps = 40
  for (let i = 0; i < steps; i++) {
    const sample = memory.read()
    if (typeof sample === 'string') throw new ProbeError({ target: `pid ${pid}`, step: 'confirming', problem: 'it ended meanwhile' })
    values.push((sample['rss-anon'] ?? sample.rss ?? 0) + (sample.swap ?? 0))
    await waitFor(forMs / steps, run)
  }
  const quarter = steps / 4
  const low = (from: number): number => Math.min(...values.slice(from, from + quarter))
  return ((low(steps - quarter) - low(0)) / ((forMs * 0.75) / 3_600_000))
}

async function restartPhase(pid: number, { command, name, forMs }: NonNullable<ConfirmOptions['restart']>, say: (text: string) => void, run: Run): Promise<{ step: ConfirmStep; bytesPerHour?: number | undefined }> {
  const everyMs = Math.max(50, forMs / 400)
  say(`  before: ${forMs / 1000} s`)
  const before = await watchProcess({ target: { kind: 'pid', pid }, everyMs, forMs, inside: 'leave' }, run)
  say(`  restarting`)
  await shell(command)
  await waitFor(1000, run)
  say(`  after: ${forMs / 1000} s`)
  const after = await watchProcess({ target: { kind: 'name', name }, everyMs, forMs, inside: 'leave' }, run)
  const [first, second] = [judgeSeries(before.series), judgeSeries(after.series)]
  const rates = [first.rate?.value ?? 0, second.rate?.value ?? 0] as const
  if (rates[1] <= 0) return { step: { step: 'restart', outcome: 'open', text: 'it does not grow after the restart: what triggers it may be missing' } }
  const near = rates[0] > 0 && Math.abs(rates[1] / rates[0] - 1) < 0.3
  return {
    step: { step: 'restart', outcome: near || second.verdict === 'leak' ? 'for' : 'open', text: near ? `it began anew and grows at ${(100 * rates[1] / rates[0]).toFixed(0)} % of the rate before` : `it grows again after the restart, at another rate` },
    bytesPerHour: second.rate?.value,
  }
}

async function shell(command: string): Promise<void> {
  try {
    await execute('sh', ['-c', command])
  } catch (error) {
    throw new ProbeError({ target: command, step: 'running it', problem: error instanceof Error ? error.message.split('\n')[0]! : String(error), cause: error })
  }
}

async function waitFor(ms: number, run: Run): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
  run.checkpoint()
}
