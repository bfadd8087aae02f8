import { UsageError } from '../../base/errors.ts'
import { hunt } from '../../jobs/hunt.ts'
import { type HuntPlan, type OperationChoice, type Runtime, RUNTIMES } from '../../jobs/hunt/hunt-plan.ts'
import { renderJson } from '../../render/json.ts'
import { maskReport } from '../../render/mask.ts'
import type { TargetChoice } from '../../jobs/hunt/target-choice.ts'
import { expectPlaceFor } from '../../jobs/output-place.ts'
import type { DefineCommand } from '../command.ts'
import { EXIT, FAIL_ON, type FailOn } from '../exit-code.ts'
import { narrator } from '../hunt-narrator.ts'
import { MASK_ABOUT } from '../report-options.ts'
import { readVersion } from '../version.ts'
import { NOT_KEPT, writeReport } from '../../jobs/write-report.ts'
import { writeWholeFile } from '../../jobs/write-whole-file.ts'
import { durationArgument, durationOption, targetOf, wholeNumber } from './target-options.ts'

export interface HuntOptions {
  request?: string
  op?: string
  method: string
  header?: string[]
  body?: string
  concurrency: number
  requestTimeout: number
  anyStatus?: true
  warmup?: number
  ops?: number
  rounds?: number
  every?: number
  pid?: number
  inspect?: string
  url?: string
  worker?: string
  runtime?: Runtime
  startTimeout: number
  budget: number
  out?: string
  forceSnapshot?: true
  catch?: boolean
  gcLog?: string
  showOutput?: true
  json?: string | true
  failOn: FailOn
}

export const define: DefineCommand = (command, shell) => {
  command
    .description('Find the leak of a running program (Node, Java, Python, Go): repeat an operation in rounds, and say what is still here and why.')
    .usage('[options] -- node app.js [args]')
    .argument('[command...]', 'the program to start, after --')
    .option('-r, --request <path|url>', 'the operation is this HTTP request; a path goes to the port the program listens on')
    .option('--op <module>', 'the operation is the function `operation` this module exports (also setup, teardown)')
    .option('--method <method>', 'HTTP method', 'GET')
    .option('--header <name: value>', 'HTTP header, may be repeated', (header: string, all: string[] | undefined) => [...(all ?? []), header])
    .option('--body <text>', 'HTTP body')
    .option('--concurrency <n>', 'operations at a time', wholeNumber(1), 1)
    .addOption(durationOption('--request-timeout <time>', 'how long to wait for one answer', 30_000))
    .option('--any-status', 'count answers of 400 and above as done: hunt in the error path')
    .option('-w, --warmup <n>', 'operations before anything is measured (default: 200, or 5 s of them)', wholeNumber(0))
    .option('-n, --ops <n>', 'operations per round (default: a prime up to 101)', wholeNumber(1))
    .option('--rounds <n>', 'rounds (default: 7, then more of them until it is decided)', wholeNumber(2))
    .option('--every <time>', 'without an operation: length of a round (default: short ones that grow)', durationArgument)
    .option('--pid <pid>', 'a program that runs already; its inspector is opened by SIGUSR1 and closed again', wholeNumber(1))
    .option('--inspect <address>', 'a program whose inspector is open: ws://…, host:port or port')
    .option('--url <address>', 'a Go program that serves net/http/pprof: http://host:port/debug/pprof')
    .option('--worker <name>', 'look into this worker thread of a Node program: its number, or its name')
    .addOption(command.createOption('--runtime <name>', 'of what the program behind a wrapper is; seen by itself where it is started directly').choices(RUNTIMES))
    .addOption(durationOption('--start-timeout <time>', 'how long the program may take until it is ready', 30_000))
    .addOption(durationOption('--budget <time>', 'about how long to measure at most while undecided', 36_000))
    .option('-o, --out <folder>', 'keep snapshots, report.json, report.md and the path as .dot and .svg')
    .option('--force-snapshot', 'take snapshots even where the forecast says that memory will not do')
    .option('--no-catch', 'do not watch, at the end, who adds to what grows')
    .option('--gc-log <file>', 'the log its collector writes, as a second witness; a trace that the started program prints is heard by itself')
    .option('--show-output', 'show what the program prints, on stderr')
    .option('--mask', MASK_ABOUT)
    .option('--json [file]', 'print the report as JSON, or write it to a file')
    .addOption(command.createOption('--fail-on <verdict>', 'mildest verdict that ends with exit code 1').choices(FAIL_ON).default('leak'))
    .addHelpText(
      'after',
      `
Examples:
  $ stillhere hunt --request /checkout -- node dist/server.js
  $ stillhere hunt --request /login --method POST --header 'content-type: application/json' --body '{"user":"eve"}' -- npm start
  $ stillhere hunt --op scenario.mjs --ops 31 -- node app.js
  $ stillhere hunt --every 10s -- node worker.js
  $ stillhere hunt --request / -- python3 app.py
  $ stillhere hunt --request / -- java -jar app.jar
  $ stillhere hunt --url http://127.0.0.1:6060/debug/pprof --request http://127.0.0.1:8080/
  $ stillhere hunt --pid 5120 --request http://127.0.0.1:8080/ --out leak/
  $ stillhere hunt --worker parser --request / -- node server.js`,
    )
    .action(async (args: string[], options: HuntOptions) => {
      if (typeof options.json === 'string') expectPlaceFor(options.json, '--json')
      if (options.op !== undefined) shell.leaveAtEnd()
      const report = await hunt(planOf(args, options), shell.run, narrator(shell, options))
      // The rounds were told while they ran; once is enough for a person.
      const { rounds: _, snapshots: __, ...details } = report.details ?? {}
      shell.finish(options.json === true ? report : { ...report, details }, { json: options.json === true, failOn: options.failOn })
      if (typeof options.json === 'string') {
        await writeWholeFile(options.json, renderJson(shell.masker === undefined ? report : maskReport(report, shell.masker)))
      }
      if (report.notices.some(({ code }) => code === NOT_KEPT)) return shell.endWith(EXIT.store)
      // The job has written it with names, as it kept the snapshots.
      if (options.out !== undefined && shell.masker !== undefined) await writeReport(maskReport(report, shell.masker), options.out, shell.run)
      if (options.out !== undefined) shell.tell(`report, snapshots and pictures: ${options.out}`)
    })
}

