import { expect, test } from 'vitest'
import { type DrawnNode, graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import { type GrowthResult, GrowthTracker } from './growth-tracker.ts'

const run = startRun()

/** A program whose requests are kept in one or two Maps, and whose log has lines of its own. */
function program(count: number, { isIndexed }: { isIndexed: boolean }): ReturnType<typeof graphOf> {
  const all = Array.from({ length: count }, (_, at) => at)
  const table = (id: number, names: readonly string[]): DrawnNode => ({ id, kind: 'array', name: '', bytes: 16 * names.length, edges: Object.fromEntries(names.map((name, at) => [`element:${at}`, name])) })
  const requests = all.map((at) => `r${at}`)
  return graphOf({
    root: { edges: { 'root:app': 'app' } },
    app: { id: 1, kind: 'closure', name: 'handle', at: ['/srv/app.js', 10, 3], edges: { 'internal:context': 'scope' } },
    scope: { id: 3, kind: 'context', name: 'system / Context', edges: { 'variable:requests': 'map', 'variable:log': 'list', ...(isIndexed ? { 'variable:byUser': 'index' } : {}) } },
    map: { id: 5, name: 'Map', edges: { 'internal:table': 'table' } },
    table: table(100_001 + 2 * count, requests),
    list: { id: 7, name: 'Array', edges: { 'internal:elements': 'lines' } },
    lines: table(200_001 + 2 * count, all.map((at) => `l${at}`)),
    ...(isIndexed ? { index: { id: 9, name: 'Map', edges: { 'internal:table': 'users' } }, users: table(300_001 + 2 * count, requests) } : {}),
    ...Object.fromEntries(all.flatMap((at): [string, DrawnNode][] => [
      [`r${at}`, { id: 1001 + 4 * at, name: 'Request', bytes: 300 }],
      [`l${at}`, { id: 1003 + 4 * at, name: 'Line', bytes: 100 }],
    ])),
  })
}

function grow(isIndexed: boolean): GrowthResult {
  const tracker = new GrowthTracker()
  for (const [step, count] of [100, 150, 200].entries()) tracker.add(program(count, { isIndexed }), { operations: 100 + 50 * step }, run)
  return tracker.explain({ per: 'operation' }, run)
}

test('two causes are cut in the order of what they free', () => {
  expect(grow(false).cuts).toEqual([
    { cuts: [0], freedBytes: 200 * 300, inAllBytes: 200 * 300 },
    { cuts: [1], freedBytes: 200 * 100, inAllBytes: 200 * 400 },
  ])
})

test('a second Map of the same objects is named, with what both free together', () => {
  const [first] = grow(true).findings
  expect(first!.retainedBytes).toBe(0)
  expect(first!.reasons.find(({ text }) => text.startsWith('Cutting'))).toEqual({
    for: false,
    text: expect.stringMatching(/^Cutting this reference alone would free only 0 B: (requests|byUser) holds 200 of the same objects; both together free 60.0 kB\.$/) as string,
  })
})
