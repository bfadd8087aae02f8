/** A copy of a column with room for twice as much: how stacks grow. Cost: that of copying it. */
export function longer(column: Uint32Array): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(column.length * 2)
  copy.set(column)
  return copy
}
