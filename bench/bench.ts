// Whole-process cost of opening a snapshot and printing its 20 biggest classes: this tool and every peer from npm, one
// after the other, alternately; medians and ratios, written to bench/RESULTS.md.
// Usage: npm run bench -- [express] [ts] [ast] [huge] [--rounds N]
// What is asked of a snapshot once it is open is measured by `node bench/questions.ts [ast|FILE] [--write]`.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { devToolsBundle } from './peers/devtools-worker.ts'
import { rustTool } from './peers/rust-tool.ts'
import { installPeers, SNAPSHOTS, snapshotFile } from './snapshots.ts'

interface Cost {
  cpuSeconds: number
  wallSeconds: number
  peakMegabytes: number
}
interface Contender {
  name: string
  command: string
  args(file: string): string[]
}

const here = import.meta.dirname
const given = process.argv.slice(2)
const roundsAt = given.indexOf('--rounds')
const rounds = roundsAt < 0 ? 3 : Number(given[roundsAt + 1])
const names = given.filter((name) => name in SNAPSHOTS)
const chosen = names.length > 0 ? names : ['express', 'ts']

const built = join(here, '..', '.cache', 'bench-built')
execFileSync('tsc', ['-p', join(here, '..', 'tsconfig.build.json'), '--outDir', built], { stdio: 'inherit' })
writeFileSync(join(built, 'package.json'), '{"type":"module"}')
installPeers()
const devTools = await devToolsBundle()
const node = process.execPath
const rust = rustTool()
const contenders: Contender[] = [
  { name: 'stillhere', command: node, args: (file) => [join(here, 'run-ours.mjs'), built, file] },
  { name: 'stillhere, one thread', command: node, args: (file) => [join(here, 'run-ours.mjs'), built, file, '1'] },
  { name: "DevTools' worker", command: node, args: (file) => ['--max-old-space-size=14000', join(here, 'peers', 'run-devtools.mjs'), devTools, file] },
  { name: 'memlab', command: node, args: (file) => ['--max-old-space-size=14000', join(here, 'peers', 'run-memlab.mjs'), file] },
  { name: 'heap-snapshot-toolkit', command: node, args: (file) => ['--max-old-space-size=14000', join(here, 'peers', 'run-toolkit.mjs'), file] },
  ...(rust === undefined ? [] : [{ name: '@heap-snapshot/tool', command: rust.command, args: (file: string) => [...rust.first, 'summary', file] }]),
]

/** One run of one contender, measured from outside by GNU time; or its last words. */
function measure({ command, args }: Contender, file: string): Cost | string {
  const child = spawnSync('/usr/bin/time', ['-f', 'COST %U %S %e %M', command, ...args(file)], { encoding: 'utf8', maxBuffer: 1 << 29, timeout: 900_000 })
  const cost = /COST ([\d.]+) ([\d.]+) ([\d.]+) (\d+)/.exec(child.stderr ?? '')
  if (child.status !== 0 || cost === null) {
    const words = /^.*(?:Error|panicked|out of memory|Killed).*$/m.exec(child.stderr ?? '')?.[0] ?? child.error?.message ?? `exit ${child.status}`
    return words.trim().slice(0, 120)
  }
  const [user, system, wall, kilobytes] = cost.slice(1).map(Number) as [number, number, number, number]
  return { cpuSeconds: user + system, wallSeconds: wall, peakMegabytes: (kilobytes * 1024) / 1e6 }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
const head: string[] = [
  '# What opening a snapshot costs',
  '',
  'Whole processes, start to end: read the file, distances, dominators, retained sizes, totals by class, the 20 biggest printed.',
  'Medians of alternating rounds, their number beside each snapshot; CPU is user + system of all threads, peak is the largest resident set.',
  `Node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB. Made by \`npm run bench\`.`,
  '',
  "Goals, as shares of the peers' CPU: express 0.29 of DevTools and memlab, 1.0 of @heap-snapshot/tool; ts 0.20, 0.20 and 0.55; ast 0.125, 0.17 and 0.40. Peak memory: 1.0, 0.6 and 0.5 of @heap-snapshot/tool's. A share above its goal below is a goal missed.",
  '',
]
// Snapshots that are not measured now keep what was measured before.
const sections = new Map<string, string>()
if (existsSync(join(here, 'RESULTS.md'))) {
  for (const section of readFileSync(join(here, 'RESULTS.md'), 'utf8').split(/^(?=## )/m).slice(1)) sections.set(/^## (\w+)/.exec(section)![1]!, `${section.trimEnd()}\n`)
}
for (const name of chosen) {
  const lines: string[] = []
  const file = snapshotFile(name)
  const runs = new Map<string, (Cost | string)[]>()
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      const known = runs.get(contender.name) ?? []
      runs.set(contender.name, known)
      if (known.some((run) => typeof run === 'string')) continue // failed once: it will not do better
      known.push(measure(contender, file))
      console.log(name, contender.name, known.at(-1))
    }
  }
  const costOf = (contender: string): Cost | string => {
    const all = runs.get(contender)!
    const failed = all.find((run) => typeof run === 'string')
    if (failed !== undefined) return failed
    const costs = all as Cost[]
    return { cpuSeconds: median(costs.map((c) => c.cpuSeconds)), wallSeconds: median(costs.map((c) => c.wallSeconds)), peakMegabytes: median(costs.map((c) => c.peakMegabytes)) }
  }
  const ours = costOf('stillhere')
  lines.push(`## ${name}: ${SNAPSHOTS[name]!.about}, ${Math.round(statSync(file).size / 1e6)} MB (${rounds} rounds)`, '', '| | CPU s | wall s | peak MB | our CPU as a share | our peak as a share |', '|---|---|---|---|---|---|')
  for (const contender of contenders) {
    const cost = costOf(contender.name)
    if (typeof cost === 'string') lines.push(`| ${contender.name} | fails: ${cost.replaceAll('|', '/')} | | | | |`)
    else {
      const share = (mine: number, theirs: number): string => (mine / theirs).toFixed(2)
      const shares = typeof ours === 'string' ? ['', ''] : [share(ours.cpuSeconds, cost.cpuSeconds), share(ours.peakMegabytes, cost.peakMegabytes)]
      lines.push(`| ${contender.name} | ${cost.cpuSeconds.toFixed(2)} | ${cost.wallSeconds.toFixed(2)} | ${cost.peakMegabytes.toFixed(0)} | ${shares.join(' | ')} |`)
    }
  }
  lines.push('')
  const phases = spawnSync(node, [join(here, 'run-ours.mjs'), built, file, '1', '--phases'], { encoding: 'utf8', maxBuffer: 1 << 26 })
  const spent = JSON.parse(/^PHASES (.*)$/m.exec(phases.stdout)?.[1] ?? '[]') as { step: string; cpuMs: number }[]
  lines.push(`Our phases on one thread, CPU ms: ${spent.map(({ step, cpuMs }) => `${step} ${cpuMs.toFixed(0)}`).join(', ')}.`, '')
  sections.set(name, lines.join('\n'))
  // Behind the snapshots stands what other benches wrote.
  const known = [...Object.keys(SNAPSHOTS).filter((each) => sections.has(each)), ...[...sections.keys()].filter((each) => !(each in SNAPSHOTS))]
  writeFileSync(join(here, 'RESULTS.md'), `${head.join('\n')}\n${known.map((each) => sections.get(each)!).join('\n')}`)
}
console.log(readFileSync(join(here, 'RESULTS.md'), 'utf8'))
