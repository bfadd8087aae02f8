// `npm run test:leaks`: hunts every program of this folder and compares the reports with what is known of them.
//   --node 20|22|24|26   the Node the programs run on (default: the one that runs this)
//   --only a,b           only these programs
import { parseArgs } from 'node:util'
import type { Report } from '../../src/model/report.ts'
import { huntArguments, installLeakCase, leakCases, type LeakScore, scoreReport } from '../support/leak-case.ts'
import { nodeBinary, type NodeMajor } from '../support/node-binaries.ts'
import { runCommand } from '../support/run-command.ts'

const { values } = parseArgs({ options: { node: { type: 'string' }, only: { type: 'string' } } })
const node = values.node === undefined ? process.execPath : nodeBinary(Number(values.node) as NodeMajor)
const only = values.only?.split(',')
const MOST_SECONDS = 60

let wrong = 0
let slow = 0
const scores: LeakScore[] = []
for (const known of leakCases().filter(({ name }) => only === undefined || only.includes(name))) {
  const cwd = installLeakCase(known)
  const started = performance.now()
  const { stdout, stderr } = await runCommand(huntArguments(known, node), { cwd, env: { PORT: '0' } })
  const seconds = (performance.now() - started) / 1000
  const report = stdout === '' ? undefined : (JSON.parse(stdout) as Report)
  const score = report === undefined ? undefined : scoreReport(report, known)
  if (score?.verdict !== true) wrong++
  if (seconds > MOST_SECONDS) slow++
  if (score !== undefined && known.kind === 'leak') scores.push(score)
  const missed = score === undefined ? '' : Object.entries(score).flatMap(([part, isRight]) => (isRight ? [] : [part])).join(', ')
  const words = report === undefined ? `no report: ${stderr.trim().split('\n').at(-1)}` : `${report.verdict}${missed === '' ? '' : `, wrong: ${missed}`}`
  console.log(`${known.name.padEnd(32)} ${known.kind.padEnd(8)} ${words.padEnd(40)} ${seconds.toFixed(0)} s`)
}
const right = (part: keyof LeakScore): string => `${part} ${scores.filter((score) => score[part]).length}/${scores.length}`
console.log(`\nverdicts wrong: ${wrong}; slower than ${MOST_SECONDS} s: ${slow}; first finding of the leaks: ${(['className', 'path', 'line', 'category'] as const).map(right).join(', ')}`)
if (wrong > 0) process.exitCode = 1
