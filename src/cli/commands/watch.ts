import { Option } from 'commander'
import { StoreError, UsageError } from '../../base/errors.ts'
import { safeText } from '../../base/safe-text.ts'
import { readyStorePath } from '../../jobs/store-path.ts'
import type { WatchEvent, WatchResult, WatchTarget } from '../../jobs/watch/watch-plan.ts'
import { watchAll } from '../../jobs/watch-all.ts'
import type { MemorySeries } from '../../model/memory-series.ts'
import { headline, renderSeries } from '../../render/series-text.ts'
import type { DefineCommand } from '../command.ts'
import { EXIT, exitCodeOfError } from '../exit-code.ts'
import { narrator } from '../hunt-narrator.ts'
import { addExamples } from '../report-options.ts'
import type { Shell } from '../shell.ts'
import { openLiveAll } from '../terminal/live-all.ts'
import { openLiveView } from '../terminal/live-watch.ts'
import { tableLines } from '../terminal/process-table.ts'
import { readVersion } from '../version.ts'
import { durationArgument, durationOption, wholeNumber } from './target-options.ts'

interface Options {
  pid?: number
  name?: string
  service?: string
  cgroup?: string
  container?: string
  all?: boolean
  every: number
  for?: number
  children?: boolean
  metrics?: string
  gcLog?: string
  inside: boolean
  baseline?: string
  then?: 'hunt'
  out?: string
  store?: string | boolean
  plain?: boolean
  json?: boolean
  failOn: 'leak' | 'growing' | 'never'
}

export const define: DefineCommand = (command, shell) => {
  command
    .description('Watch a running process: does its memory leak, how fast, and how long until it hurts?')
    .usage('[options] [-- command args]')
    .argument('[command...]', 'the program to start, after --')
    .option('-p, --pid <pid>', 'a process that runs already', wholeNumber(1))
    .option('--name <text>', 'the newest process with this in its command line, through its restarts')
    .option('--service <name>', 'a service of systemd, through its restarts')
    .option('--container <id>', 'a container, by the beginning of its id (docker, podman, containerd, cri-o)')
    .option('--cgroup <path>', 'a memory group, v1 or v2, below /sys/fs/cgroup')
    .option('--all', 'all processes of this machine: which of them grow?')
    .addOption(durationOption('--every <time>', 'how often to look', 1000))
    .option('--for <time>', 'end after this long', durationArgument)
    .option('--children', 'count what it started as its own memory')
    .option('--metrics <url>', 'read also this page of the program: Prometheus, /debug/vars, /debug/pprof/')
    .option('--gc-log <file>', 'follow the log its collector writes: what that says is the live heap')
    .option('--no-inside', 'ask nothing inside the runtime: no inspector that is open, no counters of a JVM')
    .option('--baseline <file|id>', 'give the verdict beside this earlier, healthy recording')
    .addOption(new Option('--then <what>', 'when it leaks: hunt for what holds the memory').choices(['hunt']))
    .option('-o, --out <folder>', 'keep the captures and the report of --then there')
    .option('--store [file]', 'keep samples and verdicts (see `stillhere history`)')
    .option('--plain', 'plain lines, also on a terminal')
    .option('--json', 'print one JSON object a line: samples, verdicts, the end')
    .addOption(new Option('--fail-on <verdict>', 'the mildest verdict that ends with exit code 1').choices(['leak', 'growing', 'never']).default('leak'))
    .action(async (args: string[], options: Options) => {
      if (options.all === true) await runAll(shell, options)
      else await runOne(shell, targetOf(args, options), options)
    })
  addExamples(command, [
    ['stillhere watch --pid 812', 'watch until it ends or Ctrl-C, then give the last word'],
    ['stillhere watch --for 10m -- python3 worker.py', 'start it, watch it for ten minutes'],
    ['stillhere watch --service shop --then hunt', 'as soon as it leaks: what holds the memory?'],
    ['stillhere watch --all --for 5m', 'which process of this machine grows?'],
  ])
}

