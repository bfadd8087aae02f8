import { Option } from 'commander'
import { bytesText } from '../../base/bytes-text.ts'
import { UsageError } from '../../base/errors.ts'
import { safeText } from '../../base/safe-text.ts'
import { readyStorePath } from '../../jobs/history.ts'
import { type GrowingProcess, watchAll } from '../../jobs/watch-all.ts'
import { type WatchEvent, watchProcess, type WatchTarget } from '../../jobs/watch-process.ts'
import { headline, renderSeries } from '../../render/series-text.ts'
import type { DefineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { addExamples } from '../report-options.ts'
import type { Shell } from '../shell.ts'
import { openLiveView } from '../terminal/live-watch.ts'
import { durationArgument, wholeNumber } from './target-options.ts'

interface Options {
  pid?: number
  name?: string
  all?: boolean
  every: number
  for?: number
  children?: boolean
  metrics?: string
  inside: boolean
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
    .option('--all', 'all processes of this machine: which of them grow?')
    .option('--every <time>', 'how often to look', durationArgument, 1000)
    .option('--for <time>', 'end after this long', durationArgument)
    .option('--children', 'count what it started as its own memory')
    .option('--metrics <url>', 'read also this Prometheus page of the program')
    .option('--no-inside', 'do not ask an inspector that is open already')
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
    ['stillhere watch --all --for 5m', 'which process of this machine grows?'],
  ])
}

async function runOne(shell: Shell, target: WatchTarget, options: Options): Promise<void> {
  const live = shell.isTerminal && options.json !== true && options.plain !== true ? await openLiveView(shell) : undefined
  const { series, verdict } = await watchProcess(
    {
      target,
      everyMs: options.every,
      forMs: options.for,
      children: options.children === true ? 'with' : 'without',
      metricsUrl: options.metrics,
      inside: options.inside ? 'read' : 'leave',
      storePath: options.store === undefined || options.store === false ? undefined : readyStorePath(options.store === true ? undefined : String(options.store)),
      onEvent: live?.onEvent ?? (options.json === true ? (event) => writeJson(shell, event) : (event) => tell(shell, event)),
    },
    live?.run ?? shell.run,
  ).finally(() => live?.close())
  if (options.json === true) shell.write(`${JSON.stringify({ event: 'result', verdict })}\n`)
  else shell.write(`\n${renderSeries(series, verdict)}`)
  const found = verdict.verdict === 'leak' || (verdict.verdict === 'growing' && options.failOn === 'growing')
  if (found && options.failOn !== 'never') shell.endWith(EXIT.found)
}

/** Plain lines: one when it starts, one for each verdict, one when it ends. Good in a log as on a terminal. */
function tell(shell: Shell, event: WatchEvent): void {
  const now = new Date().toISOString().slice(11, 19)
  switch (event.kind) {
    case 'started':
      shell.write(`${now}  watching ${safeText(event.command, 50)} (pid ${event.pid})\n`)
      for (const path of event.closed) shell.tell(`  ${path} is closed to this user: run as root or as the owner for a surer answer`)
      break
    case 'verdict':
      shell.write(`${now}  ${headline(event.verdict)}\n`)
      break
    case 'restarted':
      shell.write(`${now}  restarted, now pid ${event.pid}\n`)
      break
    case 'slept':
      shell.write(`${now}  no samples for ${Math.round(event.ms / 1000)} s: the machine slept or was busy\n`)
      break
    case 'ended':
      shell.write(`${now}  ${event.why}\n`)
      break
    case 'sample':
  }
}

function writeJson(shell: Shell, event: WatchEvent): void {
  const { kind, ...rest } = event
  shell.write(`${JSON.stringify({ event: kind, ...rest })}\n`)
}

async function runAll(shell: Shell, options: Options): Promise<void> {
  let toldAt = 0
  const growing = await watchAll(
    {
      everyMs: options.every,
      forMs: options.for,
      onTick: ({ seconds, processes, growing: some }) => {
        if (options.json === true || seconds - toldAt < 30) return
        toldAt = seconds
        shell.write(`${Math.round(seconds)} s, ${processes} processes\n${table(some.slice(0, 5))}`)
      },
    },
    shell.run,
  )
  if (options.json === true) {
    for (const { series: _, ...rest } of growing) shell.write(`${JSON.stringify(rest)}\n`)
  } else shell.write(growing.length === 0 ? 'No process grew.\n' : table(growing))
  if (options.failOn !== 'never' && growing.some(({ verdict }) => verdict?.verdict === 'leak')) shell.endWith(EXIT.found)
}

function table(growing: readonly GrowingProcess[]): string {
  const lines = growing.map(({ pid, command, fromBytes, toBytes, verdict }) => {
    const word = verdict === undefined ? '' : verdict.verdict === 'leak' ? `LEAK ${verdict.confidence.toFixed(2)}` : verdict.verdict
    return `${String(pid).padStart(8)}  ${`+${bytesText(toBytes - fromBytes)}`.padStart(9)}  ${bytesText(toBytes).padStart(8)}  ${word.padEnd(10)}  ${safeText(command, 38)}`
  })
  return `${['     pid     growth       now  verdict     command', ...lines].join('\n')}\n`
}

function targetOf(args: readonly string[], { pid, name }: Options): WatchTarget {
  const given = [args.length > 0, pid !== undefined, name !== undefined].filter(Boolean).length
  if (given !== 1) {
    throw new UsageError({ argument: 'target', given: given === 0 ? 'none' : 'more than one', allowed: 'a command after --, or --pid N, or --name TEXT, or --all', hint: 'stillhere watch -- python3 worker.py' })
  }
  if (pid !== undefined) return { kind: 'pid', pid }
  if (name !== undefined) return { kind: 'name', name }
  return { kind: 'command', command: args }
}
