import { expect, test } from 'vitest'
import { type DrawnNode, graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import type { Finding } from '../../model/finding.ts'
import { GrowthTracker } from '../diff/growth-tracker.ts'

// Patterns of browsers and libraries that no program under test/programs plants.
const run = startRun()

/** A list of this name, on an owner, that gains one such item per operation. */
function ladder(list: { owner?: string; name: string; className?: string; runtime?: string }, item: (i: number) => Record<string, DrawnNode>): Finding[] {
  const tracker = new GrowthTracker()
  for (const [rung, count] of [60, 90, 120].entries()) {
    const items = Array.from({ length: count }, (_, i) => item(i))
    const graph = graphOf({
      root: { edges: { 'root:app': 'app' } },
      app: { id: 1, name: list.owner ?? 'App', edges: { [list.name]: 'list' } },
      list: { id: 3, name: list.className ?? 'Array', edges: Object.fromEntries(items.map((each, i) => [`element:${i}`, Object.keys(each)[0]!])) },
      ...Object.assign({}, ...items),
    }, list)
    tracker.add(graph, { operations: 60 + rung * 30 }, run)
  }
  return tracker.explain({ per: 'operation' }, run).findings
}

const node = (i: number, offset: number, drawn: DrawnNode): DrawnNode => ({ id: 101 + 20 * i + 2 * offset, bytes: 64, ...drawn })

test.each<[string, string, Finding[]]>([
  ['detached-dom', 'detached', ladder({ name: 'panels' }, (i) => ({ [`d${i}`]: node(i, 0, { kind: 'native', name: 'Detached <div>', detachedness: 2 }) }))],
  ['observer-not-disconnected', 'listener', ladder({ name: 'all' }, (i) => ({ [`o${i}`]: node(i, 0, { name: 'ResizeObserver' }) }))],
  ['detached-fiber', 'detached', ladder({ name: 'kept' }, (i) => ({ [`f${i}`]: node(i, 0, { name: 'FiberNode', edges: { stateNode: `s${i}` } }), [`s${i}`]: node(i, 1, { name: 'Panel' }) }))],
  ['async-storage-per-call', 'async-context', ladder({ name: 'storageList' }, (i) => ({ [`a${i}`]: node(i, 0, { name: 'AsyncLocalStorage' }) }))],
  ['response-body-unread', 'stream', ladder({ name: 'replies' }, (i) => ({ [`r${i}`]: node(i, 0, { name: 'IncomingMessage' }) }))],
  ['queue-not-drained', 'growing-collection', ladder({ name: 'backlog' }, (i) => ({ [`j${i}`]: node(i, 0, { name: 'Job' }) }))],
  // Names of other runtimes' collections.
  ['growing-map', 'growing-collection', ladder({ name: 'visits', className: 'java.util.concurrent.ConcurrentHashMap', runtime: 'jvm' }, (i) => ({ [`e${i}`]: node(i, 0, { name: 'Entry' }) }))],
  ['unbounded-cache', 'growing-collection', ladder({ name: 'table', className: 'com.google.common.cache.LocalCache$Segment', owner: 'com.google.common.cache.LocalCache', runtime: 'jvm' }, (i) => ({ [`e${i}`]: node(i, 0, { name: 'com.google.common.cache.LocalCache$StrongEntry', edges: { value: `q${i}` } }), [`q${i}`]: node(i, 1, { name: 'shop.Quote' }) }))],
  ['listener-pile-up', 'listener', ladder({ name: 'listenerList', owner: 'javax.swing.event.EventListenerList', className: 'java.lang.Object[]', runtime: 'jvm' }, (i) => ({ [`l${i}`]: node(i, 0, { name: 'shop.PriceLabel' }) }))],
  ['timer-pile-up', 'timer', ladder({ name: 'queue', className: 'java.util.TaskQueue', runtime: 'jvm' }, (i) => ({ [`t${i}`]: node(i, 0, { name: 'java.util.TimerTask' }) }))],
  ['promise-reaction-pile-up', 'promise', ladder({ name: '_callbacks', owner: 'asyncio.futures.Future', className: 'list', runtime: 'cpython' }, (i) => ({ [`c${i}`]: node(i, 0, { name: 'tuple', edges: { 'element:0': `r${i}` } }), [`r${i}`]: node(i, 1, { name: 'shop.Request' }) }))],
  ['queue-not-drained', 'growing-collection', ladder({ name: 'waiting', className: 'java.util.concurrent.ArrayBlockingQueue', runtime: 'jvm' }, (i) => ({ [`j${i}`]: node(i, 0, { name: 'shop.Job' }) }))],
  ['suspended-async-function', 'promise', ladder({ name: 'pending', className: 'set', runtime: 'cpython' }, (i) => ({ [`t${i}`]: node(i, 0, { name: '_asyncio.Task', edges: { 'internal:(unnamed)': `c${i}`, 'internal:context': `x${i}` } }), [`c${i}`]: node(i, 1, { name: 'coroutine' }), [`x${i}`]: node(i, 2, { name: '_contextvars.Context' }) }))],
  ['growing-array', 'growing-collection', ladder({ name: 'seen', className: 'list', runtime: 'cpython' }, (i) => ({ [`p${i}`]: node(i, 0, { name: 'Point' }) }))],
])('%s (%s)', (pattern, category, findings) => {
  expect(findings.map((each) => [each.pattern, each.category])).toEqual([[pattern, category]])
})
