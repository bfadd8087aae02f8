import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CollectionTracker } from '../../src/analysis/collections/collection-tracker.ts'
import { startRun } from '../../src/base/run.ts'
import { loadHeap } from '../../src/jobs/load-heap.ts'
import { nodeBinary } from '../support/node-binaries.ts'

const PROGRAM = join(import.meta.dirname, '..', 'programs', 'collections', 'known.mjs')

// The truth is the program's: it knows how many entries it made.
const KNOWN = {
  users: { kind: 'Map', entries: 300, keys: 'a-9', values: 'Object {number}' },
  numbers: { kind: 'Map', entries: 100, keys: '(number)', values: '(number)' },
  flags: { kind: 'Map', entries: 40, keys: 'a 9', values: '' },
  shrunk: { kind: 'Map', entries: 50, keys: 'a-9', values: 'Object {number}' },
  ids: { kind: 'Set', entries: 77, keys: 'UUID', values: '' },
  rows: { kind: 'Array', entries: 60, keys: '', values: 'Object {number}' },
  wide: { kind: 'object', entries: 300, keys: 'a-9', values: 'Object {number}' },
  dictionary: { kind: 'object', entries: 2500, keys: 'a-9', values: 'Object {number}' },
  counts: { kind: 'object', entries: 2400, keys: 'a-9', values: '' },
  weak: { kind: 'WeakMap', entries: 60, keys: '', values: 'Object {row}' },
  sub: { kind: 'Map', entries: 50, keys: 'path', values: '(string)' },
}

test.each([20, 22, 24, 26] as const)('on Node %i collections are seen as their owner sees them', { timeout: 60_000 }, async (major) => {
  const folder = mkdtempSync(join(tmpdir(), 'stillhere-collections-'))
  try {
    const file = join(folder, 'a.heapsnapshot')
    execFileSync(nodeBinary(major), [PROGRAM, file])
    const run = startRun()
    const { graph } = await loadHeap(file, run)
    const tracker = new CollectionTracker()
    tracker.add(graph, run)
    const found = tracker.describe({ most: 1000 }, run)
    const told = found
      .filter(({ heldAs }) => heldAs.startsWith('Shelf.'))
      .map(({ heldAs, kind, entries, keys, values }) => [heldAs.slice('Shelf.'.length), { kind, entries, keys, values }] as const)
    expect(Object.fromEntries(told)).toEqual(KNOWN)
    for (const { entries, capacity } of found) expect(capacity ?? entries).toBeGreaterThanOrEqual(entries)
    expect(found.flatMap(({ samples }) => samples)).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
