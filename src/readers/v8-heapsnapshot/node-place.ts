/**
 * A file refers to a node by the place of its first number among all numbers of the nodes: a multiple of the fields a
 * node has. Multiplied by this reciprocal, which is a trace too big, and cut to a whole number every such place gives
 * its node; whether a number was one shows when the node is multiplied by the fields again. A division takes longer.
 */
export function reciprocalOf(nodeFields: number): number {
  return (1 + 2 ** -50) / nodeFields
}
