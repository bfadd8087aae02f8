import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { chain, snapshotText } from '../../../test/support/snapshot-text.ts'
import { EdgeColumns } from '../../readers/v8-heapsnapshot/edge-columns.ts'
import { BLOCK_BYTES, Blocks, readEdgesFromBack } from './edge-blocks.ts'
import { headerIn } from './snapshot-head.ts'

const folder = mkdtempSync(join(tmpdir(), 'stillhere-blocks-'))
const path = join(folder, 'a.heapsnapshot')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the thread at the back makes of a snapshot when the one at the front takes `front` blocks. */
function fromBack(text: string, front = 0): { part: ReturnType<typeof readEdgesFromBack>; edges: EdgeColumns; from: number } {
  writeFileSync(path, text)
  const header = headerIn(readFileSync(path))!
  const edges = new EdgeColumns(header, header.nodeCount, header.edgeCount, text.length, 'private')
  const from = text.indexOf('"edges":[') + 9
  const blocks = new Blocks(from, text.indexOf(']', from))
  const atFront = new Blocks(blocks.from, blocks.to, blocks.tickets)
  for (let taken = 0; taken < front; taken++) atFront.nextFront()
  const file = openSync(path, 'r')
  try {
    return { part: readEdgesFromBack(file, blocks, edges, header), edges, from }
  } finally {
    closeSync(file)
  }
}

const given = chain(100_000)
const WEAK = 6

for (const between of [',', '\n,'] as const) {
  const text = snapshotText({ ...given, between })

  test(`all edges, read from the back alone, rows parted by ${JSON.stringify(between)}`, () => {
    const { part, edges, from } = fromBack(text)
    expect(part).toMatchObject({ rows: given.edges.length, begin: from })
    expect(edges.target.every((target, edge) => target * 6 === given.edges[edge]![2])).toBe(true)
    expect(edges.name.every((name, edge) => name === given.edges[edge]![1])).toBe(true)
  })

  test(`what the front has taken is left, up to the row that it did not see whole, rows parted by ${JSON.stringify(between)}`, () => {
    const { part, edges, from } = fromBack(text, 2)
    const missing = given.edges.length - part!.rows
    expect(missing).toBeGreaterThan(BLOCK_BYTES / 10)
    expect(edges.target.every((target, edge) => target * 6 === (edge < missing ? 0 : given.edges[edge]![2]))).toBe(true)
    expect(text.slice(from, part!.begin).split(',').length - 1).toBe(3 * missing)
    expect(part!.begin - from - 2 * BLOCK_BYTES).toBeLessThan(100)
  })
}

test('what a try from the wrong comma took for a name does not count', () => {
  // Read from its second number, `6,2,12,` is a row as well, with 12 for a name. Of rows of 7 bytes and blocks of 2^18 every seventh begins so.
  const nodes = Array.from({ length: 11 }, (_, node) => [3, 1, 2 * node + 1, 16, 30_000, 0])
  const edges = Array.from({ length: 330_000 }, () => [WEAK, 2, 12])
  expect(fromBack(snapshotText({ nodes, edges })).part).toMatchObject({ rows: 330_000, maxName: 2 })
})

test('edges that stand behind 2^32 bytes are read', () => {
  const text = snapshotText(given)
  const header = headerIn(new TextEncoder().encode(text.slice(0, 65_536)))!
  const edges = new EdgeColumns(header, header.nodeCount, header.edgeCount, text.length, 'private')
  const far = 2 ** 32 + 12_345
  const file = openSync(join(folder, 'far'), 'w+') // nothing is stored of what is not written
  try {
    writeSync(file, text, far)
    const from = far + text.indexOf('"edges":[') + 9
    const part = readEdgesFromBack(file, new Blocks(from, far + text.indexOf(']', from - far)), edges, header)
    expect(part).toMatchObject({ rows: given.edges.length, begin: from })
    expect(edges.target.every((target, edge) => target * 6 === given.edges[edge]![2])).toBe(true)
  } finally {
    closeSync(file)
  }
})

test('what are no rows of edges is not for it', () => {
  const text = snapshotText(given)
  const at = text.indexOf('"edges":[') + 1_000_000
  expect(fromBack(`${text.slice(0, at)}x${text.slice(at + 1)}`).part).toBeUndefined()
})
