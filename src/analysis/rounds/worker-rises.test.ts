import { expect, test } from 'vitest'
import type { Floor } from './floor.ts'
import { risingWorkers, tellWorkers, type WorkerFloors } from './worker-rises.ts'

const ROUNDS = 7
const OPERATIONS = 100

/** A worker whose heap gains `perOperation`, seen from the look `from` on. */
function worker(id: number, perOperation: number, { from = 0, left }: { from?: number; left?: WorkerFloors['left'] } = {}): WorkerFloors {
  const floors = Array.from({ length: ROUNDS + 1 - from }, (_, at): Floor => {
    const done = (from + at) * OPERATIONS
    // Some noise, so that no slope is exact.
    const heapUsedBytes = 5e6 + perOperation * done + (at % 2) * 60
    return { done, atMs: done, heapUsedBytes, codeBytes: 0, externalBytes: 0, arrayBuffersBytes: 0, rssBytes: Number.NaN, contextCount: 1, detachedContextCount: 0, handleCount: 1 }
  })
  return { id, label: `worker ${id}`, floors, left }
}

function seen(threads: WorkerFloors[], newest: number[] = Array<number>(ROUNDS + 1).fill(threads.length)): Parameters<typeof risingWorkers>[0] {
  const live = threads.filter(({ left }) => left !== 'ended').length
  return { threads, live: newest.map((id, at) => ({ done: at * OPERATIONS, count: live, newest: id })) }
}

const ids = (workers: WorkerFloors[]): number[] => workers.map(({ id }) => id)

test('those that rise come with the fastest first; quiet ones and ended ones do not', () => {
  expect(ids(risingWorkers(seen([worker(1, 300), worker(2, 0), worker(3, 900), worker(4, 5000, { left: 'ended' }), worker(5, 20)])))).toEqual([3, 1])
  expect(risingWorkers(seen([worker(1, 0), worker(2, 30)]))).toEqual([])
})

test('a leak that is dealt out to many threads is seen in all of them together', () => {
  expect(risingWorkers(seen([worker(1, 60)]))).toEqual([])
  expect(ids(risingWorkers(seen([worker(1, 60), worker(2, 60), worker(3, 70), worker(4, 60)])))).toEqual([3])
})

test('one floor or two say nothing yet', () => {
  expect(risingWorkers(seen([worker(1, 900, { from: ROUNDS - 1 })]))).toEqual([])
})

test('one that rises and was not looked into is named with the option that does', () => {
  const told = tellWorkers(seen([worker(1, 300), worker(2, 900), worker(3, 400)]), { per: 'request', lookedInto: [2] })
  expect(told.map(({ code }) => code)).toEqual(['worker-rises'])
  expect(told[0]!.message).toMatch(/worker 3 rises as well, by \+400 B per request, and that of worker 1: --worker 3/)
})

test('threads are counted by their numbers, also those that came and went between two looks', () => {
  // 1 and 2 at first; at the end 2 and 9: 3 to 9 came, and six of these and the first one went.
  const [told] = tellWorkers(seen([worker(1, 0, { left: 'ended' }), worker(2, 0), worker(9, 0, { from: ROUNDS })], [2, 2, 3, 3, 5, 5, 7, 9]), { per: 'request', lookedInto: [0] })
  expect(told!.message).toMatch(/^7 worker threads came and 7 went while it was measured, 2 ran at the end/)
})

test('a program without worker threads is told nothing of them', () => {
  expect(tellWorkers(seen([]), { per: 'request', lookedInto: [] })).toEqual([])
})
