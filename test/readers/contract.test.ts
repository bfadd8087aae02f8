import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ReadError } from '../../src/base/errors.ts'
import { startRun } from '../../src/base/run.ts'
import { decompress } from '../../src/jobs/file-source.ts'
import { checkAllocationProfile } from '../../src/model/check-allocation-profile.ts'
import { checkHeapGraph } from '../../src/model/check-heap-graph.ts'
import { checkMemorySeries } from '../../src/model/check-memory-series.ts'
import { type Opened, openInput } from '../../src/readers/open.ts'
import { type ByteSource, HEAD_BYTES } from '../../src/readers/reader.ts'
import { READERS } from '../../src/readers/registry.ts'
import { factsOf } from './facts.ts'

/**
 * Every reader keeps the same contract, over real samples: `test/readers/<format>/` holds them, `truth.json` maps each
 * sample's name to facts known from elsewhere (see `facts.ts`), `MADE.md` says what made them. No test code there.
 */

const here = import.meta.dirname

/** `bytes` in chunks whose lengths come from a seeded generator; the buffer is reused, as a file source does. */
function source(bytes: Uint8Array, name: string, chunkLength: (turn: number) => number): ByteSource {
  return {
    name,
    sizeBytes: bytes.length,
    async *chunks() {
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const length = Math.max(1, chunkLength(turn))
        const chunk = bytes.slice(at, at + length)
        yield chunk
        chunk.fill(0xaa)
        at += length
      }
    },
  }
}

const whole = (_turn: number): number => Number.MAX_SAFE_INTEGER
const read = (bytes: Uint8Array, name: string, chunkLength = whole): Promise<Opened> =>
  openInput(source(bytes, name, chunkLength), startRun(), { decompress })

function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** A reading of damaged bytes ends in a ReadError or in a checked model; anything else is a bug of ours. */
async function survives(bytes: Uint8Array, what: string): Promise<void> {
  try {
    const opened = await read(bytes, 'damaged')
    if (opened.makes === 'heap-graph') checkHeapGraph(opened.model)
    if (opened.makes === 'allocation-profile') checkAllocationProfile(opened.model)
    if (opened.makes === 'memory-series') checkMemorySeries(opened.model)
  } catch (error) {
    if (!(error instanceof ReadError)) throw new Error(`${what}: ${String(error)}`, { cause: error })
  }
}

test('every folder of samples belongs to a reader', () => {
  const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  expect(folders.filter((folder) => !READERS.some(({ format }) => format === folder))).toEqual([])
})

for (const reader of READERS) {
  describe(reader.format, () => {
    const folder = join(here, reader.format)
    test('has samples, their truth, and the story of how they were made', () => {
      expect(existsSync(join(folder, 'truth.json')) && existsSync(join(folder, 'MADE.md'))).toBe(true)
      expect(Object.keys(JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as object).length).toBeGreaterThan(0)
    })
    if (!existsSync(join(folder, 'truth.json'))) return
    const truths = Object.entries(JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Record<string, Record<string, unknown>>)
    for (const [name, truth] of truths) {
      describe(name, () => {
        const bytes = new Uint8Array(readFileSync(join(folder, name)))

        test('is recognized by this reader alone, with its name and without', async () => {
          const named = await read(bytes, name)
          const unnamed = await read(bytes, 'unknown')
          expect([named.format, unnamed.format]).toEqual([reader.format, reader.format])
          const head = bytes.subarray(0, HEAD_BYTES)
          const certain = READERS.filter((other) => other.recognize(head, 'unknown') === 'certain').map(({ format }) => format)
          expect(certain.length).toBeLessThanOrEqual(1)
        })

        test('says what is true of it', async () => {
          const opened = await read(bytes, name)
          expect(factsOf(opened, Object.keys(truth))).toEqual(truth)
        })

        test('gives the same in any chunks and gzipped', async () => {
          const next = random(bytes.length)
          const facts = Object.keys(truth)
          const expected = factsOf(await read(bytes, name), facts)
          for (const longest of [7, 5000]) {
            if (bytes.length > 1_000_000 && longest < 8) continue // a million turns of seven bytes test nothing more
            const chunkLength = (): number => 1 + Math.floor(next() * longest)
            expect(factsOf(await read(bytes, name, chunkLength), facts)).toEqual(expected)
          }
          expect(factsOf(await read(new Uint8Array(gzipSync(bytes)), name), facts)).toEqual(expected)
        })

        test('damaged, it ends in a ReadError or in a checked model', async () => {
          const next = random(bytes.length + 1)
          const rounds = bytes.length > 200_000 ? 6 : 24
          for (let round = 0; round < rounds; round++) {
            const cut = Math.floor(next() * bytes.length)
            await survives(bytes.subarray(0, cut), `cut at ${cut}`)
            const flipped = bytes.slice()
            const at = Math.floor(next() * bytes.length)
            flipped[at]! ^= 1 << Math.floor(next() * 8)
            await survives(flipped, `bit flipped at ${at}`)
            const [from, to] = [Math.floor(next() * bytes.length), Math.floor(next() * bytes.length)]
            const spliced = new Uint8Array([...bytes.subarray(0, from), ...bytes.subarray(to)])
            await survives(spliced, `${from} joined to ${to}`)
          }
        })
      })
    }
  })
}
