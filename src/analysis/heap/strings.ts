import type { Run } from '../../base/run.ts'
import { type HeapGraph, NODE } from '../../model/heap-graph.ts'

/** One text that several string nodes hold. */
export interface DuplicateString {
  /** As far as the input has it: V8 cuts strings at 1024 characters. */
  text: string
  count: number
  /** What all copies weigh together. */
  shallowBytes: number
  /** What all but one of them weigh: what sharing one would free. */
  wastedBytes: number
  exampleNode: number
}

/**
 * Texts that are held more than once, the most wasteful first.
 *
 * Method: V8 gives equal texts one string number, so nodes are counted by number and only the winners are decoded.
 *   Texts that were cut in the snapshot and agree up to the cut count as equal only if their nodes are of equal size.
 * Cost: two passes over the nodes; 16 bytes a string while running.
 * @throws Cancelled
 */
export function findDuplicateStrings(graph: HeapGraph, run: Run, { limit = 50 }: { limit?: number } = {}): DuplicateString[] {
  const { nodeCount, nodeKind, nodeName, shallowBytes, strings } = graph
  run.progress({ step: 'looking for equal strings', done: 0, total: nodeCount })
  run.checkpoint()
  const count = new Uint32Array(strings.count)
  const bytes = new Float64Array(strings.count)
  const example = new Uint32Array(strings.count)
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NODE.string || shallowBytes[node] === 0) continue
    const name = nodeName[node]!
    if (count[name] === 0) example[name] = node
    // A node of another size is another text with the same beginning.
    else if (shallowBytes[node] !== shallowBytes[example[name]!]) continue
    count[name]!++
    bytes[name]! += shallowBytes[node]!
  }
  run.checkpoint()
  const found: { name: number; wasted: number }[] = []
  for (let name = 0; name < count.length; name++) {
    if (count[name]! < 2) continue
    found.push({ name, wasted: bytes[name]! - shallowBytes[example[name]!]! })
  }
  found.sort((a, b) => b.wasted - a.wasted || a.name - b.name)
  return found.slice(0, limit).map(({ name, wasted }) => ({
    text: strings.get(name),
    count: count[name]!,
    shallowBytes: bytes[name]!,
    wastedBytes: wasted,
    exampleNode: example[name]!,
  }))
}
