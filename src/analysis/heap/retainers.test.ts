import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyGraph } from '../../../test/support/random-graph.ts'
import { startRun } from '../../base/run.ts'
import { findRetainers } from './retainers.ts'

test('retainers are the strong edges turned around', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const { firstRetainer, retainer } = findRetainers(graph, startRun())
      const found: string[] = []
      for (let node = 0; node < graph.nodeCount; node++) {
        const its = [...retainer.subarray(firstRetainer[node], firstRetainer[node + 1])]
        expect(its).toEqual(its.toSorted((a, b) => a - b))
        for (const source of its) found.push(`${source} ${node}`)
      }
      const given: string[] = []
      for (let node = 0; node < graph.nodeCount; node++) {
        for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
          if (graph.edgeIsStrong.has(edge)) given.push(`${node} ${graph.edgeTarget[edge]}`)
        }
      }
      expect(found.toSorted()).toEqual(given.toSorted())
    }),
  )
})
