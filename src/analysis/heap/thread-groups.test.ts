import { describe, expect, it } from 'vitest'
import { startRun } from '../../base/run.ts'
import { HeapGraphBuilder } from '../../model/heap-graph-builder.ts'
import { heapIndex } from './heap-index.ts'
import { threadGroups } from './thread-groups.ts'

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
    const groups = threadGroups(heapIndex(builder.build(), startRun()), startRun())
    expect(groups).toMatchObject([{ count: 3, state: '[chan receive]', frames: ['main.wait'], retainedBytes: 300 }])
  })
})
