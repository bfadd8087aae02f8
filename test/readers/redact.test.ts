import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { analyzeHeap } from '../../src/jobs/analyze-heap.ts'
import { redactSnapshot } from '../../src/jobs/redact.ts'
import { looksLikeData, StringRedactor } from '../../src/readers/v8-heapsnapshot/redact-strings.ts'
import { StringUses } from '../../src/readers/v8-heapsnapshot/string-uses.ts'

const SAMPLES = join(import.meta.dirname, 'v8-heapsnapshot')
const FILES = ['node20-session-leak-small.heapsnapshot', 'node24-session-leak.heapsnapshot.gz', 'node26-alloc-stacks.heaptimeline.gz', 'chromium156-page.heapsnapshot.gz', 'bun1.4-ticket-leak.heapsnapshot']
const CONTENT_TYPES = ['string', 'concatenated string', 'sliced string', 'number', 'bigint', 'symbol', 'regexp']
const folder = mkdtempSync(join(tmpdir(), 'redact-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Raw {
  snapshot: { meta: { node_fields: string[]; node_types: [string[]]; edge_types: [string[]] } }
  nodes: number[]
  edges: number[]
  strings: string[]
}

const bytesOf = (path: string): Buffer => (path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path))

/** The strings of a file by what they are, read with JSON.parse: all that only contents refer to, and all that names do. */
function usesIn(raw: Raw): { contents: Set<number>; names: Set<number> } {
  const { node_fields: fields, node_types: [nodeTypes], edge_types: [edgeTypes] } = raw.snapshot.meta
  const names = new Set<number>()
  const contents = new Set<number>()
  for (let at = 0; at < raw.nodes.length; at += fields.length) (CONTENT_TYPES.includes(nodeTypes[raw.nodes[at]!]!) ? contents : names).add(raw.nodes[at + 1]!)
  for (let at = 0; at < raw.edges.length; at += 3) {
    const type = edgeTypes[raw.edges[at]!]!
    if (type !== 'element' && type !== 'hidden' && !(type === 'property' && looksLikeData(raw.strings[raw.edges[at + 1]!]!))) names.add(raw.edges[at + 1]!)
  }
  return { contents: new Set([...contents].filter((string) => !names.has(string))), names }
}

for (const name of FILES) {
  test(`${name}: contents go, names, numbers and every answer stay`, async () => {
    const from = join(SAMPLES, name)
    const to = join(folder, basename(name))
    await redactSnapshot(from, to, startRun())
    const [before, after] = [bytesOf(from), bytesOf(to)]
    expect(after.length).toBe(before.length)
    const [old, now] = [JSON.parse(before.toString()) as Raw, JSON.parse(after.toString()) as Raw]
    expect({ ...now, strings: [] }).toEqual({ ...old, strings: [] })
    const { contents, names } = usesIn(old)
    // "~" is what a text of one character becomes, so one that was "~" looks the same.
    const fixed = /^(?:|~|symbol|private symbol|heap number|smi number|int|number|bigint|\((?:concatenated|sliced) string\))$/
    const isLeft = [...contents].filter((string) => old.strings[string] === now.strings[string] && !fixed.test(old.strings[string]!))
    expect(isLeft.map((string) => old.strings[string])).toEqual([])
    expect(contents.size).toBeGreaterThan(20)
    const isChanged = [...names].filter((string) => old.strings[string] !== now.strings[string])
    expect(isChanged.map((string) => old.strings[string])).toEqual([])

    const report = async (file: string): Promise<unknown> => {
      const { sources: _, ...rest } = await analyzeHeap({ file, version: '0', classes: 50 }, startRun())
      return JSON.parse(JSON.stringify(rest)) as unknown
    }
    expect(await report(to)).toEqual(await report(from))
  })
}

test('it does not matter where the chunks of a file end', () => {
  const bytes = bytesOf(join(SAMPLES, FILES[0]!))
  const rewrite = (length: number): Buffer => {
    const uses = new StringUses()
    uses.sections.push(bytes)
    const redactor = new StringRedactor(uses)
    const out: Uint8Array[] = []
    for (let at = 0; at < bytes.length; at += length) out.push(...redactor.push(bytes.subarray(at, at + length)))
    return Buffer.concat(out)
  }
  const whole = rewrite(bytes.length)
  for (const length of [1, 2, 7, 1000]) expect(rewrite(length).equals(whole)).toBe(true)
})

test('keys that are data go, keys that a program names stay', () => {
  for (const key of ['ann@example.org', '3f2504e0-4f89-11d3-9a0c-0305e82c3301', '12.5', '2026-01-31', 'user:17', 'order-10482', 'a'.repeat(61)]) expect(looksLikeData(key)).toBe(true)
  for (const key of ['cache', '_idleTimeout', 'base64', 'sha512', 'on', '<symbol kState>', '/srv/app/node_modules/@scope/pkg-12/index.js', 'get size']) expect(looksLikeData(key)).toBe(false)
})

test('a file that is cut is refused, and nothing is left behind', async () => {
  const cut = join(folder, 'cut.heapsnapshot')
  const bytes = bytesOf(join(SAMPLES, FILES[0]!))
  writeFileSync(cut, bytes.subarray(0, bytes.length - 1000))
  await expect(redactSnapshot(cut, join(folder, 'never'), startRun())).rejects.toThrow(/whole snapshot/)
  expect(() => statSync(join(folder, 'never'))).toThrow('ENOENT')
})
