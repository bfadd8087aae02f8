/**
 * Runs real programs of Go, Java and Node under several settings of the collector, forecasts each run from the log of
 * another, and writes the errors as docs/gc-forecast-errors.md. `npm run test:gc` (needs `go`, `java` and `javac`); ends
 * with 1 when a runtime's median error on collections or peak is above the goal of 15 %, or when fewer than nine of ten
 * runs lie in the range that was told.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { streamsOf, summarizeGc } from '../src/analysis/gc/gc-summary.ts'
import { type Forecasted, forecastGenerations } from '../src/analysis/gc/generational-replay.ts'
import { forecastGo } from '../src/analysis/gc/go-pacer.ts'
import { startRun } from '../src/base/run.ts'
import { fileSource } from '../src/jobs/file-source.ts'
import { parseGcSettings } from '../src/jobs/gc-settings.ts'
import type { GcLog } from '../src/model/gc-log.ts'
import { openInput } from '../src/readers/open.ts'
import { nodeBinary } from '../test/support/node-binaries.ts'

const GOAL = 0.15
const COVERED = 0.9
const programs = join(import.meta.dirname, '..', 'test', 'programs', 'gc')
const folder = mkdtempSync(join(tmpdir(), 'stillhere-gc-'))

interface Run {
  collections: number
  peakBytes: number
  log: GcLog
  rows: Uint32Array
}

interface Outcome {
  /** Undefined: refused. */
  collections: number | undefined
  peakBytes: number
  /** Told beside the forecast, where it is. */
  ranges?: { collections: Range | undefined; peakBytes: Range } | undefined
}

type Range = Pick<Forecasted, 'low' | 'high'>

interface Runtime {
  title: string
  made: string
  programs: { name: string; run(settings: string): string }[]
  /** Logs that are forecast from, and settings that are forecast. */
  from: readonly string[]
  settings: readonly string[]
  /** Undefined: refused. */
  forecast(log: Run, from: string, settings: string): Outcome | undefined
}

const go: Runtime = {
  title: 'Go',
  made: version('go', ['version']),
  programs: [['steady', '400', '12'], ['steady', '300', '40'], ['leaky', '60']].map(([name = '', ...args]) => ({
    name: [name, ...args].join(' '),
    run(settings) {
      const binary = join(folder, name)
      execFileSync('go', ['build', '-o', binary, join(programs, `${name}.go`)], { env: { ...process.env, GO111MODULE: 'off' }, stdio: 'inherit' })
      const environment = Object.fromEntries(settings.split(',').map((each) => each.split('=') as [string, string]))
      return logOf(binary, args, { ...environment, GODEBUG: 'gctrace=1' }).stderr
    },
  })),
  from: ['GOGC=100', 'GOGC=200'],
  settings: ['GOGC=50', 'GOGC=100', 'GOGC=200', 'GOGC=400', 'GOGC=100,GOMEMLIMIT=60MiB', 'GOGC=off,GOMEMLIMIT=160MiB'],
  forecast({ log, rows }, from, settings) {
    const [observed, wanted] = [parseGcSettings(from), parseGcSettings(settings)]
    if (observed.runtime !== 'go' || wanted.runtime !== 'go') throw new Error('not settings of Go')
    const { collections, peakBytes, range } = forecastGo(log, rows, observed.percent, wanted)
    return { collections, peakBytes, ranges: range }
  },
}

/** Minor collections and peak by replaying the young generation. */
function replayed({ log, rows }: Run, _from: string, settings: string): Outcome | undefined {
  const wanted = parseGcSettings(settings)
  if (wanted.runtime === 'go') throw new Error('settings of Go')
  const { minors, peakBytes } = forecastGenerations(log, rows, wanted)
  return minors === undefined || peakBytes === undefined ? undefined : { collections: minors.value, peakBytes: peakBytes.value, ranges: { collections: minors, peakBytes } }
}

const JAVA_SIZES = ['-Xmx64m', '-Xmx128m', '-Xmx256m', '-Xmx512m', '-Xmx256m,-Xmn40m']
const java = (title: string, flags: readonly string[]): Runtime => ({
  title,
  made: `${version('java', ['-version'])}, \`${flags.join(' ')}\`, -Xms equal to -Xmx`,
  programs: [['400', '30000', '20'], ['300', '60000', '5']].map((args) => ({
    name: `Steady ${args.join(' ')}`,
    run(settings) {
      execFileSync('javac', ['-d', folder, join(programs, 'Steady.java')], { stdio: 'inherit' })
      const sizes = settings.split(',')
      return logOf('java', [...flags, ...sizes, ...sizes.filter((size) => size.startsWith('-Xmx')).map((size) => size.replace('-Xmx', '-Xms')), '-Xlog:gc*', '-cp', folder, 'Steady', ...args]).stdout
    },
  })),
  from: ['-Xmx128m', '-Xmx256m'],
  settings: JAVA_SIZES,
  forecast: replayed,
})

