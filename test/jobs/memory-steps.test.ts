import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ReadError } from '../../src/base/errors.ts'
import { startRun } from '../../src/base/run.ts'
import { analyzeHeap } from '../../src/jobs/analyze-heap.ts'
import { fileSource } from '../../src/jobs/file-source.ts'
import { loadHeap } from '../../src/jobs/load-heap.ts'
import { forecastMemory, MEMORY_STEPS, type MemoryStep } from '../../src/jobs/load-heap/forecast.ts'
import { readingAt } from '../../src/jobs/load-heap/memory-plan.ts'
import { headerIn } from '../../src/jobs/load-heap/snapshot-head.ts'
import { summarizeNodes } from '../../src/jobs/load-heap/summarize.ts'
import { nodeNameOf } from '../../src/model/heap-graph.ts'
import { readHeapSnapshot } from '../../src/readers/v8-heapsnapshot.ts'
import { snapshotText } from '../support/snapshot-text.ts'

const folder = mkdtempSync(join(tmpdir(), 'stillhere-steps-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// 200 000 objects of class `Größe` below the root, each with a string: big enough that the steps lie far apart.
const COUNT = 200_000
const nodes = [[9, 0, 1, 0, COUNT, 0]]
const edges: number[][] = []
for (let each = 0; each < COUNT; each++) {
  edges.push([1, each, (1 + 2 * each) * 6])
  nodes.push([3, 1, 3 + 4 * each, 100, 1, 0], [2, 2 + (each % 3), 5 + 4 * each, 32, 0, 0])
}
for (let each = 0; each < COUNT; each++) edges.push([2, 2, (2 + 2 * each) * 6])
const text = snapshotText({ nodes, edges, strings: ['', 'Größe', 'a "quoted" one', 'x'.repeat(40_000), 'last'] })
const file = join(folder, 'steps.heapsnapshot')
writeFileSync(file, text)

test('names that stay in the file read as those in memory do', async () => {
  const whole = await readHeapSnapshot(await fileSource(file), startRun())
  const stored = await readHeapSnapshot(await fileSource(file), startRun(), readingAt('strings-in-file', file))
  for (const node of [1, 2, 4, 6]) expect(nodeNameOf(stored, node)).toBe(nodeNameOf(whole, node))
  expect(stored.strings.count).toBe(whole.strings.count)
  expect(stored.strings.numbersOf(['last', 'Größe', 'absent'])).toEqual(whole.strings.numbersOf(['last', 'Größe', 'absent']))
  expect(stored.edgeIsStrong.words).toEqual(whole.edgeIsStrong.words)
})

test('nodes added up without their graph are those of the file', async () => {
  const summary = await summarizeNodes(file, startRun())
  expect(summary.total).toEqual({ count: 2 * COUNT + 1, shallowBytes: 132 * COUNT })
  expect(summary.classes).toEqual([
    { className: 'Größe', count: COUNT, shallowBytes: 100 * COUNT },
    { className: '(string)', count: COUNT, shallowBytes: 32 * COUNT },
    { className: '(synthetic)', count: 1, shallowBytes: 0 },
  ])
})

/** A limit in the middle between what this step takes and what the one above does. */
function limitFor(step: MemoryStep): number {
  const forecast = forecastMemory(headerIn(new TextEncoder().encode(text.slice(0, 65_536)))!, text.length, { purpose: 'report' })
  const at = MEMORY_STEPS.indexOf(step)
  return process.memoryUsage.rss() + (forecast[step] + forecast[MEMORY_STEPS[at - 1]!]) / 2
}

test('with too little memory a report has classes by size, and says what it lacks', async () => {
  const report = await analyzeHeap({ file, version: 'test', classes: 5, memoryBytes: limitFor('nodes-only') }, startRun())
  expect(report.summary).toBe('26.4 MB in 400 001 objects. There was too little memory to look at who holds them.')
  expect(report.findings).toEqual([])
  const codes = report.sources[0]!.notices.map(({ code }) => code)
  expect(codes.slice(-2)).toEqual(['memory-no-dominators', 'memory-nodes-only'])
  expect(report.sources[0]!.notices.at(-1)!.message).toMatch(/^[\d.]+ MB of memory can be had \(the limit that was given\), even so would take about [\d.]+ MB\. References are not read/)
})

test('below the last step it is refused with figures, and what needs the graph is refused sooner', async () => {
  const least: unknown = await analyzeHeap({ file, version: 'test', classes: 5, memoryBytes: 1_000_000 }, startRun()).catch((error: unknown) => error)
  expect(least).toBeInstanceOf(ReadError)
  expect((least as ReadError).message).toMatch(/expected about [\d.]+ MB of memory, the least it can be opened with \([\d.]+ MB to do it quickly and whole\), found [\d.]+ MB: the limit that was given$/)
  const graph: unknown = await loadHeap(file, startRun(), { memoryBytes: limitFor('nodes-only') }).catch((error: unknown) => error)
  expect(graph).toBeInstanceOf(ReadError)
  expect((graph as ReadError).hint).toMatch(/`stillhere analyze` tells classes with less/)
})
