import { bytesText } from '../../base/bytes-text.ts'
import { UsageError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import { confirmationPlan, confirmLeak, type ConfirmOptions } from '../../jobs/confirm.ts'
import { findProcess, type ProcessByName } from '../../jobs/watch/open-target.ts'
import type { DefineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { addExamples } from '../report-options.ts'
import { durationOption, wholeNumber } from './target-options.ts'

interface Options {
  pid?: number
  collect?: number | true
  every: number
  idleStop?: string
  idleResume?: string
  doubleStart?: string
  doubleEnd?: string
  restart?: string | true
  name?: string
  service?: string
  for: number
  dryRun?: boolean
  json?: boolean
}

export const define: DefineCommand = (command, shell) => {
  command
    .description('Confirm or refute a leak by disturbing the process: forced collections, an idle phase, twice the load, a restart. Each is done only when asked for.')
    .option('-p, --pid <pid>', 'the process', wholeNumber(1))
    .option('--name <text>', 'or part of its command line: it is found again by that after a restart')
    .option('--service <name>', 'or its name for systemd: its main process, also after a restart')
    .option('--collect [count]', 'force this many full collections (8): Node, Java', wholeNumber(5))
    .addOption(durationOption('--every <time>', 'time between two collections', 5000))
    .option('--idle-stop <command>', 'stops the load')
    .option('--idle-resume <command>', 'starts it again')
    .option('--double-start <command>', 'doubles the load')
    .option('--double-end <command>', 'brings it back')
    .option('--restart [command]', 'restarts the program, with this command or, as a --service, by systemctl; needs --name or --service')
    .addOption(durationOption('--for <time>', 'length of each phase of idling, doubling or restarting', 60_000))
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'print JSON')
    .action(async (given: Options) => {
      const options = await planned(given, shell.run)
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
    ['stillhere confirm --service shop --collect --restart', 'and whether it begins anew after `systemctl restart shop`'],
    ["stillhere confirm --pid 812 --collect --restart 'systemctl restart shop' --name shop.js", 'and whether it begins anew after a restart'],
  ])
}

async function planned(given: Options, run: Run): Promise<ConfirmOptions> {
  const { collect, idleStop, idleResume, doubleStart, doubleEnd, name, service } = given
  if (collect === undefined && idleStop === undefined && doubleStart === undefined && given.restart === undefined) {
    throw new UsageError({ argument: 'steps', given: 'none', allowed: '--collect, --idle-stop, --double-start or --restart', hint: 'Nothing disturbs the process unless you say so. Try --collect --dry-run first.' })
  }
  const target: ProcessByName | undefined = name !== undefined ? { kind: 'name', name } : service !== undefined ? { kind: 'service', name: service } : undefined
  if (target === undefined && given.pid === undefined) throw new UsageError({ argument: 'process', given: 'none', allowed: '--pid, --name or --service' })
  if (given.restart !== undefined && target === undefined) throw new UsageError({ argument: '--restart', given: 'no --name and no --service', allowed: '--name with part of its command line, to find it again' })
  const restart = given.restart === true ? restartCommand(service) : given.restart
  return {
    pid: given.pid ?? (await findProcess(target!, run)),
    collect: collect === undefined ? undefined : { count: collect === true ? 8 : collect, everyMs: given.every },
    idle: idleStop === undefined ? undefined : { stop: idleStop, resume: idleResume, forMs: given.for },
    double: doubleStart === undefined ? undefined : { start: doubleStart, end: doubleEnd, forMs: given.for },
    restart: restart === undefined || target === undefined ? undefined : { command: restart, target, forMs: given.for },
  }
}

function restartCommand(service: string | undefined): string {
  if (service === undefined) throw new UsageError({ argument: '--restart', given: 'no command', allowed: 'the command that restarts it; only a --service needs none' })
  return `systemctl restart '${service.replaceAll("'", "'\\''")}'`
}
