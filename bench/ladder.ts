// What three snapshots of one growing program cost, together and one by one: whole processes, medians of alternating rounds.
// Usage: node bench/ladder.ts [ROUNDS]
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { quartiles } from './quartiles.ts'

const rounds = Number(process.argv[2] ?? 3)
const folder = join(import.meta.dirname, '..', '.cache', 'snapshots', 'ladder')
const command = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts')
const files = [1, 2, 3].map((step) => join(folder, `${step}.heapsnapshot`))

interface Cost {
  cpu: number
  wall: number
  peakMB: number
}

if (!existsSync(folder)) {
  mkdirSync(`${folder}.part`, { recursive: true })
  const made = spawnSync(process.execPath, [join(import.meta.dirname, 'programs', 'orders.cjs'), `${folder}.part`, '120000', '130000', '140000'], { stdio: 'inherit' })
  if (made.status !== 0) throw new Error('the snapshots could not be made')
  renameSync(`${folder}.part`, folder)
}

function measure(args: readonly string[]): Cost {
  const { stderr } = spawnSync('/usr/bin/time', ['-f', 'COST %U %S %e %M', process.execPath, command, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 })
  const [user, system, wall, peakKB] = (/COST (.*)/.exec(stderr)?.[1] ?? '').split(' ').map(Number)
  if (peakKB === undefined) throw new Error(stderr)
  return { cpu: user! + system!, wall: wall!, peakMB: peakKB / 1024 }
}

const alone: Cost[] = []
const together: Cost[] = []
for (let round = 0; round < rounds; round++) {
  const each = files.map((file) => measure(['analyze', file]))
  alone.push({ cpu: each.reduce((sum, { cpu }) => sum + cpu, 0), wall: each.reduce((sum, { wall }) => sum + wall, 0), peakMB: Math.max(...each.map(({ peakMB }) => peakMB)) })
  together.push(measure(['diff', ...files]))
}
const middle = (numbers: number[]): number => quartiles(numbers).median
const row = (what: string, costs: readonly Cost[]): string => `| ${what} | ${middle(costs.map(({ cpu }) => cpu)).toFixed(1)} | ${middle(costs.map(({ wall }) => wall)).toFixed(1)} | ${middle(costs.map(({ peakMB }) => peakMB)).toFixed(0)} |`
console.log(`${files.map((file) => (statSync(file).size / 1e6).toFixed(0)).join(', ')} MB, ${rounds} rounds\n`)
console.log('| | CPU s | wall s | peak MB |\n|---|---|---|---|')
console.log(row('one by one, summed (peak: the biggest)', alone))
console.log(row('the ladder', together))
