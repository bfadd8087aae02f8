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

/** A record as the library leaves it in the heap; the classes are renamed, as a minifier would. */
function record(key: string, label: string, ticket: string): Record<string, DrawnNode> {
  return {
    [key]: { name: 'a', edges: { stillhereTicket: `${key}-ticket`, stillhereBatch: `${key}-batch` } },
    [`${key}-batch`]: { name: 'd', edges: { label: `${key}-label`, watchedAt: `${key}-at` } },
    [`${key}-ticket`]: text(ticket),
    [`${key}-label`]: text(label),
    [`${key}-at`]: text('1000'),
    [`${key}-stub`]: { name: 'c', bytes: 0, edges: { stillhereRecord: key } },
  }
}

/** What the object has that is watched by this record: a WeakMap entry, written as V8 does. */
const watchedBy = (key: string): Record<string, string> => ({ 'internal:3 / part of key (Some @1) -> value (c @2) pair in WeakMap (table @999)': `${key}-stub` })

const clock: Record<string, DrawnNode> = { clock: { name: 'b', edges: { stillhereNow: 'now' } }, now: text('61000') }

test('records are found by their field, with label, age and target; a cleared one is gone', () => {
  const graph = graphOf({ root: ['w1', 'w2', 'clock', 'cache'], ...record('w1', 'login', '7'), ...record('w2', 'done', '8'), ...clock, cache: ['session'], session: { edges: watchedBy('w1') } })
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
    s1: { name: 'Session', bytes: 100, edges: { part: 'part', ...watchedBy('w1') } },
    s2: { name: 'Session', bytes: 100, edges: watchedBy('w2') },
    part: { name: 'Part', bytes: 50, edges: watchedBy('w3') },
    ...record('w1', 'session', '1'),
    ...record('w2', 'session', '2'),
    ...record('w3', 'part', '3'),
    ...record('w4', 'gone', '4'),
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
    first: { name: 'Session', edges: { next: 'second', ...watchedBy('w1') } },
    registry: { name: 'Registry', edges: { inner: 'inner' } },
    inner: { name: 'Inner', edges: { kept: 'second' } },
    second: { name: 'Session', edges: watchedBy('w2') },
    ...record('w1', 'first', '1'),
    ...record('w2', 'second', '2'),
  })
  const { causes } = explainWatched(graph, findWatched(graph), { dominators: findDominators(graph, run), run })
  expect(causes.map((cause) => cause.records.map((record) => record.label))).toEqual([['first'], ['second']])
  expect(causes[1]!.finding.paths[0]!.steps.map((step) => step.edgeName).slice(1)).toEqual(['registry', 'inner', 'kept'])
})

test("what only the inspector's console holds is not called a leak of the program", () => {
  const graph = graphOf({
    root: { edges: { 'root:(Global handles)': 'handles', 'root:w1': 'w1' } },
    handles: { kind: 'synthetic', name: '(Global handles)', edges: { 'internal:12 / DevTools console': 'logged' } },
    logged: { name: 'Session', edges: watchedBy('w1') },
    ...record('w1', 'logged', '1'),
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
    argument: { name: 'Session', edges: watchedBy('w1') },
    results: { name: 'Array' },
    order: { name: 'Array' },
    ...record('w1', 'argument', '1'),
  })
  for (const [list, pattern] of [['calls', 'held-by-mock'], ['history', 'growing-array']] as const) {
    const graph = drawn(list)
    const { causes } = explainWatched(graph, findWatched(graph), { dominators: findDominators(graph, run), run })
    expect(causes[0]!.finding.pattern).toBe(pattern)
  }
})

test("what jsdom's window holds is told as a listener, a part of the document or the window's, not as a collection of the program", () => {
  const inJsdom = (file: string): [string, number, number] => [`node_modules/jsdom/lib/jsdom/living/${file}`, 1, 1]
  const heldBy = (nodes: Record<string, DrawnNode>): string => {
    const graph = graphOf({ root: ['w1', 'window'], window: { name: 'Window', edges: { '#impl': 'impl' } }, ...nodes, ...record('w1', 'panel', '1') })
    return explainWatched(graph, findWatched(graph), { dominators: findDominators(graph, run), run }).causes[0]!.finding.title
  }
  const listener = {
    impl: { name: 'EventTargetImpl', at: inJsdom('events/EventTarget-impl.js'), edges: { _eventListeners: 'table' } },
    table: { name: 'Object {resize}', edges: { resize: 'list' } },
    list: { name: 'Array', edges: { 'element:0': 'entry' } },
    entry: { name: 'Object {callback, …}', edges: { callback: 'callback' } },
    callback: { kind: 'closure' as const, name: 'callTheUserObjectsOperation', at: inJsdom('../generated/idl/EventListener.js'), edges: { '<symbol wrapper>': 'panel' } },
    panel: { name: 'Panel', edges: watchedBy('w1') },
  }
  expect(heldBy(listener)).toBe('"panel" is held by a listener that was never removed from an EventTarget of jsdom')
  const tree = {
    impl: { name: 'Set', edges: { 'internal:table': 'table' } },
    table: { kind: 'array' as const, edges: { 'internal:5': 'div' } },
    div: { name: 'HTMLDivElementImpl', at: inJsdom('nodes/HTMLDivElement-impl.js'), edges: { '<symbol wrapper>': 'element' } },
    element: { name: 'HTMLDivElement', edges: { panel: 'panel' } },
    panel: { name: 'Panel', edges: watchedBy('w1') },
  }
  expect(heldBy(tree)).toBe('"panel" is held by jsdom\'s window, which lives as long as the test file')
  expect(heldBy({ ...tree, element: { name: 'HTMLDivElement', edges: watchedBy('w1') }, panel: {} })).toBe('"panel" is held by jsdom\'s document: it is part of the page')
  // The same Set outside jsdom is the program's.
  expect(heldBy({ ...tree, div: { name: 'Owner', edges: { element: 'element' } } })).toBe('"panel" is held by a Map or Set from which it was never removed')
})

test('a text is found by how it begins, and not in the marker itself', () => {
  const graph = graphOf({
    root: ['w1', 'config'],
    w1: { edges: { stillhereTicket: 't', stillhereBatch: 'b' } },
    b: { edges: { label: 'l', content: 'c' } },
    t: text('1'),
    l: text('token'),
    c: text('=eyJhbGci'),
    config: { edges: { token: 'leaked' } },
    leaked: text('eyJhbGciOiJIUzI1NiJ9'),
  })
  const [record] = findWatched(graph)
  expect(record!.contentNodes).toEqual([graph.node('leaked')])
})
