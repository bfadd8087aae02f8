import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { UsageError } from '../../src/base/errors.ts'
import { javaLayoutArgument } from '../../src/cli/java-layout-option.ts'
import { analyze } from '../../src/jobs/analyze.ts'
import { loadHeap } from '../../src/jobs/load-heap.ts'
import { nodeNameOf } from '../../src/model/heap-graph.ts'
import type { GivenLayout } from '../../src/readers/hprof.ts'

const readers = join(import.meta.dirname, '..', 'readers')

async function orderOf(file: string, javaLayout?: GivenLayout): Promise<{ bytes: number | undefined; notices: string[] }> {
  const { graph } = await loadHeap(join(readers, 'hprof', file), startRun(), { javaLayout })
  let node = 1
  while (nodeNameOf(graph, node) !== 'CacheLeak$Order') node++
  return { bytes: graph.shallowBytes[node], notices: graph.source.notices.map(({ code }) => code) }
}

test('the layout that the JVM really had, given by hand, changes nothing', async () => {
  // 48 and 64 bytes an order, by the class histograms of these JVMs.
  expect(await orderOf('jdk17-cacheleak-live.hprof.gz', { referenceBytes: 4, headerBytes: 12, alignmentBytes: 8 })).toEqual({ bytes: 48, notices: [] })
  expect(await orderOf('jdk21-zgc-cacheleak.hprof.gz', { referenceBytes: 8 })).toEqual({ bytes: 64, notices: [] })
})

test('a layout that is not this JVM\'s is taken, and told', async () => {
  // A header of 16, three references of 8, and double, int, float, char, short, boolean: 16 + 24 + 8 + 4 + 4 + 2 + 2 + 1 = 61.
  expect(await orderOf('jdk17-cacheleak-live.hprof.gz', { referenceBytes: 8, headerBytes: 16 })).toEqual({ bytes: 64, notices: ['layout-contradicted'] })
})

test('alignment rounds each size up', async () => {
  const { bytes, notices } = await orderOf('jdk17-cacheleak-live.hprof.gz', { alignmentBytes: 32 })
  expect(bytes).toBe(64)
  expect(notices).toEqual(['layout-contradicted'])
})

test('where the dump itself holds sizes, a layout is not used', async () => {
  const { graph } = await loadHeap(join(readers, 'hprof/synthetic-android-1.0.3.hprof'), startRun(), { javaLayout: { headerBytes: 16 } })
  expect(graph.source.notices.map(({ code }) => code)).toContain('layout-not-used')
})

test('a layout is refused for what is no dump of a JVM', async () => {
  const plan = { version: '0', classes: 5, javaLayout: { referenceBytes: 8 } }
  await expect(analyze({ ...plan, file: join(readers, 'jfr/jdk17-gcwork.jfr') }, startRun())).rejects.toThrow(UsageError)
  await expect(analyze({ ...plan, file: join(readers, 'objgraph/objgraph3.5-refs.dot') }, startRun())).rejects.toThrow(UsageError)
})

test('the argument names what is known, and refuses what no JVM has', () => {
  expect(javaLayoutArgument('references=8,alignment=16')).toEqual({ referenceBytes: 8, alignmentBytes: 16 })
  for (const wrong of ['', 'references', 'references=5', 'header=-12', 'constructor=8', 'alignment=8 ', 'references=4,,']) expect(() => javaLayoutArgument(wrong), wrong).toThrow()
})
