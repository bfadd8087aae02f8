import { EDGE, NODE } from '../../model/heap-graph.ts'
import type { Held } from './pattern.ts'
import type { Pattern } from './pattern.ts'

/** The share of the strings that the top objects hold which another one of them equals. */
function repeated(held: Held): number {
  const { graph } = held
  const nodes = new Set<number>()
  held.membersOf((node) => {
    if (isText(graph.nodeKind[node]!)) nodes.add(node)
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      const target = graph.edgeTarget[edge]!
      if (graph.edgeKind[edge] === EDGE.property && isText(graph.nodeKind[target]!) && graph.shallowBytes[target]! > 0) nodes.add(target)
    }
    return false
  })
  const counts = new Map<number, number>()
  for (const node of nodes) counts.set(graph.nodeName[node]!, (counts.get(graph.nodeName[node]!) ?? 0) + 1)
  let equal = 0
  for (const count of counts.values()) if (count > 1) equal += count
  return nodes.size < 20 ? 0 : equal / nodes.size
}

function isText(kind: number): boolean {
  return kind === NODE.string || kind === NODE['concatenated-string'] || kind === NODE['sliced-string']
}

export const duplicateStrings: Pattern = {
  id: 'duplicate-strings',
  category: 'growing-collection',
  runtimes: ['v8'],
  title: 'the same texts kept again and again',
  proves: 'Most of the growth is strings, and most of them are equal to others among them.',
  disproves: 'Strings that differ.',
  why: 'Texts that come from parsing or from a database are new objects each time, also when they are equal.',
  advice: 'Intern them at the door (a Map from text to itself, for a bounded set of values), and bound the collection.',
  example: {
    before: 'rows.push({ country: row.country })',
    after: 'rows.push({ country: intern(row.country) })',
  },
  confidence: 'medium',
  matches: (held) => held.bytesOf(/^\(string\)$/) > 0.5 * held.bytesRate && repeated(held) > 0.6,
}
