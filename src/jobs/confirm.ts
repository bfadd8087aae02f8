import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { bytesText } from '../base/bytes-text.ts'
import { ProbeError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { judgePoints, type PointsVerdict } from '../analysis/series/judge-points.ts'
import { judgeSeries } from '../analysis/series/judge-series.ts'
import { LinuxMemory } from '../probes/linux-memory.ts'
import { type Collector, openCollector } from './watch/collector.ts'
import type { ProcessByName } from './watch/open-target.ts'
import { pause } from './watch/pause.ts'
import { watchProcess } from './watch-process.ts'

const execute = promisify(execFile)

/** Each step that disturbs the process is done only where its option is given. */
export interface ConfirmOptions {
  pid: number
  /** Force this many full collections, evenly spaced. */
  collect?: { count: number; everyMs: number } | undefined
  /** Stop the load with one command, measure, start it again with the other. */
  idle?: { stop: string; resume?: string | undefined; forMs: number } | undefined
  /** Double the load with one command, measure, bring it back with the other. */
  double?: { start: string; end?: string | undefined; forMs: number } | undefined
  /** Restart it with this command and watch what takes its place for as long. */
  restart?: { command: string; target: ProcessByName; forMs: number } | undefined
  onStep?: ((text: string) => void) | undefined
}

export interface ConfirmStep {
  step: 'collect' | 'idle' | 'double' | 'restart'
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
  if (options.double !== undefined) plan.push(`watch for ${options.double.forMs / 1000} s, double the load with \`${options.double.start}\`, watch as long again${options.double.end === undefined ? '' : `, bring it back with \`${options.double.end}\``}`)
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
  if (options.idle !== undefined || options.double !== undefined) {
    // Where collections may be forced they are, at both ends of a phase: what they leave is no garbage.
    const collector = options.collect === undefined ? undefined : await openCollector(options.pid, run)
    try {
      const growth = (forMs: number): Promise<number> => growthOf(options.pid, forMs, collector, run)
      if (options.idle !== undefined) steps.push(await idlePhase(options.idle, growth, say))
      if (options.double !== undefined) steps.push(await doublePhase(options.double, growth, say))
    } finally {
      await collector?.close()
    }
  }
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
      run.progress({ step: 'forcing collections', done: i, total: count })
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

async function idlePhase({ stop, resume, forMs }: NonNullable<ConfirmOptions['idle']>, growth: (forMs: number) => Promise<number>, say: (text: string) => void): Promise<ConfirmStep> {
  say(`  under load for ${forMs / 1000} s`)
  const loaded = await growth(forMs)
  await shell(stop)
  try {
    say(`  idle for ${forMs / 1000} s`)
    return { step: 'idle', ...judgeIdle(loaded, await growth(forMs)) }
  } finally {
    if (resume !== undefined) await shell(resume)
  }
}

/** What growth an hour under load and when idle says together. Below a megabyte an hour under load nothing was to be seen. */
export function judgeIdle(loaded: number, idle: number): Pick<ConfirmStep, 'outcome' | 'text'> {
  if (loaded < LEAST_PER_HOUR) {
    // What fell while it was watched under load, or stood, tells nothing of a leak.
    return { outcome: 'open', text: `it did not grow under load either (${bytesText(loaded)}/h)` }
  }
  const rates = `${bytesText(loaded)}/h under load, ${bytesText(idle)}/h idle`
  if (-idle > 0.5 * loaded) return { outcome: 'against', text: `it falls back when idle: it follows the load (${rates})` }
  const ratio = idle / loaded
  if (ratio < 0.15) return { outcome: 'for', text: `it grows with the work and stops when idle, without falling back: it leaks per request (${rates})` }
  return { outcome: 'for', text: ratio > 0.5 ? `it grows on when idle: it leaks by time (${rates})` : `it grows on when idle, more slowly: it leaks by both (${rates})` }
}

async function doublePhase({ start, end, forMs }: NonNullable<ConfirmOptions['double']>, growth: (forMs: number) => Promise<number>, say: (text: string) => void): Promise<ConfirmStep> {
  say(`  under load for ${forMs / 1000} s`)
  const single = await growth(forMs)
  await shell(start)
  try {
    say(`  under twice the load for ${forMs / 1000} s`)
    return { step: 'double', ...judgeDouble(single, await growth(forMs)) }
  } finally {
    if (end !== undefined) await shell(end)
  }
}

/** A leak per request doubles its rate with the load, one by time keeps it; a cache that fills stops the earlier. */
export function judgeDouble(single: number, twice: number): Pick<ConfirmStep, 'outcome' | 'text'> {
  const rates = `${bytesText(single)}/h, then ${bytesText(twice)}/h`
  if (single < LEAST_PER_HOUR) return { outcome: 'open', text: `it did not grow before the load was doubled (${rates})` }
  const ratio = twice / single
  if (ratio > 1.5) return { outcome: 'for', text: `twice the load, ${ratio.toFixed(1)} times the growth: it leaks per request (${rates})` }
  if (ratio > 0.7) return { outcome: 'for', text: `twice the load does not make it grow faster: it leaks by time (${rates})` }
  if (ratio < 0.2) return { outcome: 'against', text: `under twice the load it stopped growing: it filled up (${rates})` }
  return { outcome: 'open', text: `under twice the load it grew more slowly (${rates})` }
}

/** Less than this in an hour is what every process does. */
const LEAST_PER_HOUR = 1e6

/** Bytes an hour from the first to the last quarter of the time: of what forced collections leave, else of unreclaimable memory. */
async function growthOf(pid: number, forMs: number, collector: Collector | undefined, run: Run): Promise<number> {
  const memory = LinuxMemory.open(pid)
  const values: number[] = []
  const steps = collector === undefined ? 40 : 8
  for (let i = 0; i < steps; i++) {
    run.progress({ step: 'watching how it grows', done: i, total: steps })
    const sample = memory.read()
    if (typeof sample === 'string') throw new ProbeError({ target: `pid ${pid}`, step: 'confirming', problem: 'it ended meanwhile' })
    values.push(collector === undefined ? (sample['rss-anon'] ?? sample.rss ?? 0) + (sample.swap ?? 0) : await collector.collect())
    await waitFor(forMs / steps, run)
  }
  const quarter = steps / 4
  const low = (from: number): number => Math.min(...values.slice(from, from + quarter))
  return (low(steps - quarter) - low(0)) / ((forMs * 0.75) / 3_600_000)
}

async function restartPhase(pid: number, { command, target, forMs }: NonNullable<ConfirmOptions['restart']>, say: (text: string) => void, run: Run): Promise<{ step: ConfirmStep; bytesPerHour?: number | undefined }> {
  const everyMs = Math.max(50, forMs / 400)
  say(`  before: ${forMs / 1000} s`)
  // A service is its memory group where it has one, before as after.
  const before = await watchProcess({ target: target.kind === 'service' ? target : { kind: 'pid', pid }, everyMs, forMs, inside: 'leave' }, run)
  say(`  restarting`)
  run.progress({ step: 'restarting it', done: 0 })
  await shell(command)
  await waitFor(1000, run)
  say(`  after: ${forMs / 1000} s`)
  const after = await watchProcess({ target, everyMs, forMs, inside: 'leave' }, run)
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
  await pause(ms, run)
  run.checkpoint()
}