/** The hunt that these options ask for. @throws UsageError when they contradict each other */
export function planOf(args: string[], options: HuntOptions): HuntPlan {
  if (options.request !== undefined && options.op !== undefined) {
    throw new UsageError({ argument: '--op', given: 'both --request and --op', allowed: 'one kind of operation' })
  }
  if (options.every !== undefined && (options.request !== undefined || options.op !== undefined)) {
    throw new UsageError({ argument: '--every', given: 'an operation beside it', allowed: 'no --request or --op: it is the length of a round where nobody counts operations', hint: 'How many operations a round has: --ops N' })
  }
  if (options.request === undefined && (options.body !== undefined || options.header !== undefined)) {
    throw new UsageError({ argument: options.body === undefined ? '--header' : '--body', given: 'no --request', allowed: '--request /path beside it' })
  }
  const target = huntTarget(args, options)
  if (target.kind !== 'launch' && options.request?.startsWith('/') === true && target.kind === 'inspector' && !/127\.|localhost|^\d+$|\[::1\]/.test(target.address)) {
    throw new UsageError({ argument: '--request', given: `the path ${options.request}`, allowed: 'a whole URL when the program runs on another machine' })
  }
  return {
    target,
    operation: operationOf(options),
    worker: options.worker,
    runtime: options.runtime,
    warmup: options.warmup,
    operations: options.ops,
    rounds: options.rounds,
    everyMs: options.every,
    startTimeoutMs: options.startTimeout,
    budgetMs: options.budget,
    keepIn: options.out,
    snapshots: options.forceSnapshot === true ? 'forced' : 'careful',
    catching: options.catch === false ? 'left out' : undefined,
    gcLogPath: options.gcLog,
    version: readVersion(),
  }
}

function huntTarget(args: readonly string[], options: HuntOptions): TargetChoice {
  const { url, pid, inspect } = options
  if (url === undefined) return targetOf(args, options)
  if (pid !== undefined || inspect !== undefined) throw new UsageError({ argument: '--url', given: 'another target beside it', allowed: 'one program' })
  return { kind: 'pprof', url, command: args.length === 0 ? undefined : args }
}

function operationOf(options: HuntOptions): OperationChoice {
  if (options.op !== undefined) return { kind: 'module', path: options.op, concurrency: options.concurrency }
  if (options.request === undefined) return { kind: 'none' }
  const { request: address } = options
  if (!address.startsWith('/') && !/^https?:\/\/./.test(address)) {
    const allowed = 'a path that starts with /, or a URL of http or https'
    throw address.includes('://') ? new UsageError({ argument: '--request', given: address, allowed }) : new UsageError({ argument: '--request', given: address, allowed, hint: `Did you mean /${address}?` })
  }
  if (!URL.canParse(address, 'http://localhost')) throw new UsageError({ argument: '--request', given: address, allowed: 'a URL that can be read' })
  const headers: Record<string, string> = {}
  for (const header of options.header ?? []) {
    const colon = header.indexOf(':')
    if (colon < 1) throw new UsageError({ argument: '--header', given: header, allowed: "'name: value'" })
    headers[header.slice(0, colon).trim().toLowerCase()] = header.slice(colon + 1).trim()
  }
  return {
    kind: 'request',
    address,
    method: options.method.toUpperCase(),
    headers,
    body: options.body,
    concurrency: options.concurrency,
    timeoutMs: options.requestTimeout,
    accept: options.anyStatus === true ? 'any' : 'success',
  }
}
