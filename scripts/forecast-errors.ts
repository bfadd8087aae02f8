/**
 * Runs real Go programs under several settings of the collector, forecasts each run from the log of another, and
 * prints the errors as the table of docs/gc-forecast-errors.md. `npm run test:gc` (needs `go`); ends with 1 when the
 * goal of 15 % on peak or collections is missed by the median.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { streamsOf } from '../src/analysis/gc/gc-summary.ts'
import { forecastGo, type GoSettings } from '../src/analysis/gc/go-pacer.ts'
import { startRun } from '../src/base/run.ts'
import { fileSource } from '../src/jobs/file-source.ts'
import { parseGoSettings } from '../src/jobs/go-settings.ts'
import type { GcLog } from '../src/model/gc-log.ts'
import { openInput } from '../src/readers/open.ts'

const PROGRAMS = [
  { name: 'steady', args: ['400', '12'] },
  { name: 'steady', args: ['300', '40'] },
  { name: 'leaky', args: ['60'] },
]
const FROM = ['GOGC=100', 'GOGC=200']
const SETTINGS = ['GOGC=50', 'GOGC=100', 'GOGC=200', 'GOGC=400', 'GOGC=100,GOMEMLIMIT=60MiB', 'GOGC=off,GOMEMLIMIT=160MiB']
const GOAL = 0.15

interface Run {
  collections: number
  peakBytes: number
  log: GcLog
}

const folder = mkdtempSync(join(tmpdir(), 'stillhere-go-'))
const rows: string[] = []
const errors: { peak: number; collections: number }[] = []
try {
  for (const { name, args } of PROGRAMS) {
    const binary = join(folder, name)
    execFileSync('go', ['build', '-o', binary, join(import.meta.dirname, '..', 'test', 'programs', 'gc', `${name}.go`)], { env: { ...process.env, GO111MODULE: 'off' }, stdio: 'inherit' })
    const runs = new Map<string, Run>()
    for (const settings of SETTINGS) runs.set(settings, await measure(binary, args, settings))
    for (const from of FROM) {
      const { log } = runs.get(from)!
      const [stream] = streamsOf(log)
      for (const settings of SETTINGS) {
        const truth = runs.get(settings)!
        const wanted: GoSettings = parseGoSettings(settings)
        const forecast = forecastGo(log, stream!.collections, parseGoSettings(from).percent, wanted)
        const off = { peak: forecast.peakBytes / truth.peakBytes - 1, collections: forecast.collections / truth.collections - 1 }
        if (settings !== from) errors.push(off)
        const percent = (value: number): string => `${value >= 0 ? '+' : ''}${(100 * value).toFixed(0)} %`
        const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)
        rows.push(`| ${name} ${args.join(' ')} | ${from} | ${settings} | ${forecast.collections} / ${truth.collections} | ${percent(off.collections)} | ${mib(forecast.peakBytes)} / ${mib(truth.peakBytes)} | ${percent(off.peak)} |`)
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
const medianOff = (key: 'peak' | 'collections'): number => errors.map((each) => Math.abs(each[key])).toSorted((a, b) => a - b)[errors.length >> 1]!
const within = (key: 'peak' | 'collections'): string => `${errors.filter((each) => Math.abs(each[key]) <= GOAL).length} of ${errors.length}`
const text = [
  '# How far the forecasts of `stillhere gc --what-if` are off',
  '',
  `Made by \`npm run test:gc\` with ${execFileSync('go', ['version'], { encoding: 'utf8' }).trim().split(' ')[2]}: each program runs under each setting; each run is forecast from the log of another.`,
  'Forecast / measured. A forecast for the settings of the log itself shows what the replay alone gets wrong.',
  '',
  `Median error: collections ${(100 * medianOff('collections')).toFixed(0)} %, peak ${(100 * medianOff('peak')).toFixed(0)} %. Within 15 %: collections ${within('collections')}, peak ${within('peak')}.`,
  '',
  '| program | log of | forecast for | collections | off | peak MiB | off |',
  '|---|---|---|---|---|---|---|',
  ...rows,
  '',
].join('\n')
writeFileSync(join(import.meta.dirname, '..', 'docs', 'gc-forecast-errors.md'), text)
console.log(text)
if (medianOff('peak') > GOAL || medianOff('collections') > GOAL) process.exitCode = 1

async function measure(binary: string, args: readonly string[], settings: string): Promise<Run> {
  const environment = Object.fromEntries(settings.split(',').map((each) => each.split('=') as [string, string]))
  const { stderr, status } = spawnSync(binary, args, { encoding: 'utf8', env: { ...process.env, ...environment, GODEBUG: 'gctrace=1' }, maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`${binary} ended with ${status}: ${stderr.slice(-300)}`)
  const file = join(folder, 'log')
  writeFileSync(file, stderr)
  const log = (await openInput(await fileSource(file), startRun())).model as GcLog
  return { log, collections: log.collectionCount, peakBytes: Math.max(...log.peakBytes!) }
}
