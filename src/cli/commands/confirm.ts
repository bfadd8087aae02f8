import { bytesText } from '../../base/bytes-text.ts'
import { UsageError } from '../../base/errors.ts'
import { confirmationPlan, confirmLeak, type ConfirmOptions } from '../../jobs/confirm.ts'
import type { DefineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { addExamples } from '../report-options.ts'
import { durationOption, wholeNumber } from './target-options.ts'

interface Options {
  pid: number
  collect?: number | true
  every: number
  idleStop?: string
  idleResume?: string
  doubleStart?: string
  doubleEnd?: string
  restart?: string
  name?: string
  service?: string
  for: number
  dryRun?: boolean
  json?: boolean
}

export const define: DefineCommand = (command, shell) => {
  command
    .description('Confirm or refute a leak by disturbing the process: forced collections, an idle phase, twice the load, a restart. Each is done only when asked for.')
    .requiredOption('-p, --pid <pid>', 'the process', wholeNumber(1))
    .option('--collect [count]', 'force this many full collections (8): Node, Java', wholeNumber(5))
    .addOption(durationOption('--every <time>', 'time between two collections', 5000))
    .option('--idle-stop <command>', 'stops the load')
    .option('--idle-resume <command>', 'starts it again')
    .option('--double-start <command>', 'doubles the load')
    .option('--double-end <command>', 'brings it back')
    .option('--restart <command>', 'restarts the program; needs --name or --service')
    .option('--name <text>', 'how to find it after the restart: part of its command line')
    .option('--service <name>', 'or its name for systemd; without --restart it is restarted by systemctl')
    .addOption(durationOption('--for <time>', 'length of each phase of idling, doubling or restarting', 60_000))
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
  const { collect, idleStop, idleResume, doubleStart, doubleEnd, name, service } = given
  const restart = given.restart ?? (service === undefined ? undefined : `systemctl restart '${service.replaceAll("'", "'\\''")}'`)
  if (collect === undefined && idleStop === undefined && doubleStart === undefined && restart === undefined) {
    throw new UsageError({ argument: 'steps', given: 'none', allowed: '--collect, --idle-stop, --double-start or --restart', hint: 'Nothing disturbs the process unless you say so. Try --collect --dry-run first.' })
  }
  const target = name !== undefined ? { kind: 'name' as const, name } : service !== undefined ? { kind: 'service' as const, name: service } : undefined
  if (restart !== undefined && target === undefined) throw new UsageError({ argument: '--restart', given: 'no --name and no --service', allowed: '--name with part of its command line, to find it again' })
  return {
    pid: given.pid,
    collect: collect === undefined ? undefined : { count: collect === true ? 8 : collect, everyMs: given.every },
    idle: idleStop === undefined ? undefined : { stop: idleStop, resume: idleResume, forMs: given.for },
    double: doubleStart === undefined ? undefined : { start: doubleStart, end: doubleEnd, forMs: given.for },
    restart: restart === undefined || target === undefined ? undefined : { command: restart, target, forMs: given.for },
  }
}
