import type { Run } from '../base/run.ts'

export interface References {
  nodeCount: number
  from: readonly number[]
  to: readonly number[]
  strong: readonly boolean[]
  /** Nodes that are alive by themselves. */
  roots: readonly number[]
}

/**
 * The nodes that must be held by something outside the graph: a smallest-effort set from which, together with the
 * roots, every node is reached.
 *
 * Method: mark from the roots; of what is left, nodes that nothing left refers to must be held from outside; mark from
 *   those; what is still left hangs on cycles, of which the first node in file order is taken, until none is left.
 * Cost: O(nodes + references), 13 bytes a node and 4 a reference.
 */
export function findHeldFromOutside({ nodeCount, from, to, strong, roots }: References, run: Run): number[] {
  const first = new Uint32Array(nodeCount + 1)
  for (let reference = 0; reference < from.length; reference++) if (strong[reference] === true) first[from[reference]! + 1]!++
  for (let node = 0; node < nodeCount; node++) first[node + 1]! += first[node]!
  const next = first.slice()
  const targets = new Uint32Array(first[nodeCount]!)
  for (let reference = 0; reference < from.length; reference++) {
    if (strong[reference] === true) targets[next[from[reference]!]!++] = to[reference]!
  }
  const reached = new Uint8Array(nodeCount)
  reached[0] = 1
  const stack: number[] = []
  const markFrom = (start: number): void => {
    if (reached[start] === 1) return
    reached[start] = 1
    stack.push(start)
    while (stack.length > 0) {
      const node = stack.pop()!
      for (let edge = first[node]!; edge < first[node + 1]!; edge++) {
        const target = targets[edge]!
        if (reached[target] === 1) continue
        reached[target] = 1
        stack.push(target)
      }
    }
  }
  for (const root of roots) markFrom(root)
  run.checkpoint()
  const isReferred = new Uint8Array(nodeCount)
  for (let node = 0; node < nodeCount; node++) {
    if (reached[node] === 1) continue
    for (let edge = first[node]!; edge < first[node + 1]!; edge++) if (targets[edge] !== node) isReferred[targets[edge]!] = 1
  }
  const outside: number[] = []
  for (const wanted of ['unreferred', 'cyclic'] as const) {
    for (let node = 1; node < nodeCount; node++) {
      if (reached[node] === 1 || (wanted === 'unreferred' && isReferred[node] === 1)) continue
      outside.push(node)
      markFrom(node)
    }
  }
  return outside
}
