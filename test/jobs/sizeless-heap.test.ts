import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { analyzeHeap } from '../../src/jobs/analyze-heap.ts'
import { renderText } from '../../src/render/text.ts'

test('a picture of a heap without sizes is told in counts, and nothing of it takes 0 bytes', async () => {
  const file = join(import.meta.dirname, '../readers/objgraph/objgraph3.5-refs.dot')
  const report = await analyzeHeap({ file, version: '0', classes: 25 }, startRun())
  expect(report.summary).toBe('65 reachable objects, of sizes that the file does not say.')
  expect(report.details).not.toHaveProperty('biggest')
  // Counted with grep in the file: of its 64 objects 30 are ints.
  expect(report.details?.['kinds']).toContainEqual({ kind: 'number', count: 30 })
  expect(renderText(report, { columns: 80, color: false })).not.toMatch(/\b0 B\b/)
})
