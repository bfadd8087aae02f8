import { expect, test } from 'vitest'
import { type DrawnNode, graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import type { Finding } from '../../model/finding.ts'
import { GrowthTracker } from '../diff/growth-tracker.ts'

// What looks like one pattern and is another: found on programs built with fastify, p-queue, mitt, Vue and Immutable.
const run = startRun()

function ladder(draw: (count: number) => Record<string, DrawnNode>): Finding[] {
  const tracker = new GrowthTracker()
  for (const count of [60, 90, 120]) tracker.add(graphOf(draw(count)), { operations: count }, run)
  return tracker.explain({ per: 'operation' }, run).findings
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
const young = (i: number, offset = 0): number => 1001 + 40 * i + 2 * offset
/** Nodes `name0`, `name1`, … that are born one per operation. */
const born = (count: number, name: string, drawn: (i: number) => DrawnNode, offset = 0): Record<string, DrawnNode> =>
  Object.fromEntries(numbers(count).map((i) => [`${name}${i}`, { id: young(i, offset), bytes: 64, ...drawn(i) }]))
const elements = (count: number, name: string): Record<string, string> => Object.fromEntries(numbers(count).map((i) => [`element:${i}`, `${name}${i}`]))

test('a map that is reached through a listener is no pile of listeners', () => {
  const [finding] = ladder((count) => ({
    root: { edges: { 'root:server': 'server' } },
    server: { id: 1, name: 'Server', edges: { _events: 'events' } },
    events: { id: 3, name: 'Object', edges: { request: 'bound' } },
    bound: { id: 5, kind: 'closure', name: 'native_bind', edges: { bound_this: 'app' } },
    app: { id: 7, name: 'Object', edges: { inFlight: 'map' } },
    map: { id: 9, name: 'Map', edges: { 'internal:table': 'table' } },
    table: { id: 11, kind: 'array', name: '', edges: elements(count, 'r') },
    ...born(count, 'r', () => ({ name: 'InFlight' })),
  }))
  expect(finding).toMatchObject({ pattern: 'growing-map', subject: { className: 'InFlight' } })
})

test('functions in a list of an object with `on` and `off` are listeners, whatever the object is called', () => {
  const methods = (names: string[]): Record<string, DrawnNode> => Object.fromEntries(names.map((name, i) => [name, { id: 101 + 2 * i, kind: 'closure', name } as DrawnNode]))
  const drawn = (names: string[]) => (count: number): Record<string, DrawnNode> => ({
    root: { edges: { 'root:bus': 'bus' } },
    bus: { id: 1, name: 'Object', edges: { all: 'map', ...Object.fromEntries(names.map((name) => [name, name])) } },
    map: { id: 3, name: 'Map', edges: { 'internal:table': 'table' } },
    table: { id: 5, kind: 'array', name: '', edges: { 'element:6': 'list' } },
    list: { id: 7, name: 'Array', edges: elements(count, 'f') },
    ...methods(names),
    ...born(count, 'f', (i) => ({ kind: 'closure', name: 'handler', edges: { 'internal:context': `c${i}` } })),
    ...born(count, 'c', (i) => ({ kind: 'context', name: 'system / Context', edges: { 'variable:basket': `b${i}` } }), 1),
    ...born(count, 'b', () => ({ name: 'Basket' }), 2),
  })
  expect(ladder(drawn(['on', 'off']))[0]).toMatchObject({ pattern: 'subscription-pile-up', category: 'listener' })
  expect(ladder(drawn(['run', 'stop']))[0]).toMatchObject({ pattern: 'closure-context' })
})

test('what a settled promise resulted in does not wait for it', () => {
  const drawn = (className: string) => (count: number): Record<string, DrawnNode> => ({
    root: { edges: { 'root:ready': 'ready' } },
    ready: { id: 1, name: 'Promise', edges: { 'internal:reactions_or_result': 'result' } },
    result: { id: 3, name: className, edges: elements(count, 'r') },
    ...born(count, 'r', () => ({ name: 'Row' })),
  })
  expect(ladder(drawn('Array'))[0]!.category).toBe('growing-collection')
  expect(ladder(drawn('system / PromiseReaction'))[0]!.category).toBe('promise')
})

test('a list that is added to at its end, with references both ways, is one cause held by its owner', () => {
  const findings = ladder((count) => ({
    root: { edges: { 'root:dep': 'dep' } },
    dep: { id: 1, name: 'Dep', edges: { head: 'first', tail: `l${count - 1}` } },
    first: { id: 3, bytes: 64, name: 'Link', edges: { nextSub: 'l0' } },
    ...born(count, 'l', (i) => ({
      name: 'Link',
      edges: { prevSub: i === 0 ? 'first' : `l${i - 1}`, ...(i < count - 1 ? { nextSub: `l${i + 1}` } : {}), sub: `s${i}` },
    })),
    ...born(count, 's', () => ({ name: 'Subscriber' }), 1),
  }))
  expect(findings).toHaveLength(1)
  expect(findings[0]!.growth).toMatchObject({ count: 1 })
  const { steps } = findings[0]!.paths[0]!
  expect(steps.findLast(({ status }) => status === 'fine')?.nodeName).toBe('Dep')
  expect(findings[0]!.title).toMatch(/: 1 /)
})

test('work that waits in a queue is told as a queue, although it is functions with what they captured', () => {
  const drawn = (name: string) => (count: number): Record<string, DrawnNode> => ({
    root: { edges: { 'root:owner': 'owner' } },
    owner: { id: 1, name: 'Uploads', edges: { [name]: 'list' } },
    list: { id: 3, name: 'Array', edges: elements(count, 'j') },
    ...born(count, 'j', (i) => ({ kind: 'closure', name: 'run', edges: { 'internal:context': `c${i}` } })),
    ...born(count, 'c', (i) => ({ kind: 'context', name: 'system / Context', edges: { 'variable:upload': `u${i}` } }), 1),
    ...born(count, 'u', () => ({ name: 'Upload' }), 2),
  })
  expect(ladder(drawn('#queue'))[0]).toMatchObject({ pattern: 'queue-not-drained', category: 'growing-collection', subject: { className: 'Upload' } })
  expect(ladder(drawn('interceptors'))[0]).toMatchObject({ pattern: 'closure-context' })
})

test('a function that is wrapped twice on its way into a list is no chain of wrapped functions', () => {
  const [finding] = ladder((count) => ({
    root: { edges: { 'root:list': 'list' } },
    list: { id: 3, name: 'Array', edges: elements(count, 'a') },
    ...born(count, 'a', (i) => ({ kind: 'closure', name: '', edges: { 'internal:context': `c${i}` } })),
    ...born(count, 'c', (i) => ({ kind: 'context', name: 'system / Context', edges: { 'variable:inner': `b${i}` } }), 1),
    ...born(count, 'b', (i) => ({ kind: 'closure', name: '', edges: { 'internal:context': `d${i}` } }), 2),
    ...born(count, 'd', (i) => ({ kind: 'context', name: 'system / Context', edges: { 'variable:inner': `e${i}` } }), 3),
    ...born(count, 'e', (i) => ({ kind: 'closure', name: '', edges: { 'internal:context': `f${i}` } }), 4),
    ...born(count, 'f', (i) => ({ kind: 'context', name: 'system / Context', edges: { 'variable:upload': `u${i}` } }), 5),
    ...born(count, 'u', () => ({ name: 'Upload' }), 6),
  }))
  expect(finding!.pattern).toBe('closure-context')
})

test('a list inside an object of a package is left to the means of that package', () => {
  const drawn = (file: string) => (count: number): Record<string, DrawnNode> => ({
    root: { edges: { 'root:quotes': 'cache' } },
    cache: { id: 1, name: 'LRUCache', at: [file, 10, 3], edges: { '#values': 'list' } },
    list: { id: 3, name: 'Array', edges: elements(count, 'q') },
    ...born(count, 'q', () => ({ name: 'Quote', at: ['/app/quote.js', 1, 1] })),
  })
  const [ofPackage] = ladder(drawn('/app/node_modules/@team/lru-cache/index.js'))
  expect(ofPackage).toMatchObject({ pattern: 'growing-array', advice: expect.stringContaining('LRUCache (package @team/lru-cache)') as string })
  expect(ofPackage!.example).toBeUndefined()
  const [ofProgram] = ladder(drawn('/app/cache.js'))
  expect(ofProgram!.example).toBeDefined()
})
