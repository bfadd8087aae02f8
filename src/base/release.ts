/**
 * Gives the memory of columns back at once, not when the collector gets to it: it sees only small objects and may let
 * hundreds of megabytes behind them lie. Nothing may use these columns, or others over the same memory, afterwards.
 * Shared memory, and runtimes that cannot, leave it to the collector.
 */
export function release(...columns: readonly { readonly buffer: ArrayBufferLike }[]): void {
  for (const { buffer } of columns) {
    if (buffer instanceof ArrayBuffer) (buffer as { transfer?: (bytes: number) => unknown }).transfer?.(0)
  }
}