const node: Runtime = {
  title: 'Node, V8',
  made: 'Node 24',
  programs: [['200', '20000'], ['120', '120000']].map((args) => ({
    name: `steady.mjs ${args.join(' ')}`,
    run: (settings) => logOf(nodeBinary(24), ['--trace-gc', settings, join(programs, 'steady.mjs'), ...args]).stdout,
  })),
  from: ['--max-semi-space-size=8', '--max-semi-space-size=16'],
  settings: [2, 4, 8, 16, 32].map((size) => `--max-semi-space-size=${size}`),
  forecast: replayed,
}

try {
  const text = ['# How far the forecasts of `stillhere gc --what-if` are off', '', 'Made by `npm run test:gc`: each program runs under each setting; each run is forecast from the log of another.', 'Forecast / measured. A forecast for the settings of the log itself shows what the replay alone gets wrong; it is not counted.', '']
  for (const runtime of [go, java('Java, Serial', ['-XX:+UseSerialGC']), java('Java, Parallel of fixed sizes', ['-XX:+UseParallelGC', '-XX:-UseAdaptiveSizePolicy']), java('Java, Parallel as it is', ['-XX:+UseParallelGC']), node]) text.push(...(await errorsOf(runtime)))
  writeFileSync(join(import.meta.dirname, '..', 'docs', 'gc-forecast-errors.md'), text.join('\n'))
  console.log(text.join('\n'))
} finally {
  rmSync(folder, { recursive: true })
}

async function errorsOf({ title, made, programs: each, from, settings, forecast }: Runtime): Promise<string[]> {
  const rows: string[] = []
  const off = { collections: [] as number[], peak: [] as number[] }
  let covered = 0
  let ranged = 0
  let refused = 0
  let refusedCounts = 0
  for (const program of each) {
    const runs = new Map<string, Run>()
    for (const setting of settings) runs.set(setting, await measured(program.run(setting)))
    for (const of of from) {
      for (const setting of settings) {
        const truth = runs.get(setting)!
        const outcome = forecast(runs.get(of)!, of, setting)
        if (outcome === undefined) {
          refused++
          continue
        }
        const peakError = outcome.peakBytes / truth.peakBytes - 1
        const countError = outcome.collections === undefined ? undefined : outcome.collections / truth.collections - 1
        if (countError === undefined) refusedCounts++
        if (of !== setting) {
          off.peak.push(peakError)
          if (countError !== undefined) off.collections.push(countError)
          const { collections, peakBytes } = outcome.ranges ?? {}
          for (const [value, range] of [[truth.collections, collections], [truth.peakBytes, peakBytes]] as const) {
            if (range === undefined) continue
            ranged++
            covered += Number(within(value, range))
          }
        }
        rows.push(
          `| ${program.name} | ${of} | ${setting} | ${outcome.collections ?? 'refused'} / ${truth.collections} | ${countError === undefined ? '' : percent(countError)} | ${mib(outcome.peakBytes)} / ${mib(truth.peakBytes)} | ${percent(peakError)} |`,
        )
      }
    }
  }
  if (off.peak.length === 0) return [`## ${title}`, '', `${made}. All ${refused} forecasts are refused: this collector sizes its generations while it runs.`, '']
  const median = (key: 'peak' | 'collections'): number => off[key].map(Math.abs).toSorted((a, b) => a - b)[off[key].length >> 1]!
  const near = (key: 'peak' | 'collections'): number => off[key].filter((error) => Math.abs(error) <= GOAL).length
  if (median('peak') > GOAL || median('collections') > GOAL || (ranged > 0 && covered / ranged < COVERED)) process.exitCode = 1
  return [
    `## ${title}`,
    '',
    `${made}. Median error: collections ${percent(median('collections'))}, peak ${percent(median('peak'))}. Within 15 %: collections ${near('collections')} of ${off.collections.length}, peak ${near('peak')} of ${off.peak.length}.${ranged === 0 ? '' : ` In the range that is told: ${covered} of ${ranged} numbers.`}${refused === 0 ? '' : ` Refused: ${refused}.`}${refusedCounts === 0 ? '' : ` Number of collections refused, the peak told: ${refusedCounts}.`}`,
    '',
    '| program | log of | forecast for | collections | off | peak MiB | off |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ]
}

function within(value: number, { low, high }: Range): boolean {
  return value >= Math.floor(low) && value <= Math.ceil(high)
}

function percent(value: number): string {
  return `${value >= 0 ? '+' : ''}${(100 * value).toFixed(0)} %`
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0)
}

function logOf(command: string, args: readonly string[], environment: Record<string, string> = {}): { stdout: string; stderr: string } {
  const { stdout, stderr, status } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...environment }, maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr.slice(-300)}`)
  return { stdout, stderr }
}

/** Of Go all collections; of the others those of the young generation. */
async function measured(text: string): Promise<Run> {
  const file = join(folder, 'log')
  writeFileSync(file, text)
  const log = (await openInput(await fileSource(file), startRun(), { makes: ['gc-log'] })).model as GcLog
  const [stream] = streamsOf(log)
  const summary = summarizeGc(log, stream!)
  return { log, rows: stream!.collections, collections: log.collector === 'go' ? summary.collections : summary.minors, peakBytes: summary.peakBytes }
}

function version(command: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  return `${stdout}${stderr}`.split('\n')[0]!.replace(/^go version (\S+).*/, '$1').replace(/^(\w+) version "([^"]*)".*/, '$1 $2')
}