async function runOne(shell: Shell, target: WatchTarget, options: Options, huntAtOnce: 'hunt' | 'watch' = 'watch'): Promise<void> {
  // Loaded when it is needed: a watch of a whole machine stays small by what it does not load.
  const { watchProcess } = await import('../../jobs/watch-process.ts')
  const healthy = await healthyRecording(shell, options)
  const live = isLive(shell, options) ? await openLiveView(shell, { metricsUrl: options.metrics }) : undefined
  const tellLine = options.json === true ? jsonWriter(shell) : plainTeller(shell)
  const isWanted = (): boolean => huntAtOnce === 'hunt' || live?.isHuntWanted() === true
  const result = await watchProcess(
    {
      target,
      everyMs: options.every,
      streams: live === undefined ? 'shared' : 'told',
      forMs: options.for,
      children: options.children === true ? 'with' : 'without',
      metricsUrl: options.metrics,
      gcLogPath: options.gcLog,
      inside: options.inside ? 'read' : 'leave',
      healthy,
      storePath: options.store === undefined || options.store === false ? undefined : readyStorePath(storeOf(options)),
      cause: options.then === undefined && live === undefined && huntAtOnce === 'watch' ? undefined : { when: options.then === undefined ? 'asked' : 'leak', isWanted, keepIn: options.out, version: readVersion() },
      onEvent(event) {
        live?.onEvent(event)
        if (event.kind === 'store-failed') shell.endWith(exitCodeOfError(event.error))
        // The picture is gone once a cause is looked for; what comes then stays on the page.
        if (live === undefined || event.kind === 'cause' || event.kind === 'hunt') tellLine(event)
        else if (event.kind === 'ended') for (const line of live.lastWords()) shell.tell(line)
      },
    },
    live?.run ?? shell.run,
  ).finally(() => live?.close())
  finish(shell, result, options)
}

function finish(shell: Shell, { series, verdict, cause, ended }: WatchResult, options: Options): void {
  if (options.json === true) shell.write(`${JSON.stringify({ event: 'result', verdict, ended, cause })}\n`)
  else if (cause === undefined) shell.write(`\n${renderSeries(series, verdict)}`)
  const found = verdict.verdict === 'leak' || (verdict.verdict === 'growing' && options.failOn === 'growing')
  if (found && options.failOn !== 'never') shell.endWith(EXIT.found)
  // Rounds were told while they ran. The verdict on the process stands whatever was found inside it.
  if (cause !== undefined && options.json !== true) {
    const { rounds: _, snapshots: __, ...details } = cause.details ?? {}
    shell.finish({ ...cause, details }, { failOn: options.failOn === 'never' ? 'never' : 'leak' })
    if (options.out !== undefined) shell.tell(`report and captures: ${safeText(options.out)}`)
  }
}

/** Plain lines: one when it starts, one for each verdict, one when it ends. Good in a log as on a terminal. */
function plainTeller(shell: Shell): (event: WatchEvent) => void {
  const hunting = narrator(shell, {})
  return (event) => {
    const line = (text: string): void => shell.write(`${new Date().toISOString().slice(11, 19)}  ${text}\n`)
    switch (event.kind) {
      case 'started':
        line(`watching ${safeText(event.command, 50)} (pid ${event.pid})`)
        for (const path of event.closed) shell.tell(`  ${path} is closed to this user`)
        if (event.closed.length > 0) shell.tell('  for a surer answer run as root, as its owner, or with CAP_SYS_PTRACE')
        break
      case 'inside':
        line(`numbers from inside: ${event.from.join(', ')}`)
        break
      case 'outside':
        line(`nothing is known from inside; a surer verdict: ${event.way}`)
        break
      case 'inside-of-one':
        line(`numbers from inside are those of pid ${event.pid} alone, not of ${event.others} more`)
        break
      case 'silent':
        line(`nothing came so far from ${event.from.join(', ')}`)
        break
      case 'verdict':
        line(headline(event.verdict))
        break
      case 'became':
        line(`it has become ${safeText(event.command, 60)}`)
        break
      case 'restarted':
        line(`restarted, now pid ${event.pid}`)
        break
      case 'slept':
        line(`the machine slept, or its clock was set forward: ${Math.round(event.ms / 1000)} s without samples`)
        break
      case 'late':
        line(`no samples for ${Math.round(event.ms / 1000)} s: the machine was too busy, or the watch was stopped`)
        break
      case 'set-back':
        line(`the clock was set back by ${Math.round(event.ms / 1000)} s; the times of the samples go on as they were`)
        break
      case 'output':
        shell.tell(event.line)
        break
      case 'store-failed':
        shell.tell(`stillhere: ${safeText(event.error.message, 400)}; the watch goes on without keeping what it sees`)
        if (event.error.hint !== undefined) shell.tell(`  ${safeText(event.error.hint, 400)}`)
        break
      case 'cause':
        shell.write(`\n${renderSeries(event.series, event.verdict)}\n`)
        for (const step of event.plan) shell.tell(`will ${safeText(step, 400)}`)
        break
      case 'hunt':
        hunting(event.event)
        break
      case 'ended':
        line(event.why)
        break
      case 'sample':
    }
  }
}

