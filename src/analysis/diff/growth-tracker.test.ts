import { expect, test } from 'vitest'
import { type DrawnNode, graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import { type GrowthResult, GrowthTracker } from './growth-tracker.ts'

const run = startRun()
type Drawn = Record<string, DrawnNode>

/** A program with a Map in a captured variable that holds these sessions, and a builtin or two that never change. */
function program(sessions: readonly number[], more: Drawn = {}): ReturnType<typeof graphOf> {
  return graphOf({
    root: { edges: { 'root:app': 'app' } },
    app: { id: 1, kind: 'closure', name: 'handle', at: ['/srv/app.js', 10, 3], edges: { 'internal:context': 'scope' } },
    scope: { id: 3, kind: 'context', name: 'system / Context', edges: { 'variable:sessions': 'map', ...Object.fromEntries(Object.keys(more).map((key) => [`variable:${key}`, key])) } },
    map: { id: 5, name: 'Map', edges: { 'internal:table': 'table' } },
    table: { id: 100 + 2 * sessions.length, kind: 'array', name: '', bytes: 16 * sessions.length, edges: Object.fromEntries(sessions.map((id, i) => [`element:${i}`, `s${id}`])) },
    ...Object.fromEntries(sessions.map((id) => [`s${id}`, { id: 101 + 2 * id, name: 'Session', bytes: 200, at: ['/srv/session.js', 2, 1] } satisfies DrawnNode])),
    ...more,
  })
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

function grow(rungs: readonly ReturnType<typeof graphOf>[], step = 50): GrowthResult {
  const tracker = new GrowthTracker()
  for (const [i, graph] of rungs.entries()) tracker.add(graph, { operations: 100 + i * step }, run)
  return tracker.explain({ per: 'operation' }, run)
}

test('a map that gains one object per operation is a leak, with holder, class, rate, path and what a cut frees', () => {
  const { findings, isSameProcess } = grow([program(range(0, 100)), program(range(0, 150)), program(range(0, 200))])
  expect(isSameProcess).toBe(true)
  expect(findings).toHaveLength(1)
  expect(findings[0]).toMatchObject({
    verdict: 'leak',
    pattern: 'growing-map',
    category: 'growing-collection',
    subject: { className: 'Session', count: 200 },
    growth: { count: 1, bytes: 200, per: 'operation' },
    retainedBytes: 200 * 200,
    location: { file: '/srv/app.js', line: 10 },
  })
  expect(findings[0]!.paths[0]!.steps.map(({ edgeName, nodeName, status }) => `${edgeName} ${nodeName} ${status}`)).toEqual([
    'app handle fine',
    'context system / Context fine',
    'sessions Map fine',
    'table (array) suspect',
    '100 Session leaking',
  ])
})

test('what comes with a listener is named by its own class, by two snapshots as by three', () => {
  const listened = (count: number): ReturnType<typeof graphOf> =>
    graphOf({
      root: { edges: { 'root:app': 'emitter' } },
      emitter: { id: 1, name: 'Transport', edges: { error: 'list' } },
      list: { id: 3, name: 'Array', edges: Object.fromEntries(range(0, count).map((i) => [`element:${i}`, `f${i}`])) },
      ...Object.fromEntries(range(0, count).flatMap((i): [string, DrawnNode][] => [
        [`f${i}`, { id: 1001 + 6 * i, kind: 'closure', name: 'onerror', edges: { 'internal:context': `c${i}` } }],
        [`c${i}`, { id: 1003 + 6 * i, kind: 'context', name: 'system / Context', edges: { 'variable:source': `l${i}` } }],
        [`l${i}`, { id: 1005 + 6 * i, name: 'Logger', bytes: 900, at: ['/srv/logger.js', 4, 1] }],
      ])),
    })
  const rungs = [listened(100), listened(150), listened(200)]
  expect(grow(rungs).findings).toMatchObject([{ subject: { className: 'Logger' } }])
  const [pair] = grow([rungs[0]!, rungs[2]!]).findings
  expect(pair).toMatchObject({ subject: { className: 'Logger' } })
  expect(pair!.reasons.some(({ text }) => text.includes('before the last step'))).toBe(false)
})

test('a full cache that replaces its entries is silent', () => {
  expect(grow([program(range(0, 100)), program(range(50, 150)), program(range(100, 200))]).findings).toEqual([])
})

test('a cache that was filling and is full is silent', () => {
  expect(grow([program(range(0, 100)), program(range(0, 150)), program(range(0, 150))]).findings).toEqual([])
})

test('growth that slows to a tenth is no steady growth', () => {
  expect(grow([program(range(0, 100)), program(range(0, 150)), program(range(0, 155))]).findings).toEqual([])
})

test('a linked list is one kind of path, however long it is', () => {
  const list = (length: number): Drawn =>
    Object.fromEntries(range(0, length).map((i) => [i === 0 ? 'head' : `n${i}`, { id: 50_001 + 2 * (length - i), name: 'Entry', bytes: 40, edges: i === length - 1 ? {} : { next: `n${i + 1}` } }]))
  const heap = (length: number): ReturnType<typeof graphOf> => {
    const { head, ...rest } = list(length)
    const graph = { head: head! }
    return graphOf({ root: { edges: { 'root:app': 'app' } }, app: { id: 1, name: 'App', edges: { head: 'head' } }, ...graph, ...rest })
  }
  const { findings } = grow([heap(300), heap(350), heap(400)])
  expect(findings).toHaveLength(1)
  expect(findings[0]).toMatchObject({ pattern: 'linked-list', subject: { className: 'Entry' }, growth: { count: 1, bytes: 40 } })
})

test('a list of which a copy is made now and then grows under its own name, in whatever snapshots the copy stands', () => {
  // The copy comes first in the owner; its id is smaller than the list's, or bigger than all before, as it was made.
  const heap = (length: number, copyId: number | undefined): ReturnType<typeof graphOf> => {
    const items = Object.fromEntries(range(0, length).map((i) => [`element:${i}`, `o${i}`]))
    return graphOf({
      root: { edges: { 'root:app': 'subject' } },
      subject: { id: 1, name: 'Topic', edges: copyId === undefined ? { listeners: 'list' } : { copy: 'copy', listeners: 'list' } },
      ...(copyId === undefined ? {} : { copy: { id: copyId, name: 'Array', edges: items } }),
      list: { id: 5, name: 'Array', edges: items },
      ...Object.fromEntries(range(0, length).map((i) => [`o${i}`, { id: 1001 + 4 * i, name: 'Listener', bytes: 100 }])),
    })
  }
  const ids = [3, 1003 + 4 * 149, 1003 + 4 * 199]
  for (let copies = 0; copies < 8; copies++) {
    const { findings } = grow([100, 150, 200].map((length, rung) => heap(length, (copies & (1 << rung)) === 0 ? undefined : ids[rung])))
    expect(findings, `copies ${copies}`).toHaveLength(1)
    expect(findings[0]).toMatchObject({ verdict: 'leak', subject: { className: 'Listener' }, growth: { count: 1 } })
    expect(findings[0]!.paths[0]!.steps.map((step) => step.edgeName)).toContain('listeners')
  }
})

test('two lists that grow are two causes, the heavier first', () => {
  const log = (length: number): Drawn => ({
    log: { id: 7, name: 'Array', edges: Object.fromEntries(range(0, length).map((i) => [`element:${i}`, `e${i}`])) },
    ...Object.fromEntries(range(0, length).map((i) => [`e${i}`, { id: 200_001 + 2 * i, name: 'Event', bytes: 1000 }])),
  })
  const heap = (n: number): ReturnType<typeof graphOf> => {
    const { log: list, ...events } = log(n)
    const graph = program(range(0, n), { log: list! })
    void graph
    return graphOf({
      root: { edges: { 'root:app': 'app' } },
      app: { id: 1, name: 'App', edges: { sessions: 'map', log: 'log' } },
      map: { id: 5, name: 'Map', edges: Object.fromEntries(range(0, n).map((i) => [`element:${i}`, `s${i}`])) },
      ...Object.fromEntries(range(0, n).map((i) => [`s${i}`, { id: 101 + 2 * i, name: 'Session', bytes: 200 }])),
      log: list!,
      ...events,
    })
  }
  // The rates differ, or one repair could be thought to end both.
  const { findings } = grow([heap(100), heap(150), heap(200)])
  expect(findings.map(({ subject }) => subject.className)).toContain('Event')
  expect(findings[0]!.subject.className).toBe('Event')
})

test('snapshots of different processes are compared by class and path, and the report says so', () => {
  const shifted = (sessions: readonly number[], by: number): ReturnType<typeof graphOf> => {
    const graph = program(sessions)
    return Object.assign(graph, { nodeId: graph.nodeId.map((id) => id + by), source: { ...graph.source, idsAreStable: false } })
  }
  const { findings, isSameProcess } = grow([shifted(range(0, 100), 0), shifted(range(0, 150), 1), shifted(range(0, 200), 2)])
  expect(isSameProcess).toBe(false)
  expect(findings[0]).toMatchObject({ subject: { className: 'Session' }, growth: { count: 1 } })
  expect(findings[0]!.reasons.some((reason) => !reason.for && reason.text.includes('different processes'))).toBe(true)
})

test('what only compiled code or a debugger holds is no leak: of the first nothing is said, the second is named', () => {
  const heap = (n: number): ReturnType<typeof graphOf> =>
    graphOf({
      root: ['code', 'handles'],
      code: { id: 1, kind: 'code', name: '(code)', edges: range(0, n).map((i) => `c${i}`) },
      handles: { id: 3, kind: 'synthetic', name: '(Global handles)', edges: Object.fromEntries(range(0, n).map((i) => [`internal:${i} / DevTools console`, `l${i}`])) },
      ...Object.fromEntries(range(0, n).flatMap((i) => [[`c${i}`, { id: 1001 + 4 * i, name: 'Feedback', bytes: 400 }], [`l${i}`, { id: 1003 + 4 * i, name: 'Logged', bytes: 400 }]])),
    })
  const { findings, notLeaks } = grow([heap(100), heap(150), heap(200)])
  expect(findings).toMatchObject([{ verdict: 'healthy', pattern: 'console-retained', subject: { className: 'Logged' } }])
  expect(notLeaks).toHaveLength(2)
})

test('objects that are reached by another path since the first snapshot have not grown; what goes from a full cache into a list has', () => {
  // Both functions share a scope; which of them comes first in the global object is up to its hash table.
  const heap = (first: 'setTimeout' | 'clearTimeout'): ReturnType<typeof graphOf> =>
    graphOf({
      root: { edges: { 'root:global': 'global' } },
      global: { id: 1, name: 'global / ', edges: { [first]: first, setTimeout: 'setTimeout', clearTimeout: 'clearTimeout' } },
      setTimeout: { id: 3, kind: 'closure', name: 'setTimeout', edges: { 'internal:context': 'scope' } },
      clearTimeout: { id: 5, kind: 'closure', name: 'clearTimeout', edges: { 'internal:context': 'scope' } },
      scope: { id: 7, kind: 'context', name: 'system / Context', edges: { 'variable:table': 'table' } },
      table: { id: 9, name: 'Object', edges: Object.fromEntries(range(0, 200).map((i) => [`element:${i}`, `f${i}`])) },
      ...Object.fromEntries(range(0, 200).map((i): [string, DrawnNode] => [`f${i}`, { id: 101 + 2 * i, name: 'Template', bytes: 100 }])),
    })
  expect(grow([heap('setTimeout'), heap('clearTimeout')]).findings).toEqual([])

  const evicting = (done: number): ReturnType<typeof graphOf> =>
    graphOf({
      root: { edges: { 'root:app': 'app' } },
      app: { id: 1, name: 'App', edges: { cache: 'cache', history: 'history' } },
      cache: { id: 3, name: 'Map', edges: Object.fromEntries(range(done, done + 1000).map((i) => [`element:${i}`, `s${i}`])) },
      history: { id: 5, name: 'Array', edges: Object.fromEntries(range(0, done).map((i) => [`element:${i}`, `s${i}`])) },
      ...Object.fromEntries(range(0, done + 1000).map((i): [string, DrawnNode] => [`s${i}`, { id: 101 + 2 * i, name: 'Session', bytes: 200 }])),
    })
  const [leak] = grow([evicting(100), evicting(200)], 100).findings
  expect(leak).toMatchObject({ verdict: 'leak', subject: { className: 'Session' }, growth: { count: 1 } })
  expect(leak!.paths[0]!.steps.map((step) => step.edgeName)).toContain('history')
})
