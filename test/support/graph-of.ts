import type { EdgeKind, HeapGraph, NodeKind } from '../../src/model/heap-graph.ts'
import { HeapGraphBuilder } from '../../src/model/heap-graph-builder.ts'

export interface DrawnNode {
  kind?: NodeKind
  name?: string
  id?: number
  bytes?: number
  /** `name`, or `kind:name` → target; `element:3`, `weak:target`, `variable:cache`. A list stands for its positions. */
  edges?: Record<string, string> | readonly string[]
  at?: [file: string, line: number, column: number]
  detachedness?: 0 | 1 | 2
}

/**
 * A heap drawn as an object literal, for tests: `graphOf({ root: ['a'], a: ['b', 'c'], b: {…} })`.
 * The key `root` is ROOT; keys that are only pointed at become plain objects of 16 bytes named after the key.
 */
export function graphOf(drawn: Record<string, DrawnNode | readonly string[]>, { runtime }: { runtime?: string } = {}): HeapGraph & { node(key: string): number } {
  const builder = new HeapGraphBuilder({ name: 'drawn', format: 'drawn', ...(runtime === undefined ? {} : { runtime }), idsAreStable: true, notices: [] })
  const ordinals = new Map<string, number>([['root', 0]])
  const ordinal = (key: string): number => {
    const known = ordinals.get(key)
    if (known !== undefined) return known
    const given = drawn[key]
    const node: DrawnNode = given === undefined || isList(given) ? {} : given
    const added = builder.addNode({
      kind: node.kind ?? 'object',
      name: node.name ?? key,
      id: node.id ?? 2 * ordinals.size + 1,
      shallowBytes: node.bytes ?? 16,
      ...(node.detachedness === undefined ? {} : { detachedness: node.detachedness }),
    })
    if (node.at !== undefined) builder.setLocation(added, ...node.at)
    ordinals.set(key, added)
    return added
  }
  for (const key of Object.keys(drawn)) ordinal(key)
  for (const [key, given] of Object.entries(drawn)) {
    const edges = isList(given) ? given : (given.edges ?? [])
    const from = ordinal(key)
    if (isList(edges)) {
      for (const [position, target] of edges.entries()) {
        builder.addEdge(from === 0 ? { from, to: ordinal(target), kind: 'root', name: target } : { from, to: ordinal(target), kind: 'element', name: position })
      }
      continue
    }
    for (const [label, target] of Object.entries(edges)) {
      const colon = label.indexOf(':')
      const kind = (colon < 0 ? 'property' : label.slice(0, colon)) as EdgeKind
      const name = colon < 0 ? label : label.slice(colon + 1)
      builder.addEdge({ from, to: ordinal(target), kind, name: kind === 'element' || kind === 'hidden' ? Number(name) : name })
    }
  }
  return Object.assign(builder.build(), {
    node(key: string): number {
      const found = ordinals.get(key)
      if (found === undefined) throw new Error(`no node '${key}' was drawn`)
      return found
    },
  })
}

function isList(given: DrawnNode | readonly string[] | Record<string, string>): given is readonly string[] {
  return Array.isArray(given)
}
