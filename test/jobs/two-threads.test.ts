import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { loadHeap } from '../../src/jobs/load-heap.ts'

const folder = mkdtempSync(join(tmpdir(), 'stillhere-threads-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Makes `COUNT` orders that are kept, each with a customer, a list, a closure and texts; then writes a snapshot of itself. */
const COUNT = 110_000
const PROGRAM = `
class Order { constructor(number) { this.number = number; this.customer = { name: 'customer ' + number, visits: [number, { at: number * 1.5 }] }; this.notify = () => number + this.number } }
class Line { constructor(order) { this.order = order; this.price = order.number / 3 } }
const orders = (globalThis.orders = new Map()), seen = (globalThis.seen = new WeakMap())
for (let number = 0; number < ${COUNT}; number++) {
  const order = new Order(number)
  order.lines = [new Line(order), new Line(order)]
  orders.set('order ' + number, order)
  if (number % 64 === 0) seen.set(order, { first: true })
}
require('node:v8').writeHeapSnapshot(process.argv[2])
`

const file = join(folder, 'orders.heapsnapshot')
beforeAll(() => {
  const program = join(folder, 'orders.cjs')
  writeFileSync(program, PROGRAM)
  execFileSync(process.execPath, [program, file])
  expect(statSync(file).size).toBeGreaterThan(128_000_000)
}, 120_000)

test('a big snapshot is read by two threads, which find what one finds', { timeout: 120_000 }, async () => {
  const memoryBytes = process.memoryUsage.rss() + 4e9
  const two = await loadHeap(file, startRun(), { threads: 2, memoryBytes })
  // One thread has no use for shared memory: columns in it tell that nothing fell back on that.
  expect(two.graph.edgeTarget.buffer).toBeInstanceOf(SharedArrayBuffer)
  const one = await loadHeap(file, startRun(), { threads: 1, memoryBytes })
  expect(one.graph.edgeTarget.buffer).toBeInstanceOf(ArrayBuffer)
  const totals = two.index.classTotals()
  expect(totals).toEqual(one.index.classTotals())
  expect(totals.find(({ className }) => className === 'Order')).toMatchObject({ count: COUNT })
  expect(totals.find(({ className }) => className === 'Line')).toMatchObject({ count: 2 * COUNT })
})

// A second thread's engine reserves half a gigabyte of addresses, and the process ends where it cannot.
test.runIf(process.platform === 'linux')('in a small address space it is read with less, not ended', { timeout: 120_000 }, () => {
  const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
  const analyze = spawnSync('bash', ['-c', 'ulimit -v 2000000; exec "$0" "$@"', process.execPath, main, 'analyze', file], { encoding: 'utf8' })
  expect(analyze).toMatchObject({ signal: null, status: 0 })
  expect(analyze.stdout.replace(/\s+/g, ' ')).toMatch(/of memory can be had \(the limit of the address space \(ulimit -v\)\), opening it whole would take about .*? Read by one thread/)
})
