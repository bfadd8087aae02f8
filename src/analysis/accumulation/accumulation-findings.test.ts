import { describe, expect, test } from 'vitest'
import { type DrawnNode, graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import type { Finding } from '../../model/finding.ts'
import type { HeapGraph } from '../../model/heap-graph.ts'
import { findBestPaths } from '../heap/best-paths.ts'
import { heapIndex } from '../heap/heap-index.ts'
import { accumulationFindings } from './accumulation-findings.ts'

const run = startRun()
const findingsOf = (graph: HeapGraph): Finding[] => accumulationFindings(heapIndex(graph, run), findBestPaths(graph, run), run).findings
const times = (count: number, draw: (at: number) => Record<string, DrawnNode>): Record<string, DrawnNode> => Object.assign({}, ...Array.from({ length: count }, (_, at) => draw(at))) as Record<string, DrawnNode>

/** What a JVM's map looks like in a dump: a table of nodes with keys and values. */
const mapOf = (count: number, className: string, bytes: number): Record<string, DrawnNode> => ({
  map: { name: 'java.util.HashMap', bytes: 48, edges: { table: 'table' } },
  table: { kind: 'array', name: 'java.util.HashMap$Node[]', bytes: 16 + 4 * count, edges: Array.from({ length: count }, (_, at) => `node${at}`) },
  ...times(count, (at) => ({
    [`node${at}`]: { name: 'java.util.HashMap$Node', bytes: 32, edges: { key: `key${at}`, value: `value${at}` } },
    [`key${at}`]: { name: 'java.lang.String', bytes: 24 },
    [`value${at}`]: { name: className, bytes },
  })),
})

describe('one dump of a JVM', () => {
  const rest = { rest: { kind: 'array', name: 'byte[]', bytes: 3000 } } as const

  test('a static map of the program is named with its path and its remedy, and nothing is decided', () => {
    const [first] = findingsOf(graphOf({ root: ['shop', 'rest'], shop: { kind: 'class', name: 'class com.shop.Sessions', edges: { OPEN: 'map' } }, ...mapOf(100, 'com.shop.Session', 200), ...rest }, { runtime: 'jvm' }))
    expect(first).toMatchObject({ verdict: 'undecided', pattern: 'growing-static', subject: { className: 'com.shop.Session', count: 100 }, advice: expect.stringContaining('Compare with a later snapshot') as string })
    expect(first!.title).toMatch(/^accumulation suspect, a collection in a static field: 100 com\.shop\.Session, \d+ % of the heap$/)
    expect(first!.paths[0]!.steps.find(({ note }) => note === '100 entries')).toMatchObject({ edgeName: 'OPEN', nodeName: 'java.util.HashMap', status: 'fine' })
    // Nothing was seen to grow, and nothing says so.
    expect(first!.growth).toBeUndefined()
    expect(first!.reasons.filter((reason) => !reason.for).map(({ text }) => text).join(' ')).toContain('one snapshot shows no growth')
  })

  test('where two collections hold the same objects, the one that holds most is named and not what holds both', () => {
    const graph = graphOf({
      root: ['shop', 'rest'],
      shop: { kind: 'class', name: 'class com.shop.Sessions', edges: { LAST: 'value0', OPEN: 'map', ALL: 'list' } },
      ...mapOf(100, 'com.shop.Session', 200),
      list: { name: 'java.util.ArrayList', edges: { elementData: 'elements' } },
      elements: { kind: 'array', name: 'java.lang.Object[]', bytes: 416, edges: Array.from({ length: 100 }, (_, at) => `value${at}`) },
      ...rest,
    }, { runtime: 'jvm' })
    const [first] = findingsOf(graph)
    expect(first).toMatchObject({ pattern: 'growing-static', subject: { className: 'com.shop.Session' } })
    expect(first!.paths[0]!.steps.find(({ note }) => note !== undefined)?.edgeName).toMatch(/^(ALL|OPEN)$/)
  })

  test('exceptions kept in any number are a suspect; ten of them are not', () => {
    const kept = (count: number): Finding | undefined =>
      findingsOf(graphOf({ root: ['job', 'rest'], job: { kind: 'class', name: 'class com.shop.Job', edges: { failures: 'list' } }, list: { name: 'java.util.ArrayList', edges: { elementData: 'elements' } }, elements: { kind: 'array', name: 'java.lang.Object[]', edges: Array.from({ length: count }, (_, at) => `error${at}`) }, ...times(count, (at) => ({ [`error${at}`]: { name: 'com.shop.PaymentException', bytes: 20_000 / count } })), ...rest }, { runtime: 'jvm' }))[0]
    expect(kept(200)).toMatchObject({ verdict: 'suspect', pattern: 'errors-kept' })
    expect(kept(10)).toMatchObject({ verdict: 'undecided', pattern: 'accumulation' })
  })

  test('one object at the top with two big collections below is two places', () => {
    const part = (name: string, className: string): Record<string, DrawnNode> => ({
      [name]: { name: 'java.util.ArrayList', edges: { elementData: `${name}Elements` } },
      [`${name}Elements`]: { kind: 'array', name: 'java.lang.Object[]', edges: Array.from({ length: 50 }, (_, at) => `${name}${at}`) },
      ...times(50, (at) => ({ [`${name}${at}`]: { name: className, bytes: 100 } })),
    })
    const graph = graphOf({ root: ['app', 'rest'], app: { name: 'com.shop.App', edges: { orders: 'orders', mails: 'mails' } }, ...part('orders', 'com.shop.Order'), ...part('mails', 'com.shop.Mail'), ...rest }, { runtime: 'jvm' })
    expect(findingsOf(graph).slice(0, 2).map(({ pattern, subject }) => `${pattern} ${subject.className}`).toSorted()).toEqual(['growing-array com.shop.Mail', 'growing-array com.shop.Order'])
  })

  test('what the JDK gathers for itself is told without a pattern, and texts here and there are not told', () => {
    const graph = graphOf({ root: ['system', ...Array.from({ length: 50 }, (_, at) => `text${at}`)], system: { kind: 'class', name: 'class jdk.internal.module.SystemModuleFinders', edges: { cached: 'map' } }, ...mapOf(100, 'java.lang.module.ModuleDescriptor', 100), ...times(50, (at) => ({ [`text${at}`]: { name: 'java.lang.String', bytes: 100 } })) }, { runtime: 'jvm' })
    expect(findingsOf(graph).map(({ pattern, verdict }) => [pattern, verdict])).toEqual([['accumulation', 'undecided']])
  })
})

test('keys of a map that were put together from many texts are one entry each', () => {
  const rope = (at: number): Record<string, DrawnNode> => Object.assign({}, ...Array.from({ length: 10 }, (_, part) => ({ [`key${at}/${part}`]: { kind: 'concatenated-string', name: '', bytes: 20, ...(part < 9 ? { edges: { 'internal:first': `key${at}/${part + 1}` } } : {}) } }))) as Record<string, DrawnNode>
  const graph = graphOf({
    root: ['store', 'rest'],
    store: { name: 'Store', edges: { sessions: 'map' }, at: ['store.js', 1, 1] },
    map: { name: 'Map', edges: { 'internal:table': 'table' } },
    table: { kind: 'array', name: '', bytes: 800, edges: Array.from({ length: 50 }, (_, at) => [`key${at}/0`, `value${at}`]).flat() },
    ...times(50, (at) => ({ ...rope(at), [`value${at}`]: { name: 'Session', bytes: 300, at: ['store.js', 2, 1] } })),
    rest: { kind: 'array', name: '', bytes: 9000 },
  })
  expect(findingsOf(graph)[0]).toMatchObject({ subject: { className: 'Session', count: 50 }, title: expect.stringContaining('50 Session') as string })
})

test('a Python dict in a module is named, a linked list at its head', () => {
  const module = graphOf({ root: ['main'], main: { kind: 'module', name: 'shop', edges: { 'variable:SESSIONS': 'dict' } }, dict: { name: 'dict', bytes: 4000, edges: Array.from({ length: 60 }, (_, at) => `s${at}`) }, ...times(60, (at) => ({ [`s${at}`]: { name: 'shop.Session', bytes: 100 } })) }, { runtime: 'cpython' })
  expect(findingsOf(module)[0]).toMatchObject({ pattern: 'growing-module-variable', verdict: 'undecided', subject: { className: 'shop.Session', count: 60 } })
  const list = graphOf({ root: ['main'], main: { kind: 'module', name: 'shop', edges: { 'variable:history': 'log' } }, log: { name: 'shop.Log', edges: { head: 'c0' } }, ...times(60, (at) => ({ [`c${at}`]: { name: 'shop.Change', bytes: 100, ...(at < 59 ? { edges: { next: `c${at + 1}` } } : {}) } })) }, { runtime: 'cpython' })
  expect(findingsOf(list)[0]).toMatchObject({ pattern: 'linked-list', subject: { className: 'shop.Change', count: 60 } })
})

test('a list of many entries, each reached through the one before it, is looked at once and not once for every entry', () => {
  const count = 30_000
  const entries = Array.from({ length: count }, (_, at): [string, DrawnNode] => [`e${at}`, { name: 'Entry', bytes: 100, edges: { name: `n${at}`, ...(at + 1 < count ? { next: `e${at + 1}` } : {}) } }])
  const names = Array.from({ length: count }, (_, at): [string, DrawnNode] => [`n${at}`, { kind: 'string', name: 'a name', bytes: 32 }])
  const [first] = findingsOf(graphOf({ root: ['e0'], ...Object.fromEntries(entries), ...Object.fromEntries(names) }))
  expect(first!.retainedBytes).toBe(132 * count)
})
