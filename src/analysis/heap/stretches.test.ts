import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyGraph } from '../../../test/support/random-graph.ts'
import { startRun } from '../../base/run.ts'
import { NONE, ROOT } from '../../model/heap-graph.ts'
import { heapIndex } from './heap-index.ts'
import { dominatedBy, dominates } from './stretches.ts'

test('children and dominance agree with the chain of immediate dominators', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const index = heapIndex(graph, startRun())
      const tree = index.dominators()
      const chain = (node: number): number[] => {
        const found = [node]
        while (found.at(-1) !== ROOT) found.push(tree.immediateDominator[found.at(-1)!]!)
        return found
      }
      for (let node = 0; node < graph.nodeCount; node++) {
        const isInside = tree.immediateDominator[node] !== NONE
        const children = isInside ? [...dominatedBy(tree, index.stretches(), node)] : []
        const expected = Array.from({ length: graph.nodeCount }, (_, each) => each).filter((each) => each !== ROOT && tree.immediateDominator[each] === node)
        expect(children.toSorted((a, b) => a - b)).toEqual(expected)
        for (let above = 0; above < graph.nodeCount; above++) {
          expect(dominates(index.stretches(), above, node)).toBe(isInside && tree.immediateDominator[above] !== NONE && chain(node).includes(above))
        }
      }
    }),
  )
})
