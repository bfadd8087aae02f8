import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import type { DrawnNode } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import { NONE } from '../../model/heap-graph.ts'
import { findDominators } from '../heap/dominators.ts'
import { explainWatched } from './explain-watched.ts'
import { findWatched } from './find-watched.ts'

const run = startRun()
const text = (content: string): DrawnNode => ({ kind: 'string', name: content })

/** A record as the library leaves it in the heap; the class is renamed, as a minifier would. */
function watch(key: string, target: string | undefined, label: string, ticket: string): Record<string, DrawnNode> {
  return {
    [`${key}`]: { name: 'a', edges: { stillhereTicket: `${key}-ticket`, label: `${key}-label`, watchedAt: `${key}-at`, ref: `${key}-ref` } },
    [`${key}-ticket`]: text(ticket),
    [`${key}-label`]: text(label),
    [`${key}-at`]: text('1000'),
    [`${key}-ref`]: { name: 'WeakRef', edges: target === undefined ? {} : { 'weak:target': target } },
  }
}

const clock: Record<string, DrawnNode> = { clock: { name: 'b', edges: { stillhereNow: 'now' } }, now: text('61000') }

test('records are found by their field, with label, age and target; a cleared one is gone', () => {
  const graph = graphOf({ root: ['w1', 'w2', 'clock', 'cache'], ...watch('w1', 'session', 'login', '7'), ...watch('w2', undefined, 'done', '8'), ...clock, cache: ['session'] })
  expect(findWatched(graph)).toMatchObject([
    { ticket: '7', label: 'login', node: graph.node('session'), ageMs: 60_000, watchedAtMs: 1000 },
    { ticket: '8', label: 'done', node: NONE },
  ])
})

test('an object of the program that has the same field but not ours is no record', () => {
  const graph = graphOf({ root: ['other'], other: { edges: { stillhereTicket: 'number' } }, number: { kind: 'number', name: '7' } })
  expect(findWatched(graph)).toEqual([])
})

test('what one map holds is one cause; what is held only through it is counted with it', () => {
  const graph = graphOf({
    root: ['module', 'w1', 'w2', 'w3', 'w4'],
    module: { name: 'Module', edges: { exports: 'exports' } },
    exports: { edges: { cache: 'cache' } },
    cache: { name: 'Map', edges: { 'internal:table': 'table' } },
    table: { kind: 'array', edges: { 'internal:4': 's1', 'internal:7': 's2' } },
    s1: { name: 'Session', bytes: 100, edges: { part: 'part' } },
    s2: { name: 'Session', bytes: 100 },
    part: { name: 'Part', bytes: 50 },
    ...watch('w1', 's1', 'session', '1'),
    ...watch('w2', 's2', 'session', '2'),
    ...watch('w3', 'part', 'part', '3'),
    ...watch('w4', undefined, 'gone', '4'),
  })
  const { causes, gone, unheld } = explainWatched(graph, findWatched(graph), { dominators: findDominators(graph, run), run })
  expect(causes).toHaveLength(1)
  expect(causes[0]!.records.map((record) => record.ticket)).toEqual(['1', '2', '3'])
  expect(causes[0]!.finding).toMatchObject({ pattern: 'growing-map', verdict: 'leak', retainedBytes: 250, subject: { className: 'Session', count: 2 } })
  expect(causes[0]!.finding.paths[0]!.steps.map((step) => step.status)).toEqual(['fine', 'fine', 'fine', 'fine', 'leaking'])
  expect(gone.map((record) => record.ticket)).toEqual(['4'])
  expect(unheld).toEqual([])
})

test('a way round a watched object is preferred to the way through it', () => {
  const graph = graphOf({
    root: ['w1', 'w2', 'global'],
    global: { name: 'global', edges: { last: 'first', registry: 'registry' } },
    // The short way to `second` leads through `first`.
    first: { name: 'Session', edges: { next: 'second' } },
    registry: { name: 'Registry', edges: { inner: 'inner' } },
    inner: { name: 'Inner', edges: { kept: 'second' } },
    second: { name: 'Session' },
    ...watch('w1', 'first', 'first', '1'),
    ...watch('w2', 'second', 'second', '2'),
  })
  const { causes } = explainWatched(graph, findWatched(graph), { dominators: findDominators(graph, run), run })
  expect(causes.map((cause) => cause.records.map((record) => record.label))).toEqual([['first'], ['second']])
  expect(causes[1]!.finding.paths[0]!.steps.map((step) => step.edgeName).slice(1)).toEqual(['registry', 'inner', 'kept'])
})

test("what only the inspector's console holds is not called a leak of the program", () => {
  const graph = graphOf({
    root: { edges: { 'root:(Global handles)': 'handles', 'root:w1': 'w1' } },
    handles: { kind: 'synthetic', name: '(Global handles)', edges: { 'internal:12 / DevTools console': 'logged' } },
    logged: { name: 'Session' },
    ...watch('w1', 'logged', 'logged', '1'),
  })
  const { causes } = explainWatched(graph, findWatched(graph), { dominators: findDominators(graph, run), run })
  expect(causes[0]!.finding).toMatchObject({ verdict: 'healthy', pattern: 'held-by-debugger' })
})

test("what a mock's list of calls keeps is told apart from an array of the program", () => {
  const drawn = (list: string) => graphOf({
    root: ['w1', 'holder'],
    holder: { name: 'Object', edges: { [list]: 'list', results: 'results', invocationCallOrder: 'order' } },
    list: { name: 'Array', edges: { 'internal:elements': 'elements' } },
    elements: { kind: 'array', edges: { 'element:0': 'call' } },
    call: { name: 'Array', edges: { 'element:0': 'argument' } },
    argument: { name: 'Session' },
    results: { name: 'Array' },
    order: { name: 'Array' },
    ...watch('w1', 'argument', 'argument', '1'),
  })
  for (const [list, pattern] of [['calls', 'held-by-mock'], ['history', 'growing-array']] as const) {
    const graph = drawn(list)
    const { causes } = explainWatched(graph, findWatched(graph), { dominators: findDominators(graph, run), run })
    expect(causes[0]!.finding.pattern).toBe(pattern)
  }
})

test('a text is found by how it begins, and not in the marker itself', () => {
  const graph = graphOf({
    root: ['w1', 'config'],
    w1: { edges: { stillhereTicket: 't', label: 'l', content: 'c' } },
    t: text('1'),
    l: text('token'),
    c: text('=eyJhbGci'),
    config: { edges: { token: 'leaked' } },
    leaked: text('eyJhbGciOiJIUzI1NiJ9'),
  })
  const [record] = findWatched(graph)
  expect(record!.contentNodes).toEqual([graph.node('leaked')])
})
