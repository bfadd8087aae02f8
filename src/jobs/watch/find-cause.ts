import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Run } from '../../base/run.ts'
import type { MemorySeries } from '../../model/memory-series.ts'
import type { Report } from '../../model/report.ts'
import type { SeriesVerdict } from '../../model/series-verdict.ts'
import { pprofBaseUrl } from '../../probes/metrics-page.ts'
import { helperSockets } from '../../probes/python-helper.ts'
import type { Runtime } from '../../probes/runtime-of.ts'
import type { HuntEvent } from '../hunt/hunt-plan.ts'
import type { TargetChoice } from '../hunt/target-choice.ts'
import { captureWay } from './capture-way.ts'
import { pause } from './pause.ts'
import type { CauseOptions } from './watch-plan.ts'

/** A watched program that leaks, and what is known of it. */
export interface Suspect {
  pid: number
  runtime: Runtime | undefined
  verdict: SeriesVerdict
  series: MemorySeries
  metricsUrl?: string | undefined
  /** Where the helper answers in a Python that we started. */
  socketFolder?: string | undefined
}

/** What will be done to the program, in words, and then the doing of it. */
export interface CausePlan {
  steps: string[]
  /** Undefined: nothing can be done from here, `steps` say what a person can. */
  find: ((run: Run, tell: (event: HuntEvent) => void) => Promise<Report>) | undefined
}

/** Rounds and captures are so far apart that the leak stands out of what every heap does: this much, or this share of it. */
const CLEAR_BYTES = 256 * 1024
const CLEAR_SHARE = 0.01
/** Go's heap profile knows one allocation in each 512 KiB: thirty of them tell a growth from chance. */
const CLEAR_SAMPLED_BYTES = 16e6
/** What a snapshot of a heap of this size costs is no longer small. */
const DEAR_BYTES = 200e6
const CAPTURES = 3
/** That it leaks is known already: a hunt that is undecided may go on for long. */
const LONGEST_HUNT_MS = 120_000
/** Between captures of a program of which no rate is known. */
const UNKNOWN_MS = 10_000

/**
 * Whether it is time to look for the cause: when it leaks; and when it is only growing, but soon too large to be looked at
 * cheaply, since a snapshot of a small heap tells the same as one of a large heap.
 */
export function isTimeForCause(verdict: SeriesVerdict, series: MemorySeries): boolean {
  if (verdict.verdict === 'leak') return true
  return verdict.verdict === 'growing' && levelOf(series) > DEAR_BYTES
}

/**
 * From the verdict to what holds the memory. A program that can be hunted as it runs is: rounds with full collections, captures
 * between them, each round so long that the leak, at the rate that was measured, is clear in it. A Python that waits for our
 * signal writes its graph three times, as far apart, and they are compared. Of every other one the capture to make is named.
 */
export async function planCause(suspect: Suspect, options: CauseOptions, run: Run): Promise<CausePlan> {
  const apartMs = timeBetween(suspect)
  const apart = apartMs === undefined ? 'a moment' : `${Math.round(apartMs / 1000)} s`
  const way = await huntWay(suspect, apart, run)
  return way === undefined ? planCaptures(suspect, options, { apartMs, apart }) : planHunt(way, options, { apartMs, apart })
}

interface HuntWay {
  target: TargetChoice
  what: string
}

/** How it can be hunted as it runs; undefined where it cannot. */
async function huntWay({ pid, runtime, metricsUrl, socketFolder }: Suspect, apart: string, run: Run): Promise<HuntWay | undefined> {
  switch (runtime) {
    case 'node':
      return { target: { kind: 'pid', pid }, what: `forced collections ${apart} apart and heap snapshots between them, each of which stops it for about a second for each 50 MB of heap; its inspector is opened where it is closed, and closed again` }
    case 'jvm':
      return { target: { kind: 'pid', pid }, what: `full collections ${apart} apart and heap dumps between them, each of which stops it for about a second for each 300 MB of live heap` }
    case 'python':
      if (socketFolder === undefined || !helperSockets(socketFolder).has(pid)) return undefined
      return { target: { kind: 'pid', pid, socketFolder }, what: `full collections ${apart} apart and graphs of its objects between them, each of which stops it for about ten microseconds an object; in one last round allocations are traced, which makes it several times slower` }
    case 'go': {
      const given = metricsUrl === undefined ? undefined : pprofBaseUrl(metricsUrl)
      const url = given ?? (await (await import('../hunt-runtimes/open-program.ts')).findPprof([pid], run))
      return url === undefined ? undefined : { target: { kind: 'pprof', url }, what: `full collections ${apart} apart and heap profiles between them, from ${url}` }
    }
    case undefined:
      return undefined
  }
}

