import { bytesText } from '../../base/bytes-text.ts'
import { UsageError } from '../../base/errors.ts'
import { safeText } from '../../base/safe-text.ts'
import { takeSnapshot } from '../../jobs/snapshot.ts'
import type { SnapshotPlan } from '../../jobs/snapshot/snapshot-plan.ts'
import type { DefineCommand } from '../command.ts'
import { durationArgument, durationOption, targetOf, wholeNumber } from './target-options.ts'

interface SnapshotOptions {
  pid?: number
  inspect?: string
  url?: string
  worker?: string
  out?: string
  after?: number
  startTimeout: number
  forceSnapshot?: true
  json?: true
}

// A program just started has not done anything yet; two profiles of a service should be some requests apart.
const AFTER_MS = { launch: 2000, pprof: 10_000 } as const

export const define: DefineCommand = (command, shell) => {
  command
    .description('Take one heap snapshot of a running program (Node, Java, Python, Go), with care: forecast first, whole or not at all.')
    .usage('[options] PID | --inspect ADDRESS | URL | -- node app.js')
    .argument('[command...]', 'a pid, the address of /debug/pprof, or a Node program to start, after --')
    .option('--pid <pid>', 'a program that runs already; what it is, is seen', wholeNumber(1))
    .option('--inspect <address>', 'a Node program whose inspector is open: ws://…, host:port or port')
    .option('--url <address>', 'a Go program that serves net/http/pprof: http://host:port/debug/pprof')
    .option('--worker <name>', 'of this worker thread of a Node program: its number, or its name')
    .option('-o, --out <file>', 'where to (default: a name with the time, in this folder)')
    .option('--after <time>', 'a program that is started: how long it runs first (2 s); Go: between its two profiles (10 s)', durationArgument)
    .addOption(durationOption('--start-timeout <time>', 'how long it may take until its inspector is open', 30_000))
    .option('--force-snapshot', 'take it even where the forecast says that memory or disk will not do')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ stillhere snapshot 5120
  $ stillhere snapshot --pid 5120 --out before.heapsnapshot
  $ stillhere snapshot --inspect 9229
  $ stillhere snapshot 5120 --worker 3
  $ stillhere snapshot http://127.0.0.1:6060/debug/pprof --after 30s
  $ stillhere snapshot --after 30s -- node app.js`,
    )
    .action(async (args: string[], options: SnapshotOptions) => {
      const target = snapshotTarget(args, options)
      const afterMs = options.after ?? (target.kind === 'launch' || target.kind === 'pprof' ? AFTER_MS[target.kind] : 0)
      const taken = await takeSnapshot({ target, path: options.out, worker: options.worker, afterMs, startTimeoutMs: options.startTimeout, snapshots: options.forceSnapshot === true ? 'forced' : 'careful' }, shell.run)
      if (options.json === true) {
        shell.write(`${JSON.stringify(taken, null, 2)}\n`)
        return
      }
      const cost = target.kind === 'pprof' ? '' : ` stood still for ${(taken.pauseMs / 1000).toFixed(1)} s`
      shell.write(`${safeText(taken.path, 400)}  ${bytesText(taken.sizeBytes)}, ${safeText(taken.target)} (${safeText(taken.runtime, 40)})${cost}\n`)
      for (const { path, what, sizeBytes } of taken.also) shell.write(`${safeText(path, 400)}  ${bytesText(sizeBytes)}, ${what}\n`)
      for (const line of taken.firstEvidence) shell.write(`  ${safeText(line, 200)}\n`)
    })
}

/** `snapshot 5120` and `snapshot http://…` say as well what is meant. */
function snapshotTarget(args: readonly string[], { pid, inspect, url }: SnapshotOptions): SnapshotPlan['target'] {
  const [only = ''] = args.length === 1 ? args : []
  const address = url ?? (/^https?:\/\//.test(only) ? only : undefined)
  if (address !== undefined) {
    if (pid !== undefined || inspect !== undefined || (url !== undefined && args.length > 0)) throw new UsageError({ argument: '--url', given: 'another target beside it', allowed: 'one program' })
    return { kind: 'pprof', url: address }
  }
  if (/^\d+$/.test(only) && pid === undefined && inspect === undefined) return { kind: 'pid', pid: Number(only) }
  return targetOf(args, { ...(pid === undefined ? {} : { pid }), ...(inspect === undefined ? {} : { inspect }) })
}
