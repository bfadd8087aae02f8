import { UsageError } from '../../base/errors.ts'
import { renderJson } from '../../render/json.ts'
import type { Report } from '../../model/report.ts'
import { verifyByHunt, verifyReports } from '../../jobs/verify.ts'
import { RUNTIMES } from '../../jobs/hunt/hunt-plan.ts'
import { readReport } from '../../jobs/verify/read-report.ts'
import { recordedHunt } from '../../jobs/verify/recorded-hunt.ts'
import { expectPlaceFor } from '../../jobs/output-place.ts'
import { NOT_KEPT } from '../../jobs/write-report.ts'
import { writeWholeFile } from '../../jobs/write-whole-file.ts'
import type { DefineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { narrator } from '../hunt-narrator.ts'
import { readVersion } from '../version.ts'
import { type HuntOptions, planOf } from './hunt.ts'
import { durationArgument, durationOption, wholeNumber } from './target-options.ts'

/** Every option of the hunt may be given; what is not is taken from the report. */
interface VerifyOptions extends Partial<Omit<HuntOptions, 'json'>> {
  before: string
  after?: string
  json?: string | true
}

export const define: DefineCommand = (command, shell) => {
  command
    .description('Verify a fix: repeat the hunt of a report, beside a planted leak that must be seen, and say what is gone.')
    .usage('--before <report> [options] -- node app.js [args]')
    .argument('[command...]', 'the fixed program, after --')
    .requiredOption('--before <report>', 'the report of the hunt before the fix (JSON)')
    .option('--after <report>', 'compare with this report instead of hunting: nothing is planted')
    .option('-r, --request <path|url>', 'the operation, instead of the one of the report')
    .option('--op <module>', 'the operation is the function `operation` this module exports')
    .option('--method <method>', 'HTTP method')
    .option('--header <name: value>', 'HTTP header, may be repeated; reports do not keep them', (header: string, all: string[] | undefined) => [...(all ?? []), header])
    .option('--body <text>', 'HTTP body; reports do not keep it')
    .option('--concurrency <n>', 'operations at a time', wholeNumber(1))
    .option('--request-timeout <time>', 'how long to wait for one answer', durationArgument)
    .option('--any-status', 'count answers of 400 and above as done')
    .option('-w, --warmup <n>', 'operations before anything is measured', wholeNumber(0))
    .option('-n, --ops <n>', 'operations per round', wholeNumber(1))
    .option('--rounds <n>', 'rounds', wholeNumber(2))
    .option('--every <time>', 'without an operation: length of a round', durationArgument)
    .option('--pid <pid>', 'a program that runs already', wholeNumber(1))
    .option('--inspect <address>', 'a program whose inspector is open: ws://…, host:port or port')
    .option('--url <address>', 'a Go program that serves net/http/pprof: http://host:port/debug/pprof')
    .option('--worker <name>', 'look into this worker thread of a Node program: its number, or its name')
    .addOption(command.createOption('--runtime <name>', 'of what the program behind a wrapper is').choices(RUNTIMES))
    .addOption(durationOption('--start-timeout <time>', 'how long the program may take until it is ready', 30_000))
    .addOption(durationOption('--budget <time>', 'about how long to measure at most while undecided', 36_000))
    .option('-o, --out <folder>', 'keep the snapshots and the report of the second hunt')
    .option('--force-snapshot', 'take snapshots even where the forecast says that memory will not do')
    .option('--show-output', 'show what the program prints, on stderr')
    .option('--json [file]', 'print the report as JSON, or write it to a file')
    .addHelpText(
      'after',
      `
Ends with 0 when every leak of the report is gone or below noise; with 1 when
one is still here, one is new, or it could not be shown.

Examples:
  $ stillhere hunt --request /checkout --json before.json -- node server.js
  $ stillhere verify --before before.json -- node server.js
  $ stillhere verify --before before.json --after after.json`,
    )
    .action(async (args: string[], options: VerifyOptions) => {
      const before = await readReport(options.before)
      if (typeof options.json === 'string') expectPlaceFor(options.json, '--json')
      let report: Report
      if (options.after === undefined) {
        if (options.op !== undefined || recordedHunt(before)?.kind === 'module') shell.leaveAtEnd()
        const plan = planOf(args, asBefore(before, options))
        report = await verifyByHunt(before, plan, shell.run, narrator(shell, options))
      } else {
        if (args.length > 0) throw new UsageError({ argument: '--after', given: 'a program beside it', allowed: 'a report, or a program after --' })
        report = verifyReports(before, await readReport(options.after), { version: readVersion() })
      }
      const { rounds: _, repeat: __, ...details } = report.details ?? {}
      shell.finish(options.json === true ? report : { ...report, details }, { json: options.json === true })
      if (typeof options.json === 'string') await writeWholeFile(options.json, renderJson(report))
      if (report.notices.some(({ code }) => code === NOT_KEPT)) shell.endWith(EXIT.store)
      // Here 0 is a claim: that the leak is gone. What was not shown must not pass for it.
      if (report.verdict === 'undecided') shell.endWith(EXIT.found)
    })
}

/** The options of the hunt that is repeated; what the command line says comes first. */
function asBefore(before: Report, options: VerifyOptions): HuntOptions {
  const given = options.request !== undefined || options.op !== undefined || options.every !== undefined
  const recorded = recordedHunt(before)
  if (recorded === undefined && !given) {
    throw new UsageError({ argument: '--before', given: `a report of ${before.command} that does not say how to repeat it`, allowed: 'a report of hunt', hint: 'Say what to repeat: --request /path, --op MODULE or --every 1s; or compare two reports: --after REPORT' })
  }
  const same = given ? undefined : recorded
  if ((same?.headerNames?.length ?? 0) > (options.header?.length ?? 0)) {
    throw new UsageError({ argument: '--header', given: `${options.header?.length ?? 0} of ${same!.headerNames!.length} headers`, allowed: `the headers of the hunt before (${same!.headerNames!.join(', ')}); reports do not keep what they said` })
  }
  if (same?.hadBody === true && options.body === undefined) {
    throw new UsageError({ argument: '--body', given: 'none', allowed: 'the body of the hunt before; reports do not keep it' })
  }
  const { before: _, after: __, json: ___, ...own } = options
  const anyStatus = options.anyStatus ?? (same?.accept === 'any' ? true : undefined)
  return {
    ...own,
    ...(same?.kind === 'request' && same.address !== undefined ? { request: same.address } : {}),
    ...(same?.kind === 'module' && same.path !== undefined ? { op: same.path } : {}),
    ...(anyStatus === undefined ? {} : { anyStatus }),
    ...(options.worker === undefined && same?.worker === undefined ? {} : { worker: options.worker ?? same!.worker! }),
    method: options.method ?? same?.method ?? 'GET',
    concurrency: options.concurrency ?? recorded?.concurrency ?? 1,
    requestTimeout: options.requestTimeout ?? same?.timeoutMs ?? 30_000,
    ...optional('warmup', options.warmup ?? recorded?.warmup),
    ...optional('ops', options.ops ?? recorded?.operations),
    ...optional('rounds', options.rounds ?? recorded?.rounds),
    ...optional('every', options.every ?? same?.everyMs),
    startTimeout: options.startTimeout ?? 30_000,
    budget: options.budget ?? 36_000,
    failOn: 'leak',
  }
}

function optional<K extends string>(name: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, number>)
}