interface Pace {
  apartMs: number | undefined
  apart: string
}

function planHunt({ target, what }: HuntWay, options: CauseOptions, { apartMs, apart }: Pace): CausePlan {
  return {
    steps: [`hunt it at its own pace: ${what}`],
    async find(run, tell) {
      // Loaded when it leaks: until then a watch has no use for engine and patterns.
      const { hunt } = await import('../hunt.ts')
      const { keepIn, version } = options
      const budgetMs = Math.max(LONGEST_HUNT_MS, 16 * (apartMs ?? 0))
      return unlessSilent(await hunt({ target, operation: { kind: 'none' }, everyMs: apartMs, startTimeoutMs: 10_000, budgetMs, keepIn, snapshots: 'careful', version }, run, tell), apart)
    },
  }
}

function planCaptures(suspect: Suspect, options: CauseOptions, { apartMs, apart }: Pace): CausePlan {
  const way = captureWay({ ...suspect, kind: suspect.verdict.kind })
  if (way.by === 'hand') return { steps: way.steps, find: undefined }
  return {
    steps: [`${way.what}, ${CAPTURES} times, ${apart} apart, and compare them: ${way.does}`],
    async find(run, tell) {
      const { diff } = await import('../analyze.ts')
      const [{ makeFolder }, { writeReport }] = await Promise.all([import('../output-place.ts'), import('../write-report.ts')])
      const folder = options.keepIn ?? (await mkdtemp(join(tmpdir(), 'stillhere-')))
      makeFolder(folder)
      try {
        const files: string[] = []
        for (let number = 1; number <= CAPTURES; number++) {
          if (number > 1 && !(await pause(apartMs ?? UNKNOWN_MS, run))) run.checkpoint()
          files.push(await way.take(join(folder, `${number}`), run))
          tell({ kind: 'note', text: `capture ${number} of ${CAPTURES}: ${files.at(-1)}` })
        }
        const report = unlessSilent(await diff({ files, version: options.version, cwd: process.cwd(), classes: 25 }, run), apart)
        if (options.keepIn !== undefined) await writeReport(report, options.keepIn, run)
        return report
      } finally {
        if (options.keepIn === undefined) await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

/** The process leaks: captures in which nothing grows do not make it healthy, they were too close together or look elsewhere. */
function unlessSilent(report: Report, apart: string): Report {
  if (report.verdict !== 'healthy') return report
  return {
    ...report,
    verdict: 'undecided',
    summary: `the process leaks, but the captures ${apart} apart do not show what: ${report.summary}`,
    wouldDecide: 'captures further apart; if they show nothing either, the growth is outside the heap: take a native profile',
  }
}

/** So long between two looks that the leak, at its rate, is clear in the heap it is in; undefined when no rate is known. */
export function timeBetween({ verdict, series, runtime }: Pick<Suspect, 'verdict' | 'series'> & { runtime?: Runtime | undefined }): number | undefined {
  const perMs = (verdict.rate?.value ?? 0) / 3_600_000
  if (!(perMs > 0)) return undefined
  const clear = Math.max(runtime === 'go' ? CLEAR_SAMPLED_BYTES : CLEAR_BYTES, CLEAR_SHARE * levelOf(series))
  return Math.round(Math.min(300_000, Math.max(2000, clear / perMs)))
}

/** What there is to look at: the heap, where that is known. */
function levelOf({ metrics }: MemorySeries): number {
  for (const metric of ['heap-floor', 'heap-live', 'heap-used', 'rss-anon', 'rss', 'cgroup-anon'] as const) {
    const value = metrics.get(metric)?.findLast((each) => !Number.isNaN(each))
    if (value !== undefined) return value
  }
  return 0
}
