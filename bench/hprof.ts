// What opening a heap dump of a JVM costs, next to the library of VisualVM (Debian's package `visualvm`): both read the
// dump and print the 20 biggest classes; this tool once more with dominators and retained sizes, which the library takes
// minutes for. One after the other, alternately. Ratios and medians go into the section `hprof` of bench/RESULTS.md.
// Usage: node bench/hprof.ts [--megabytes 720] [--rounds 3] [--dump FILE] [--retained]
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quartiles } from './quartiles.ts'

interface Cost {
  cpuSeconds: number
  wallSeconds: number
  peakMegabytes: number
  printed: string
}

const here = import.meta.dirname
const LIBRARY = '/usr/share/visualvm/visualvm/modules/org-graalvm-visualvm-lib-jfluid-heap.jar'
const given = process.argv.slice(2)
const option = (name: string): string | undefined => (given.includes(name) ? given[given.indexOf(name) + 1] : undefined)
if (!existsSync(LIBRARY)) {
  console.error(`skipped: ${LIBRARY} is not there (apt-get install --no-install-recommends visualvm)`)
  process.exit(0)
}

const built = join(here, '..', '.cache', 'bench-built')
execFileSync('tsc', ['-p', join(here, '..', 'tsconfig.build.json'), '--outDir', built], { stdio: 'inherit' })
writeFileSync(join(built, 'package.json'), '{"type":"module"}')
const folder = mkdtempSync(join(tmpdir(), 'stillhere-bench-'))
try {
  execFileSync('javac', ['-d', folder, '-cp', LIBRARY, join(here, 'peers', 'hprof', 'OpenHeap.java'), join(here, 'peers', 'hprof', 'BigHeap.java')], { stdio: 'inherit' })
  const dump = option('--dump') ?? join(folder, 'big.hprof')
  if (!existsSync(dump)) execFileSync('java', ['-Xmx3g', '-XX:+UseSerialGC', '-cp', folder, 'BigHeap', dump, option('--megabytes') ?? '720'], { stdio: 'inherit' })
  const megabytes = statSync(dump).size / 1e6
  const contenders = [
    { name: 'stillhere', run: () => measure(process.execPath, [join(here, 'run-classes.mjs'), built, dump]) },
    { name: 'stillhere, with dominators', run: () => measure(process.execPath, [join(here, 'run-ours.mjs'), built, dump]) },
    { name: 'VisualVM', run: () => measure('java', ['-Xmx8g', `-Djava.io.tmpdir=${freshFolder(dump)}`, '-cp', `${folder}:${LIBRARY}`, 'OpenHeap', dump, ...(given.includes('--retained') ? ['retained'] : [])]) },
  ]
  const costs = new Map<string, Cost[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < Number(option('--rounds') ?? 3); round++) {
    for (const { name, run } of contenders) costs.get(name)!.push(run())
  }
  const middle = (name: string, of: keyof Omit<Cost, 'printed'>): number => quartiles(costs.get(name)!.map((cost) => cost[of])).median
  const row = (name: string): string =>
    `| ${name} | ${middle(name, 'cpuSeconds').toFixed(2)} | ${middle(name, 'wallSeconds').toFixed(2)} | ${middle(name, 'peakMegabytes').toFixed(0)} | ${(middle('stillhere', 'cpuSeconds') / middle(name, 'cpuSeconds')).toFixed(2)} | ${(middle(name, 'peakMegabytes') / megabytes).toFixed(2)} |`
  const section = [
    `## hprof: a heap of orders and customers, ${megabytes.toFixed(0)} MB (${costs.get('stillhere')!.length} rounds)`,
    '',
    "Whole processes, alternately: read the dump, count and size the objects of each class, print the 20 biggest. VisualVM's library as Debian has it; its cache is made anew each time. The second row does more: distances, dominators, retained sizes. `node bench/hprof.ts`; with `--retained` the library finds dominators as well.",
    '',
    '| | CPU s | wall s | peak MB | our CPU as a share | peak as a share of the file |',
    '|---|---|---|---|---|---|',
    ...contenders.map(({ name }) => row(name)),
    '',
    `CPU of each run, s: ${contenders.map(({ name }) => `${name} ${costs.get(name)!.map(({ cpuSeconds }) => cpuSeconds.toFixed(2)).join(', ')}`).join('; ')}.`,
    '',
    '',
  ].join('\n')
  console.log(section)
  const results = join(here, 'RESULTS.md')
  const sections = readFileSync(results, 'utf8').split(/^(?=## )/m).filter((each) => !each.startsWith('## hprof'))
  writeFileSync(results, `${sections.join('').trimEnd()}\n\n${section.trimEnd()}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** VisualVM keeps what it found of a dump: each run begins without. */
function freshFolder(dump: string): string {
  rmSync(`${dump}.hwcache`, { recursive: true, force: true }) // beside the dump
  const fresh = join(folder, 'cache')
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh)
  return fresh
}

/** One whole process, measured from outside by GNU time. */
function measure(command: string, args: readonly string[]): Cost {
  const child = spawnSync('/usr/bin/time', ['-f', 'COST %U %S %e %M', command, ...args], { encoding: 'utf8', maxBuffer: 1 << 28, timeout: 900_000 })
  const cost = /COST ([\d.]+) ([\d.]+) ([\d.]+) (\d+)/.exec(child.stderr)
  if (child.status !== 0 || cost === null) throw new Error(`${command} failed: ${child.stderr.slice(-500)}`)
  const [user, system, wall, kilobytes] = cost.slice(1).map(Number) as [number, number, number, number]
  return { cpuSeconds: user + system, wallSeconds: wall, peakMegabytes: (kilobytes * 1024) / 1e6, printed: child.stdout }
}
