import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { runCommand } from '../support/run-command.ts'

const program = join(import.meta.dirname, '..', 'programs', 'hunt', 'small-cache.mjs')

/** So few operations that the cache gains a page by each of them, up to the last snapshot, and is full just then. */
async function huntBriefly(env: Record<string, string>): Promise<Report> {
  const { stdout } = await runCommand(['hunt', '--json', '--request', '/', '--warmup', '2', '--ops', '7', '--rounds', '7', '--', 'node', program], { env })
  return JSON.parse(stdout) as Report
}

test('a cache that gained objects in every round, and gives up as many as come when it is watched, is called no leak', { timeout: 60_000 }, async () => {
  const report = await huntBriefly({})
  expect(report).toMatchObject({ verdict: 'undecided', wouldDecide: expect.stringContaining('come to its bound') as string })
  expect(report.findings[0]!.reasons).toContainEqual({ for: false, text: 'Seen while it ran (Map, 5 more requests): 5 added, 5 taken out.' })
})

test('its twin that keeps what comes, and deletes as much beside it, is a leak', { timeout: 60_000 }, async () => {
  const report = await huntBriefly({ KEEPS_MORE: '1' })
  expect(report.verdict).toBe('leak')
  expect(report.findings[0]).toMatchObject({ growth: { count: 1, per: 'operation' } })
  expect(report.findings[0]!.reasons).toContainEqual({ for: true, text: 'Seen while it ran (Map, 5 more requests): 10 added, 5 taken out.' })
})
