import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import { sumOf } from '../analysis/allocation/call-tree-totals.ts'
import { legacyHeapProfile } from './legacy-heap-profile.ts'

const input = (text: string) => {
  const bytes = new TextEncoder().encode(text)
  return { name: 'raw', sizeBytes: bytes.length, async *chunks() { yield bytes } }
}

test('behind symbols that fill the head, what follows decides: jemalloc’s profile or the older one', async () => {
  const symbols = `--- symbol\nbinary=./a\n${Array.from({ length: 200 }, (_, at) => `0x${(0x400000 + at * 16).toString(16)} function${at}\n`).join('')}---\n--- heap\n`
  const head = new TextEncoder().encode(symbols).subarray(0, 4096)
  expect(legacyHeapProfile.recognize(head, 'raw')).toBe('likely')
  const jemalloc = await legacyHeapProfile.read(input(`${symbols}heap_v2/1\n  t*: 3: 300 [0: 0]\n@ 0x400011\n  t*: 3: 300 [0: 0]\n`), startRun())
  expect([jemalloc.source.format, sumOf(jemalloc.liveBytes)]).toEqual(['jemalloc', 300])
  const older = await legacyHeapProfile.read(input(`${symbols}heap profile:      3:      300 [     3:      300] @ heapprofile\n     3:      300 [     3:      300] @ 0x400011\n`), startRun())
  expect([older.source.format, sumOf(older.liveBytes)]).toEqual(['legacy-heap-profile', 300])
})
