import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RetainingGraph, RetainingGraphEdge, RetainingGraphNode } from '../model/retaining-graph.ts'
import { simplifyGraph } from './simplify-graph.ts'

const node = (name: string, more: Partial<RetainingGraphNode> = {}): RetainingGraphNode => ({ kind: 'object', name, count: 1, ...more })
const edge = (from: number, to: number, name = 'x', more: Partial<RetainingGraphEdge> = {}): RetainingGraphEdge => ({ from, to, kind: 'property', name, count: 1, ...more })

test('siblings of one class under one holder are drawn once, with counts and added sizes', () => {
  const graph: RetainingGraph = {
    nodes: [node('root', { role: 'root' }), node('Map'), ...[10, 20, 30].map((retainedBytes) => node('Session', { retainedBytes }))],
    edges: [edge(0, 1, 'sessions'), ...[2, 3, 4].map((to) => edge(1, to, String(to), { kind: 'element' }))],
    leftOutCount: 0,
  }
  const { nodes, edges } = simplifyGraph(graph)
  expect(nodes.map(({ name, count, retainedBytes }) => [name, count, retainedBytes])).toEqual([['root', 1, undefined], ['Map', 1, undefined], ['Session', 3, 60]])
  expect(edges).toEqual([edge(0, 1, 'sessions'), edge(1, 2, '…', { kind: 'element', count: 3 })])
})

test('merging goes on upwards: chains that look alike become one chain', () => {
  // Ten listeners of one emitter, each with its own context, all holding one panel.
  const nodes = [node('root', { role: 'root' }), node('Emitter')]
  const edges = [edge(0, 1)]
  const panel = nodes.push(node('Panel', { role: 'target' })) - 1
  for (let each = 0; each < 10; each++) {
    const closure = nodes.push(node('onResize', { kind: 'closure' })) - 1
    const context = nodes.push(node('', { kind: 'context' })) - 1
    edges.push(edge(1, closure, String(each), { kind: 'element' }), edge(closure, context, 'context', { kind: 'internal' }), edge(context, panel, 'panel', { kind: 'variable' }))
  }
  const simple = simplifyGraph({ nodes, edges, leftOutCount: 0 })
  expect(simple.nodes.map(({ name, kind, count }) => `${count} ${kind} ${name}`)).toEqual(['1 object root', '1 object Emitter', '1 object Panel', '10 closure onResize', '10 context '])
  expect(simple.edges.map(({ count }) => count)).toEqual([1, 10, 10, 10])
})

test('a target never merges with what only leads to it', () => {
  const graph: RetainingGraph = {
    nodes: [node('root', { role: 'root' }), node('Item'), node('Item', { role: 'target' })],
    edges: [edge(0, 1), edge(0, 2)],
    leftOutCount: 0,
  }
  expect(simplifyGraph(graph).nodes).toHaveLength(3)
})

test('references that lead back are marked, others are not', () => {
  const graph: RetainingGraph = {
    nodes: [node('root', { role: 'root' }), node('A'), node('B'), node('C', { role: 'target' })],
    edges: [edge(0, 1), edge(1, 2), edge(2, 1, 'parent'), edge(2, 3), edge(1, 3), edge(3, 3, 'self')],
    leftOutCount: 0,
  }
  expect(simplifyGraph(graph).edges.filter(({ closesCycle }) => closesCycle === true).map(({ name }) => name)).toEqual(['parent', 'self'])
})

test('several references between the same two nodes are one, with both names or an ellipsis', () => {
  const named = (...names: string[]): string => simplifyGraph({ nodes: [node('A'), node('B')], edges: names.map((name) => edge(0, 1, name)), leftOutCount: 0 }).edges.map(({ name, count }) => `${name} × ${count}`).join('; ')
  expect([named('first', 'last'), named('first', 'last', 'first'), named('a', 'b', 'c'), named('1', '2')]).toEqual(['first, last × 2', 'first, last × 3', '… × 3', '… × 2'])
})

test('too many references are thinned out to suspects and one for each node, and counted', () => {
  const nodes = Array.from({ length: 60 }, (_, position) => node(`N${position}`))
  const edges = nodes.flatMap((_, from) => Array.from({ length: 6 }, (_, hop) => edge(from, (from + hop + 1) % 60, `e${hop}`)))
  edges[359]!.suspect = true
  const simple = simplifyGraph({ nodes, edges, leftOutCount: 0 })
  expect([simple.edges.length, simple.leftOutEdgeCount]).toEqual([120, 240])
  expect(simple.edges.some(({ suspect }) => suspect === true)).toBe(true)
  expect(new Set(simple.edges.map(({ to }) => to)).size).toBe(60)
})

test('nothing is lost or invented, whatever the graph; the rest of a big one is counted', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ name: fc.constantFrom('A', 'B', 'C'), role: fc.constantFrom('root', 'target', undefined) }), { minLength: 1, maxLength: 60 }),
      fc.array(fc.tuple(fc.nat(59), fc.nat(59), fc.constantFrom('x', 'y'), fc.boolean()), { maxLength: 150 }),
      fc.integer({ min: 1, max: 80 }),
      (drawn, references, limit) => {
        const nodes = drawn.map(({ name, role }) => node(name, role === undefined ? {} : { role }))
        const edges = references.filter(([from, to]) => from < nodes.length && to < nodes.length).map(([from, to, name, suspect]) => edge(from, to, name, suspect ? { suspect } : {}))
        const before = structuredClone({ nodes, edges })
        const simple = simplifyGraph({ nodes, edges, leftOutCount: 7 }, limit)
        expect({ nodes, edges }).toEqual(before)
        expect(simple.nodes.length).toBeLessThanOrEqual(limit)
        expect(simple.nodes.reduce((total, { count }) => total + count, 0) + simple.leftOutCount).toBe(nodes.length + 7)
        for (const { from, to } of simple.edges) {
          expect(simple.nodes[from]).toBeDefined()
          expect(simple.nodes[to]).toBeDefined()
        }
        // Without the marked references there is no cycle: some order of the nodes has every arrow pointing forward.
        const open = simple.edges.filter(({ closesCycle }) => closesCycle !== true)
        const waiting = simple.nodes.map((_, position) => open.filter(({ to }) => to === position).length)
        const ready = [...waiting.keys()].filter((position) => waiting[position] === 0)
        for (let next = 0; next < ready.length; next++) for (const { from, to } of open) if (from === ready[next] && --waiting[to]! === 0) ready.push(to)
        expect(ready).toHaveLength(simple.nodes.length)
      },
    ),
  )
})
