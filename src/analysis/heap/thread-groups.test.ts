import { describe, expect, it } from 'vitest'
import { startRun } from '../../base/run.ts'
import { NODE } from '../../model/heap-graph.ts'
import { HeapGraphBuilder } from '../../model/heap-graph-builder.ts'
import { heapIndex } from './heap-index.ts'
import { stackTotals, threadGroups } from './thread-groups.ts'

describe('threads by their stacks', () => {
  it('are told with what only they keep', () => {
    const builder = new HeapGraphBuilder({ name: 'drawn', format: 'drawn', runtime: 'go', idsAreStable: false, notices: [] })
    const shared = builder.addNode({ kind: 'object', name: 'shared', id: 1, shallowBytes: 1000 })
    builder.addEdge({ from: 0, to: shared, kind: 'root', name: 'globals' })
    for (let id = 0; id < 3; id++) {
      const thread = builder.addNode({ kind: 'thread', name: `goroutine ${id} [chan receive]`, id: 10 + id, shallowBytes: 0 })
      const frame = builder.addNode({ kind: 'frame', name: 'main.wait', id: 20 + id, shallowBytes: 0 })
      const body = builder.addNode({ kind: 'object', name: 'body', id: 30 + id, shallowBytes: 100 })
      builder.addEdge({ from: 0, to: thread, kind: 'root', name: 'goroutine' })
      builder.addEdge({ from: thread, to: frame, kind: 'internal', name: 'frame' })
      builder.addEdge({ from: frame, to: body, kind: 'property', name: '+8' })
      builder.addEdge({ from: frame, to: shared, kind: 'property', name: '+16' })
    }
    const drawn = builder.build()
    const groups = threadGroups(heapIndex(drawn, startRun()), startRun())
    expect(groups).toEqual([{ count: 3, state: '[chan receive]', frames: ['main.wait'], retainedBytes: 300 }])
    expect(stackTotals(drawn)).toBeUndefined()
    const thread = Uint32Array.from([...drawn.nodeKind.keys()].filter((node) => drawn.nodeKind[node] === NODE.thread))
    const graph = { ...drawn, stacks: { thread, usedBytes: Float64Array.of(100, 2048, 5000), inUseBytes: 40_000 } }
    expect(threadGroups(heapIndex(graph, startRun()), startRun())).toMatchObject([{ retainedBytes: 300, stackUsedBytes: 7148, stackAtLeastBytes: 2048 + 2048 + 8192 }])
    expect(stackTotals(graph)).toEqual({ goroutines: 3, usedBytes: 7148, atLeastBytes: 12_288, inUseBytes: 40_000 })
  })
})
