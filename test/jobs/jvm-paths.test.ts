import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findBestPaths } from '../../src/analysis/heap/best-paths.ts'
import { startRun } from '../../src/base/run.ts'
import { analyzeHeap } from '../../src/jobs/analyze-heap.ts'
import { decompress, fileSource } from '../../src/jobs/file-source.ts'
import { edgeNameOf, type HeapGraph, nodeNameOf, ROOT } from '../../src/model/heap-graph.ts'
import { openInput } from '../../src/readers/open.ts'

/** Names along the best path to the first object of a class: root's handle, then objects and references in turn. */
async function wayTo(file: string, className: string): Promise<string[]> {
  const opened = await openInput(await fileSource(join(import.meta.dirname, '../readers/hprof', file)), startRun(), { decompress })
  const graph = opened.model as HeapGraph
  const { edge, holder } = findBestPaths(graph, startRun())
  let node = 1
  while (nodeNameOf(graph, node) !== className) node++
  const way: string[] = []
  for (; node !== ROOT; node = holder[node]!) way.unshift(edgeNameOf(graph, edge[node]!), nodeNameOf(graph, node))
  return way
}

for (const file of ['jdk8-cacheleak.hprof.gz', 'jdk17-cacheleak-live.hprof.gz', 'jdk17-cds-cacheleak.hprof.gz', 'jdk21-zgc-cacheleak.hprof.gz', 'jdk25-compactheaders-cacheleak.hprof.gz']) {
  test(`${file}: the way to what a static field keeps begins at its class`, async () => {
    const way = await wayTo(file, 'CacheLeak$Order')
    expect(way.slice(0, 2)).toEqual(['class of the program', 'class CacheLeak'])
    expect(['CACHE', 'last']).toContain(way[2])
  })
}

test('what the JVM keeps by its own archive of classes accuses nobody', async () => {
  const file = join(import.meta.dirname, '../readers/hprof/jdk17-cds-cacheleak.hprof.gz')
  const report = await analyzeHeap({ file, version: '0', classes: 5 }, startRun())
  expect(report.findings.map(({ subject }) => subject.className)).toEqual(['CacheLeak$Order'])
})
