import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { decompress, fileSource } from '../../src/jobs/file-source.ts'
import type { HeapGraph } from '../../src/model/heap-graph.ts'
import { sourceName } from '../../src/readers/jvm-class-names.ts'
import { openInput } from '../../src/readers/open.ts'

/** Sizes are not in a dump: every class's is compared with what the JVM says of the same run. */

const here = import.meta.dirname

/** `jcmd GC.class_histogram`: bytes of one instance, for classes whose instances have one size. */
function jvmSizes(file: string): Map<string, number> {
  const sizes = new Map<string, number>()
  for (const line of readFileSync(join(here, 'jvm-histogram', file), 'utf8').split('\n')) {
    const row = /^\s*\d+:\s+(\d+)\s+(\d+)\s+(\S+)/.exec(line)
    if (row === null) continue
    const name = sourceName(row[3]!)
    if (name.endsWith('[]') || name === 'java.lang.Class') continue
    sizes.set(name, Number(row[2]) / Number(row[1]))
  }
  return sizes
}

async function read(file: string): Promise<HeapGraph> {
  const opened = await openInput(await fileSource(join(here, 'hprof', file)), startRun(), { decompress })
  return opened.model as HeapGraph
}

for (const [dump, histogram, classes] of [
  ['jdk8-cacheleak.hprof.gz', 'jdk8-histogram.txt', 150],
  ['jdk17-cacheleak-live.hprof.gz', 'jdk17-histogram.txt', 200],
  ['jdk17-cds-cacheleak.hprof.gz', 'jdk17-cds-histogram.txt', 180],
  ['jdk21-zgc-cacheleak.hprof.gz', 'jdk21-zgc-histogram.txt', 240],
  ['jdk25-compactheaders-cacheleak.hprof.gz', 'jdk25-compact-histogram.txt', 230],
] as const) {
  test(`${dump}: instances of every class are as large as the JVM says`, async () => {
    const graph = await read(dump)
    const expected = jvmSizes(histogram)
    const wrong: string[] = []
    const compared = new Set<string>()
    for (let node = 1; node < graph.nodeCount; node++) {
      const name = graph.strings.get(graph.nodeName[node]!)
      const bytes = expected.get(name)
      if (bytes === undefined) continue
      compared.add(name)
      if (graph.shallowBytes[node] !== bytes) wrong.push(`${name}: ${graph.shallowBytes[node]} instead of ${bytes}`)
    }
    expect([...new Set(wrong)]).toEqual([])
    expect(compared.size).toBeGreaterThan(classes)
  })
}

test('class objects together are within two percent of what the JVM says', async () => {
  for (const [dump, expected] of [['jdk8-cacheleak.hprof.gz', 57072], ['jdk17-cacheleak-live.hprof.gz', 90136], ['jdk21-zgc-cacheleak.hprof.gz', 159632], ['jdk25-compactheaders-cacheleak.hprof.gz', 109952]] as const) {
    const graph = await read(dump)
    let bytes = 0
    for (let node = 1; node < graph.nodeCount; node++) if (graph.strings.get(graph.nodeName[node]!).startsWith('class ')) bytes += graph.shallowBytes[node]!
    expect(Math.abs(bytes / expected - 1)).toBeLessThan(0.02)
  }
})

test('what the archive of the JVM holds of classes that were not loaded is all that is missing', async () => {
  const graph = await read('jdk17-cds-cacheleak.hprof.gz')
  const told = graph.source.notices.map(({ code, message }) => ({ code, references: Number(/(\d+) references/.exec(message)?.[1]) }))
  expect(told).toEqual([{ code: 'archived-classes', references: expect.any(Number) }])
  let classes = 0
  for (let node = 1; node < graph.nodeCount; node++) if (/^class |^java\.lang\.Class$/.test(graph.strings.get(graph.nodeName[node]!))) classes++
  const counted = /(\d+)\s+\d+\s+java\.lang\.Class /.exec(readFileSync(join(here, 'jvm-histogram/jdk17-cds-histogram.txt'), 'utf8'))?.[1]
  expect(classes + told[0]!.references).toBe(Number(counted))
})

test('in a dump that was cut any object may be missing, whoever refers to it', async () => {
  const whole = gunzipSync(readFileSync(join(here, 'hprof/jdk17-cds-cacheleak.hprof.gz')))
  const bytes = whole.subarray(0, whole.length - 200_000)
  const opened = await openInput({ name: 'cut.hprof', sizeBytes: bytes.length, async *chunks() { yield bytes } }, startRun())
  expect(opened.model.source.notices.map(({ code }) => code)).toEqual(expect.arrayContaining(['cut', 'missing-objects']))
  expect(opened.model.source.notices.map(({ code }) => code)).not.toContain('archived-classes')
})
