import { bytesText } from '../../base/bytes-text.ts'
import { UsageError } from '../../base/errors.ts'
import { confirmationPlan, confirmLeak, type ConfirmOptions } from '../../jobs/confirm.ts'
import type { DefineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { addExamples } from '../report-options.ts'
import { durationArgument, wholeNumber } from './target-options.ts'

interface Options {
  pid: number
  collect?: number | true
  every: number
  idleStop?: string
  idleResume?: string
  restart?: string
  name?: string
  for: number
  dryRun?: boolean
  json?: boolean
}

export const define: DefineCommand = (command, shell) => {
  command
    .description('Confirm or refute a leak by disturbing the process: forced collections, an idle phase, a restart. Each is done only when asked for.')
    .requiredOption('-p, --pid <pid>', 'the process', wholeNumber(1))
    .option('--collect [count]', 'force this many full collections (8): Node, Java', wholeNumber(5))
    .option('--every <time>', 'time between two collections', durationArgument, 5000)
    .option('--idle-stop <command>', 'stops the load')
    .option('--idle-resume <command>', 'starts it again')
    .option('--restart <command>', 'restarts the program; needs --name')
    .option('--name <text>', 'how to find it after the restart: part of its command line')
    .option('--for <time>', 'length of each phase of idling or restarting', durationArgument, 60_000)
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'print JSON')
    .action(async (given: Options) => {
      const options = planned(given)
      for (const line of confirmationPlan(options)) shell.tell(`will ${line}`)
      if (given.dryRun === true) return
      const { grade, bytesPerHour, steps } = await confirmLeak({ ...options, onStep: (text) => shell.tell(text) }, shell.run)
      if (given.json === true) shell.write(`${JSON.stringify({ grade, bytesPerHour, steps }, null, 2)}\n`)
      else {
        const rate = bytesPerHour === undefined ? '' : `, ${bytesText(bytesPerHour)}/h`
        shell.write(grade === 'refuted' ? 'NO LEAK\n' : grade === 'open' ? 'OPEN\n' : `LEAK, certainty ${grade}${rate}\n`)
        for (const { step, outcome, text } of steps) shell.write(`  ${outcome === 'for' ? '+' : outcome === 'against' ? '−' : '?'} ${step}: ${text}\n`)
      }
      if (grade === 'high' || grade === 'very high' || grade === 'medium') shell.endWith(EXIT.found)
    })
  addExamples(command, [
    ['stillhere confirm --pid 812 --collect', 'eight forced collections, 35 s'],
    ["stillhere confirm --pid 812 --collect --restart 'systemctl restart shop' --name shop.js", 'and whether it begins anew after a restart'],
  ])
}

function planned(given: Options): ConfirmOptions {
  if (given.collect === undefined && given.idleStop === undefined && given.restart === undefined) {
    throw new UsageError({ argument: 'steps', given: 'none', allowed: '--collect, --idle-stop or --restart', hint: 'Nothing disturbs the process unless you say so. Try --collect --dry-run first.' })
  }
  if (given.restart !== undefined && given.name === undefined) throw new UsageError({ argument: '--restart', given: 'no --name', allowed: '--name with part of its command line, to find it again' })
  return {
    pid: given.pid,
    collect: given.collect === undefined ? undefined : { count: given.collect === true ? 8 : given.collect, everyMs: given.every },
    idle: given.idleStop === undefined ? undefined : { stop: given.idleStop, resume: given.idleResume, forMs: given.for },
    restart: given.restart === undefined || given.name === undefined ? undefined : { command: given.restart, name: given.name, forMs: given.for },
  }
}
