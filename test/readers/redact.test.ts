import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { analyzeHeap } from '../../src/jobs/analyze-heap.ts'
import { diffHeaps } from '../../src/jobs/diff-heaps.ts'
import { redactSnapshot } from '../../src/jobs/redact.ts'
import { explainWhy } from '../../src/jobs/why.ts'
import type { Report } from '../../src/model/report.ts'
import { looksLike } from '../../src/analysis/collections/text-looks.ts'
import { disguise } from '../../src/readers/v8-heapsnapshot/disguise.ts'
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
    // A text without a letter or digit has nothing to hide.
    const fixed = /^(?:|[^\p{L}\p{Nd}]+|symbol|private symbol|heap number|smi number|int|number|bigint|\((?:concatenated|sliced) string\))$/u
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

const ROOT = join(import.meta.dirname, '..', '..')
const REPORTED = { version: '0', cwd: ROOT, classes: 50 }
/** A report without the names of its files. */
const told = (report: Report): unknown => JSON.parse(JSON.stringify({ ...report, sources: undefined })) as unknown

async function redactedOf(files: readonly string[]): Promise<string[]> {
  const made = files.map((file) => join(folder, `redacted-${basename(file)}`))
  for (const [at, file] of files.entries()) await redactSnapshot(file, made[at]!, startRun())
  return made
}

test('the watches of a program stay: what should be gone is still found, named and tagged', { timeout: 60_000 }, async () => {
  const file = join(folder, 'marked.heapsnapshot')
  execFileSync(process.execPath, [join(ROOT, 'test', 'in-process', 'programs', 'marked.mjs'), join(ROOT, 'src', 'in-process', 'should-go-away.ts'), file], { stdio: 'ignore' })
  const [redacted] = (await redactedOf([file])) as [string]
  const before = await analyzeHeap({ file, ...REPORTED }, startRun())
  expect(before.summary).toMatch(/^3 objects that the program said should be gone are still here/)
  expect(told(await analyzeHeap({ file: redacted, ...REPORTED }, startRun()))).toEqual(told(before))
  // Other texts of the same program went.
  expect(readFileSync(file, 'latin1')).toContain('const { shouldGoAway')
  expect(readFileSync(redacted, 'latin1')).not.toContain('const { shouldGoAway')
})

test('diff and why give the same answers on redacted snapshots', { timeout: 60_000 }, async () => {
  execFileSync(process.execPath, ['--expose-gc', join(ROOT, 'test', 'programs', 'patterns', 'run.mjs'), 'leak', folder, 'growing-map', 'timer-pile-up'], { stdio: 'ignore' })
  const files = [0, 1, 2].map((rung) => join(folder, `${rung}.heapsnapshot`))
  const redacted = await redactedOf(files)
  const before = await diffHeaps({ files, operations: 61, ...REPORTED }, startRun())
  expect(before.findings.map(({ pattern }) => pattern).toSorted()).toEqual(['growing-map', 'timer-pile-up'])
  expect(told(await diffHeaps({ files: redacted, operations: 61, ...REPORTED }, startRun()))).toEqual(told(before))
  const why = async (file: string): Promise<unknown> => told((await explainWhy({ file, selector: 'Session', paths: 3, picture: 'not wanted', ...REPORTED }, startRun())).report)
  expect(await why(redacted[2]!)).toEqual(await why(files[2]!))
})

test('a short text keeps its form and not a letter or digit of what it said', () => {
  const texts = ['3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'ann@example.org', '2026-01-31T12:00', 'user:17', 'GET /orders/10482?full=1', 'a', '7', 'Sch\\u00f6n 5', 'Schön 5', 'say \\"hi\\"\\n', 'x\\ud83d\\ude00y']
  for (const text of texts) {
    const made = disguise(text, 17)
    expect(Buffer.byteLength(made), text).toBe(Buffer.byteLength(text))
    const [before, after] = [JSON.parse(`"${text}"`) as string, JSON.parse(`"${made}"`) as string]
    expect(looksLike(after), made).toBe(looksLike(before))
    const same = Array.from(before).filter((character, at) => /[a-z0-9]/i.test(character) && !(character === 'T' && before[at + 1] === '1') && before.length === after.length && character === after[at])
    expect(same, made).toEqual([])
    expect(disguise(text, 18) === made && /[a-z0-9]{3}/i.test(text)).toBe(false)
  }
})
