import type { Run } from '../base/run.ts'
import { compareRecordings, judgeBeside } from '../analysis/recordings/compare-recordings.ts'
import { judgeSeries } from '../analysis/series/judge-series.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import type { Sample } from '../model/memory-series-builder.ts'
import type { SeriesVerdict } from '../model/series-verdict.ts'
import { memoryRoom, residentBytes } from '../probes/linux-process.ts'
import { procLink } from '../probes/proc-files.ts'
import { descendantsOf } from '../probes/process-family.ts'
import { runtimeOfProcess } from '../probes/runtime-of.ts'
import { isTimeForCause, planCause } from './watch/find-cause.ts'
import { GrowthOfOthers } from './watch/growth-of-others.ts'
import { Inside, wayInside } from './watch/inside.ts'
import { Journal } from './watch/journal.ts'
import { openAgain, openProcess, openTarget, type Watched } from './watch/open-target.ts'
import { nextTime, pause } from './watch/pause.ts'
import { Recorder } from './watch/recorder.ts'
import { startProgram, type StartedProgram } from './watch/started-program.ts'
import { WatchClock } from './watch/watch-clock.ts'
import type { WatchEvent, WatchOptions, WatchResult, WatchTarget } from './watch/watch-plan.ts'

/** First word at this many samples, then each tenth of added length. */
const FIRST_VERDICT = 60
/** smaps_rollup and the group are read at most this often: they cost, and they move slowly. */
const DEEP_EVERY_MS = 60_000
/** So many verdicts in a row, each a tenth of the time apart, must agree before a program is disturbed: what only fills up passes one. */
const AGREEING = 3
/** A program that has just been started opens its inspector, or makes its counters, when it is ready, not when we look first. */
const LOOK_INSIDE_AGAIN: readonly number[] = [5, 30, 120]

/**
 * Watches one process, family or memory group, judges it as the watch grows longer, and gives the last word when it ends, is
 * stopped, time is up, or it leaks and what holds the memory was asked for.
 * What it does to the process: reads files in /proc and /sys; asks an inspector or a page that is open already for numbers;
 * nothing else, but for what `cause` asks for, which is announced before it is done.
 * @throws ProbeError when it cannot be read at all; StoreError when the store cannot be opened; UsageError
 */
export async function watchProcess(options: WatchOptions, run: Run): Promise<WatchResult> {
  const say = options.onEvent ?? ((): void => undefined)
  const started = options.target.kind === 'command' ? await startProgram(options.target.command, { inside: options.inside ?? 'leave', cause: options.cause?.when, streams: options.streams ?? 'shared', onLine: (line) => say({ kind: 'output', line }) }) : undefined
  try {
    // Wrappers (npx, pyenv, env) become the program they wrap by exec; its name is the one to show.
    if (started !== undefined) await pause(300, run)
    const journal = await Journal.open(options.storePath, (error) => say({ kind: 'store-failed', error }))
    try {
      // Of a command all that it starts counts: what leaks behind npm, a shell or a master process is in its children.
      const watched = started === undefined ? await openTarget(options.target as Exclude<WatchTarget, { kind: 'command' }>, options.children ?? 'without', run) : openProcess(started.pid, 'with')
      const watch = new Watch(options, run, say, journal, started, watched)
      return await watch.run()
    } finally {
      journal?.close()
    }
  } finally {
    await started?.end()
  }
}

class Watch {
  readonly #options: WatchOptions
  readonly #run: Run
  readonly #say: (event: WatchEvent) => void
  readonly #journal: Journal | undefined
  readonly #started: StartedProgram | undefined
  readonly #clock = new WatchClock()
  readonly #recorder: Recorder
  readonly #name: string
  #watched: Watched
  /** The file that runs. */
  #executable: string
  #inside: Inside | undefined
  /** Of whom. */
  #insidePid = 0
  readonly #others = new GrowthOfOthers()
  #stored: number | undefined
  #deep: Sample = {}
  #deepAtMs = -Infinity
  #nextVerdict = FIRST_VERDICT
  /** Verdicts in a row by which it is time to look for the cause. */
  #inARow = 0

  constructor(options: WatchOptions, run: Run, say: (event: WatchEvent) => void, journal: Journal | undefined, started: StartedProgram | undefined, watched: Watched) {
    this.#options = options
    this.#run = run
    this.#say = say
    this.#journal = journal
    this.#started = started
    this.#watched = watched
    this.#executable = procLink(`/proc/${watched.pid}/exe`)
    this.#name = `pid ${watched.pid}`
    this.#recorder = new Recorder(this.#identity())
  }

