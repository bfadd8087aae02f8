import { edgeNameOf } from '../../model/heap-graph.ts'
import type { Held } from './pattern.ts'
import type { Pattern } from './pattern.ts'

/** How many of the functions have code that no other of them shares. */
function ownCode(held: Held): number {
  const { graph } = held
  const seen = new Map<number, number>()
  const shared: number[] = []
  held.membersOf((node) => {
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      if (edgeNameOf(graph, edge) !== 'shared') continue
      const target = graph.edgeTarget[edge]!
      seen.set(target, (seen.get(target) ?? 0) + 1)
      shared.push(target)
    }
    return false
  })
  return shared.length === 0 ? 0 : shared.filter((target) => seen.get(target) === 1).length / shared.length
}

export const compiledPerCall: Pattern = {
  id: 'functions-made-from-text',
  category: 'growing-collection',
  runtimes: ['v8'],
  title: 'functions that are compiled from text for each operation and kept',
  proves: 'A collection gains functions, each with code of its own.',
  disproves: 'Templates and validators that are compiled once each.',
  why: '`new Function`, schema and template compilers make new code for each input.',
  advice: 'Compile once per distinct input and bound that cache, or interpret.',
  example: {
    before: 'validators.set(id, compile(schema))',
    after: 'const validate = cache.get(schemaHash) ?? remember(compile(schema))',
  },
  confidence: 'medium',
  matches: (held) => held.steps[held.entry]?.nodeKind === 'closure' && ownCode(held) > 0.8,
}
