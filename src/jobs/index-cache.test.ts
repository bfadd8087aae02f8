import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import { locationOf } from '../model/heap-graph.ts'
import { cachePath, readIndexCache } from './index-cache.ts'
import { type LoadedHeap, loadHeap } from './load-heap.ts'

const samples = join(import.meta.dirname, '../../test/readers/v8-heapsnapshot')
const folder = mkdtempSync(join(tmpdir(), 'stillhere-cache-'))
const snapshot = join(folder, 'a.heapsnapshot')
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => {
  for (const file of readdirSync(folder)) rmSync(join(folder, file), { recursive: true })
  copyFileSync(join(samples, 'node20-session-leak-small.heapsnapshot'), snapshot)
})

const load = (): Promise<LoadedHeap> => loadHeap(snapshot, startRun(), { cache: 'beside' })
const whyNot = (): string => {
  const kept = readIndexCache(snapshot, cachePath(snapshot))
  return 'unusable' in kept ? kept.unusable : 'used'
}

test('the second opening comes from the cache and says the same', async () => {
  expect(whyNot()).toBe('there is none')
  const first = await load()
  expect(whyNot()).toBe('used')
  const second = await load()
  expect(second.index.classTotals()).toEqual(first.index.classTotals())
  expect(second.index.dominators()).toEqual(first.index.dominators())
  expect(second.index.retainers()).toEqual(first.index.retainers())
  const names = ({ graph }: LoadedHeap): unknown[] => Array.from({ length: graph.nodeCount }, (_, node) => [graph.strings.get(graph.nodeName[node]!), locationOf(graph, node)])
  expect(names(second)).toEqual(names(first))
})

test('a timeline keeps its allocation sites', async () => {
  writeFileSync(snapshot, gunzipSync(readFileSync(join(samples, 'node26-alloc-stacks.heaptimeline.gz'))))
  const first = await load()
  const second = await load()
  expect(second.graph.allocations?.liveBytes).toEqual(first.graph.allocations?.liveBytes)
  expect(second.graph.allocations?.strings.get(5)).toBe(first.graph.strings.get(5))
})

test('a snapshot that changed makes the cache stale, whatever its date says', async () => {
  await load()
  const { atime, mtime, size } = statSync(snapshot)
  const bytes = readFileSync(snapshot)
  const at = bytes.indexOf('"nodes":[') + 20
  bytes[at] = bytes[at] === 0x30 ? 0x31 : 0x30
  writeFileSync(snapshot, bytes)
  utimesSync(snapshot, atime, mtime)
  expect(statSync(snapshot).size).toBe(size)
  expect(whyNot()).toBe('the snapshot has changed since')
})

test('a damaged cache is noticed wherever the damage is, and made again', async () => {
  const { index } = await load()
  const path = cachePath(snapshot)
  const whole = readFileSync(path)
  for (let place = 0; place < 60; place++) {
    const damaged = Buffer.from(whole)
    damaged[Math.floor((place * (whole.length - 1)) / 59)]! ^= 4
    writeFileSync(path, damaged)
    const kept = readIndexCache(snapshot, path)
    if (!('unusable' in kept)) throw new Error(`damage at place ${place} of 59 was believed`)
  }
  for (const length of [0, 7, 16, 500, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, length))
    expect(whyNot()).not.toBe('used')
  }
  const again = await load()
  expect(again.index.classTotals()).toEqual(index.classTotals())
  expect(whyNot()).toBe('used')
})

test('two snapshots of one name in different folders do not share a cache', () => {
  expect(cachePath('/a/x.heapsnapshot', '/cache')).not.toBe(cachePath('/b/x.heapsnapshot', '/cache'))
})