  async run(): Promise<WatchResult> {
    const { everyMs, forMs = Infinity } = this.#options
    const startedMs = performance.now()
    this.#say({ kind: 'started', pid: this.#watched.pid, command: this.#watched.command, closed: this.#watched.whatIsClosed() })
    await this.#lookInside()
    try {
      let ended = ''
      let nextMs = startedMs
      while (ended === '') {
        const { nowMs, event } = this.#clock.tick(everyMs)
        if (event !== undefined) this.#say(event)
        const state = this.#watched.read()
        if (typeof state === 'string') {
          if (!(await this.#again(forMs - (performance.now() - startedMs)))) ended = state === 'gone' ? 'it ended' : 'another process took its pid'
          continue
        }
        const verdict = await this.#take(nowMs, state)
        if (this.#wantsCause(verdict)) return await this.#findCause(verdict)
        nextMs = nextTime(nextMs, everyMs)
        if (performance.now() - startedMs >= forMs) ended = 'the time was up'
        else if (!(await pause(nextMs - performance.now(), this.#run))) ended = 'it was stopped'
      }
      this.#say({ kind: 'ended', why: ended })
      const { series, verdict } = this.#judge()
      return { series, verdict, ended }
    } finally {
      await this.#inside?.close()
    }
  }

  /** Keeps one sample; judges when it is time to. */
  async #take(nowMs: number, state: Sample): Promise<SeriesVerdict | undefined> {
    const sample: Sample = { ...state, ...(await this.#inside?.read()) }
    if (nowMs - this.#deepAtMs >= DEEP_EVERY_MS) {
      this.#deep = this.#watched.readDeep()
      this.#deepAtMs = nowMs
      Object.assign(sample, this.#deep)
      // Where no group sets a limit, the machine does: what it has left, and what of it the process has already.
      const { because, availableBytes } = memoryRoom(this.#watched.pid)
      if (sample['cgroup-limit'] === undefined && because === 'machine') this.#recorder.limit(availableBytes + (sample['rss-anon'] ?? sample['cgroup-anon'] ?? 0) + (sample.swap ?? 0))
    } else if (this.#deep['lazy-free'] !== undefined) {
      // Between two looks what was freed lazily is taken to stay: left out, it would seem to be in use again.
      sample['lazy-free'] = Math.min(this.#deep['lazy-free'], sample['rss-anon'] ?? Infinity)
    }
    this.#recorder.add(nowMs, sample)
    if (this.#isFamily() && this.#inside !== undefined && this.#inside.from.length > 0) this.#others.add(sample.rss, () => residentBytes(this.#insidePid))
    if (LOOK_INSIDE_AGAIN.includes(this.#recorder.sampleCount)) await this.#lookAgain()
    this.#journal?.add(this.#stored, nowMs, sample)
    this.#say({ kind: 'sample', timeMs: nowMs, sample, series: () => this.#recorder.series(this.#name) })
    if (this.#recorder.sampleCount < this.#nextVerdict) return undefined
    if (this.#nextVerdict === FIRST_VERDICT) this.#sayWhatIsMissing()
    this.#nextVerdict = Math.ceil(this.#nextVerdict * 1.1)
    const { verdict } = this.#judge()
    this.#say({ kind: 'verdict', timeMs: nowMs, verdict })
    return verdict
  }

  #sayWhatIsMissing(): void {
    const { from = [], silent = [] } = this.#inside ?? {}
    if (silent.length > 0) this.#say({ kind: 'silent', from: silent })
    const way = from.length > 0 || this.#options.inside !== 'read' ? undefined : wayInside(runtimeOfProcess(this.#watched.mainPid()))
    if (way !== undefined) this.#say({ kind: 'outside', way })
    const others = from.length === 0 || !this.#isFamily() ? 0 : this.#othersOfRuntime()
    if (others > 0) this.#say({ kind: 'inside-of-one', pid: this.#insidePid, others })
  }

  #isFamily(): boolean {
    return this.#started !== undefined || this.#options.children === 'with'
  }

  /** Processes of the family that run on what the one runs on that is asked: a master asks its workers nothing. */
  #othersOfRuntime(): number {
    const runtime = runtimeOfProcess(this.#insidePid)
    return [this.#watched.pid, ...descendantsOf(this.#watched.pid)].filter((pid) => pid !== this.#insidePid && runtimeOfProcess(pid) === runtime).length
  }

  #judge(): { series: MemorySeries; verdict: SeriesVerdict } {
    const series = this.#recorder.series(this.#name)
    const { healthy } = this.#options
    const alone = this.#judgeAlone(series)
    const verdict = healthy === undefined ? alone : judgeBeside(alone, compareRecordings(series, healthy))
    this.#journal?.addVerdict(this.#stored, series.timeMs.at(-1) ?? Date.now(), verdict)
    return { series, verdict }
  }

  /** Where the memory that grows is that of others than the process that tells of its heap, what all of them take may say more. */
  #judgeAlone(series: MemorySeries): SeriesVerdict {
    const told = judgeSeries(series)
    if (!this.#others.prevails) return told
    const outside = judgeSeries(series, { evidence: 'process' })
    // A leak inside the one stays a leak, whatever the others do.
    if (outside.verdict !== 'leak' && (outside.verdict !== 'growing' || told.verdict === 'leak')) return told
    const reason = { for: true, text: `what grows is in other processes than pid ${this.#insidePid}, which tells of its heap: judged by the memory of all` }
    return { ...outside, reasons: [...outside.reasons.slice(0, 1), reason, ...outside.reasons.slice(1)] }
  }

  #wantsCause(verdict: SeriesVerdict | undefined): boolean {
    const { cause } = this.#options
    if (cause === undefined) return false
    if (cause.isWanted?.() === true) return true
    if (cause.when !== 'leak' || verdict === undefined) return false
    this.#inARow = isTimeForCause(verdict, this.#recorder.series(this.#name)) ? this.#inARow + 1 : 0
    return this.#inARow >= AGREEING
  }

  async #findCause(known: SeriesVerdict | undefined): Promise<WatchResult> {
    const series = this.#recorder.series(this.#name)
    const verdict = known ?? this.#judgeAlone(series)
    const pid = this.#watched.mainPid()
    await this.#inside?.close() // its inspector is the hunt's from now on
    this.#inside = undefined
    const { steps, find } = await planCause({ pid, runtime: runtimeOfProcess(pid), verdict, series, metricsUrl: this.#options.metricsUrl, socketFolder: this.#started?.socketFolder }, this.#options.cause!, this.#run)
    this.#say({ kind: 'cause', verdict, series, plan: steps })
    const cause = await find?.(this.#run, (event) => this.#say({ kind: 'hunt', event }))
    if (cause !== undefined) this.#journal?.addReport(this.#stored, Date.now(), cause)
    return { series, verdict, ended: 'what holds the memory was looked for', cause }
  }

  /** Follows a target that started anew; false when there is nothing to follow. */
  async #again(waitMs: number): Promise<boolean> {
    const next = await openAgain(this.#options.target, this.#options.children ?? 'without', this.#run, waitMs)
    if (next === undefined) return false
    this.#clock.tick(Infinity) // nobody was late: there was nothing to look at
    await this.#inside?.close()
    this.#watched = next
    this.#deepAtMs = -Infinity
    this.#recorder.restart(this.#identity())
    this.#say({ kind: 'restarted', pid: next.pid })
    await this.#lookInside()
    return true
  }

  /** A wrapper that we started (pyenv, npx) may have become the program it wraps: what was measured so far was another's memory. */
  async #lookAgain(): Promise<void> {
    const executable = procLink(`/proc/${this.#watched.pid}/exe`)
    if (this.#started !== undefined && executable !== '' && executable !== this.#executable) {
      await this.#inside?.close()
      this.#executable = executable
      this.#watched = openProcess(this.#started.pid, 'with')
      this.#recorder.restart(this.#identity())
      this.#say({ kind: 'became', command: this.#watched.command })
      await this.#lookInside()
    } else if (this.#inside?.from.length === 0) await this.#lookInside()
  }

  async #lookInside(): Promise<void> {
    const { metricsUrl, gcLogPath, inside, target } = this.#options
    this.#insidePid = this.#watched.mainPid()
    this.#others.clear()
    this.#inside = await Inside.open(this.#insidePid, { metricsUrl, gcLogPath, inside, target, heard: this.#started?.heard })
    if (this.#inside.from.length > 0) this.#say({ kind: 'inside', from: this.#inside.from })
    const { pid, command, startedAtMs } = this.#watched
    this.#recorder.identify(this.#identity())
    this.#stored = this.#journal?.enter({ ...this.#identity(), pid, command, startedAtMs }, Date.now())
  }

  #identity(): MemorySeries['process'] {
    const { pid, command, startedAtMs } = this.#watched
    return { pid, command, startedAtMs, runtime: this.#inside?.runtime ?? runtimeOfProcess(this.#watched.mainPid()) }
  }
}
