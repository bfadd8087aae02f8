import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { analyzeHeap } from '../../src/jobs/analyze-heap.ts'
import type { WatchedDetails } from '../../src/jobs/explain-watches.ts'
import { compiledPackage } from '../support/compiled-package.ts'
import { NODE_VERSIONS, nodeBinary } from '../support/node-binaries.ts'
import type { NodeMajor } from '../support/node-binaries.ts'

const scratch = mkdtempSync(join(tmpdir(), 'stillhere-marker-'))
const majors = Object.keys(NODE_VERSIONS).map(Number) as NodeMajor[]
let library = ''

beforeAll(() => {
  library = join(compiledPackage().dist, 'in-process', 'should-go-away.js')
})

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test.each(majors)("a snapshot written by Node %i's own means carries the list of what should be gone", async (major) => {
  const file = join(scratch, `${major}.heapsnapshot`)
  await promisify(execFile)(nodeBinary(major), [join(import.meta.dirname, 'programs', 'marked.mjs'), library, file], { timeout: 60_000 })
  const report = await analyzeHeap({ file, version: '0.0.0', classes: 0 }, startRun())
  expect(report.verdict).toBe('leak')
  expect(report.summary).toMatch(/^3 objects that the program said should be gone are still here\. /)
  expect(report.findings[0]).toMatchObject({ verdict: 'leak', pattern: 'growing-map', subject: { className: 'Session', count: 3 } })
  const watched = report.details!['watched'] as WatchedDetails
  // What was collected has left the list, unless its record was not yet swept when the snapshot was taken.
  expect(watched.watched - watched.gone).toBe(6)
  expect(watched.stillInTime).toBe(3)
  expect(watched.stillHere.map(({ label, tags }) => `${label} ${tags}`)).toEqual(Array.from({ length: 3 }, () => 'logged out session of a user route=/logout'))
  for (const { ageMs } of watched.stillHere) {
    // Waited 3.5 seconds; the clock in the heap is at most a second old.
    expect(ageMs).toBeGreaterThan(2000)
    expect(ageMs).toBeLessThan(60_000)
  }
})