function jsonWriter(shell: Shell): (event: WatchEvent) => void {
  return (event) => {
    if (event.kind === 'output') return shell.tell(event.line)
    const { kind, ...rest } = event
    const shown = kind === 'cause' ? { verdict: event.verdict, plan: event.plan } : kind === 'store-failed' ? { problem: event.error.message } : rest
    shell.write(`${JSON.stringify({ event: kind, ...shown })}\n`)
  }
}

async function runAll(shell: Shell, options: Options): Promise<void> {
  const live = isLive(shell, options) ? await openLiveAll(shell) : undefined
  let toldAt = 0
  const growing = await watchAll(
    {
      everyMs: options.every,
      forMs: options.for,
      storePath: options.store === undefined || options.store === false ? undefined : readyStorePath(storeOf(options)),
      onStoreTrouble(error: StoreError) {
        shell.tell(`stillhere: ${safeText(error.message, 400)}; the watch goes on without keeping what it sees`)
        shell.endWith(exitCodeOfError(error))
      },
      onTick(tick) {
        live?.onTick(tick)
        if (live !== undefined || options.json === true || tick.seconds - toldAt < 30) return
        toldAt = tick.seconds
        shell.write(`${Math.round(tick.seconds)} s, ${tick.processes().length} processes\n${tableLines(tick.growing.slice(0, 5)).join('\n')}\n`)
      },
    },
    live?.run ?? shell.run,
  ).finally(() => live?.close())
  const chosen = live?.chosen()
  if (chosen !== undefined) return runOne(shell, { kind: 'pid', pid: chosen.pid }, options, chosen.to)
  if (options.json === true) {
    for (const { series: _, ...rest } of growing) shell.write(`${JSON.stringify(rest)}\n`)
  } else shell.write(growing.length === 0 ? 'No process grew.\n' : `${tableLines(growing).join('\n')}\n`)
  if (options.failOn !== 'never' && growing.some(({ verdict }) => verdict?.verdict === 'leak')) shell.endWith(EXIT.found)
}

async function healthyRecording(shell: Shell, options: Options): Promise<MemorySeries | undefined> {
  if (options.baseline === undefined) return undefined
  const { openHealthyRecording } = await import('../../jobs/watch/healthy-recording.ts')
  return await openHealthyRecording(options.baseline, readyStorePath(storeOf(options)), shell.run)
}

function isLive(shell: Shell, { json, plain }: Options): boolean {
  // A terminal that cannot move its cursor gets lines.
  return shell.isTerminal && json !== true && plain !== true && process.env['TERM'] !== 'dumb'
}

function storeOf({ store }: Options): string | undefined {
  return typeof store === 'string' ? store : undefined
}

function targetOf(args: readonly string[], { pid, name, service, cgroup, container }: Options): WatchTarget {
  const given: WatchTarget[] = []
  if (args.length > 0) given.push({ kind: 'command', command: args })
  if (pid !== undefined) given.push({ kind: 'pid', pid })
  if (name !== undefined) given.push({ kind: 'name', name })
  if (service !== undefined) given.push({ kind: 'service', name: service })
  if (cgroup !== undefined) given.push({ kind: 'cgroup', path: cgroup })
  if (container !== undefined) given.push({ kind: 'container', id: container })
  const [only, ...others] = given
  if (only === undefined || others.length > 0) {
    throw new UsageError({
      argument: 'target',
      given: only === undefined ? 'none' : 'more than one',
      allowed: 'a command after --, or one of --pid, --name, --service, --container, --cgroup, --all',
      hint: 'stillhere watch -- python3 worker.py',
    })
  }
  return only
}
