import { bytesText } from '../../base/bytes-text.ts'
import { safeText } from '../../base/safe-text.ts'
import { takeSnapshot } from '../../jobs/snapshot.ts'
import type { DefineCommand } from '../command.ts'
import { durationArgument, targetOf, wholeNumber } from './target-options.ts'

interface SnapshotOptions {
  pid?: number
  inspect?: string
  out?: string
  after: number
  startTimeout: number
  forceSnapshot?: true
  json?: true
}

export const define: DefineCommand = (command, shell) => {
  command
    .description('Take one heap snapshot of a running Node program, with care: forecast first, whole or not at all.')
    .usage('[options] --pid N | --inspect ADDRESS | -- node app.js')
    .argument('[command...]', 'a program to start, after --')
    .option('--pid <pid>', 'a program that runs already; its inspector is opened by SIGUSR1 and closed again', wholeNumber(1))
    .option('--inspect <address>', 'a program whose inspector is open: ws://…, host:port or port')
    .option('-o, --out <file>', 'where to (default: <time>.heapsnapshot in this folder)')
    .option('--after <time>', 'a program that is started: how long it runs first', durationArgument, 2000)
    .option('--start-timeout <time>', 'how long it may take until its inspector is open', durationArgument, 30_000)
    .option('--force-snapshot', 'take it even where the forecast says that memory will not do')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ stillhere snapshot --pid 5120 --out before.heapsnapshot
  $ stillhere snapshot --inspect 9229
  $ stillhere snapshot --after 30s -- node app.js`,
    )
    .action(async (args: string[], options: SnapshotOptions) => {
      const path = options.out ?? `${new Date().toISOString().replace(/\.\d+Z$/, '').replaceAll(':', '')}.heapsnapshot`
      const taken = await takeSnapshot(
        {
          target: targetOf(args, options),
          path,
          afterMs: args.length === 0 ? 0 : options.after,
          startTimeoutMs: options.startTimeout,
          snapshots: options.forceSnapshot === true ? 'forced' : 'careful',
        },
        shell.run,
      )
      if (options.json === true) {
        shell.write(`${JSON.stringify(taken, null, 2)}\n`)
        return
      }
      shell.write(`${safeText(taken.path, 400)}  ${bytesText(taken.sizeBytes)}, ${safeText(taken.target)} (Node ${safeText(taken.nodeVersion, 40)}) stood still for ${(taken.pauseMs / 1000).toFixed(1)} s\n`)
    })
}
