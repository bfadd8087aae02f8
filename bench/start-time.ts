// How long the built command takes to say something, against the shortest program there is.
// CPU time of the child (user + system, from bash's `times`), alternating, medians: other work on the machine moves
// wall time by half and this by little. Usage: npm run build && node bench/start-time.ts [rounds]
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const MAIN = join(import.meta.dirname, '..', 'dist', 'cli', 'main.js')
const COMMANDS = {
  'node -e 0': ['-e', '0'],
  'stillhere --version': [MAIN, '--version'],
  'stillhere --help': [MAIN, '--help'],
  'stillhere formats': [MAIN, 'formats'],
} as const

/** User + system milliseconds of one run. */
function cpuMs(args: readonly string[]): number {
  const answer = execFileSync('bash', ['-c', '"$@" >/dev/null; times', 'bash', process.execPath, ...args], { encoding: 'utf8' })
  const children = answer.trim().split('\n').at(-1)!
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((total, [, minutes, seconds]) => total + Number(minutes) * 60_000 + Number(seconds) * 1000, 0)
}

const rounds = Number(process.argv[2] ?? 15)
const taken = new Map<string, number[]>(Object.keys(COMMANDS).map((name) => [name, []]))
for (let round = 0; round < rounds; round++) for (const [name, args] of Object.entries(COMMANDS)) taken.get(name)!.push(cpuMs(args))
const median = (name: string): number => taken.get(name)!.sort((a, b) => a - b)[rounds >> 1]!
const base = median('node -e 0')
for (const name of Object.keys(COMMANDS)) console.log(`${name.padEnd(22)}${median(name).toFixed(0).padStart(5)} ms CPU   ${(median(name) / base).toFixed(2)} ×`)
