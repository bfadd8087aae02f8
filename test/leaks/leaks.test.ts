import { expect, test } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { huntArguments, installLeakCase, readLeakCase, scoreReport } from '../support/leak-case.ts'
import { runCommand } from '../support/run-command.ts'

// A few of the programs in this folder; `npm run test:leaks` hunts all of them.

const right = { verdict: true, className: true, path: true, line: true, category: true }

for (const [name, what] of [
  ['rate-limit-per-request', 'a timer per request, 600 bytes each among the noise of a server'],
  ['promise-race-shutdown', 'a program that works by itself and ends after seconds'],
  ['lru-plateau-ok', 'a bounded cache that has just filled'],
] as const) {
  test(`${name}: ${what}`, { timeout: 120_000 }, async () => {
    const known = readLeakCase(name)
    const { code, stdout, stderr } = await runCommand(huntArguments(known, process.execPath), { cwd: installLeakCase(known), env: { PORT: '0' } })
    expect(stdout, stderr).not.toBe('')
    expect(scoreReport(JSON.parse(stdout) as Report, known)).toEqual(right)
    expect(code).toBe(known.kind === 'leak' ? 1 : 0)
  })
}
