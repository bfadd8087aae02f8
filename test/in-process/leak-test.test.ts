import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import type { LeakTestResult } from '../../src/in-process/explanation.ts'
import { compiledPackage } from '../support/compiled-package.ts'
import { nodeBinary } from '../support/node-binaries.ts'

let library = ''

beforeAll(() => {
  library = join(compiledPackage().dist, 'in-process', 'should-go-away.js')
})

test.each([20, 26] as const)('on Node %i leakTest finds what an operation leaves behind, and nothing when it cleans up', async (major) => {
  const { stdout } = await promisify(execFile)(nodeBinary(major), [join(import.meta.dirname, 'programs', 'grown.mjs'), library], { timeout: 230_000, maxBuffer: 1e8 })
  const { healthy, leaky } = JSON.parse(stdout) as { healthy: LeakTestResult; leaky: LeakTestResult }
  expect(healthy.verdict).toBe('healthy')
  expect(leaky.verdict).toBe('leak')
  // One session for each operation, held by the map; the pattern and the rate, not the text, are what counts.
  expect(leaky.findings[0]).toMatchObject({ pattern: 'growing-map', verdict: 'leak', subject: { className: 'Session' } })
  expect(leaky.findings[0]!.growth).toMatchObject({ per: 'operation' })
  expect(leaky.findings[0]!.growth!.count).toBeGreaterThanOrEqual(0.9)
  expect(leaky.text).toContain('~')
}, 240_000)
