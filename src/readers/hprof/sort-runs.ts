/** Shorter ascending stretches are sorted with the rest. */
const SHORTEST_RUN = 32
/** Neighbours in a region are closer; what is farther apart only happens to ascend. */
const LONGEST_STEP_BYTES = 1 << 18
/** More of the rest than this share, and sorting everything is as quick. */
const MOST_LOOSE = 1 / 8

/**
 * The ordinals in ascending order of their addresses, of equal ones the lowest, where these come in a few long ascending runs that do not overlap, as
 * a collector that walks its regions writes them; what stands between (classes come first, in any order) is sorted by
 * itself and merged in. Undefined where that is not so: then the whole must be sorted.
 * Cost: two passes, 4 bytes an address for the result and 12 for each one outside the runs.
 */
export function sortRuns(addresses: Float64Array, skip: number): Uint32Array | undefined {
  const runs: { start: number; end: number }[] = []
  const loose: number[] = []
  const mostLoose = Math.max(1024, (addresses.length - skip) * MOST_LOOSE)
  for (let start = skip; start < addresses.length; ) {
    let end = start + 1
    for (; end < addresses.length; end++) {
      const step = addresses[end]! - addresses[end - 1]!
      if (!(step > 0 && step <= LONGEST_STEP_BYTES)) break
    }
    if (end - start >= SHORTEST_RUN) runs.push({ start, end })
    else for (let node = start; node < end; node++) loose.push(node)
    if (loose.length > mostLoose) return undefined
    start = end
  }
  runs.sort((a, b) => addresses[a.start]! - addresses[b.start]!)
  for (let run = 1; run < runs.length; run++) if (addresses[runs[run]!.start]! <= addresses[runs[run - 1]!.end - 1]!) return undefined
  loose.sort((a, b) => addresses[a]! - addresses[b]! || a - b)

  const nodeAt = new Uint32Array(addresses.length - skip)
  let count = 0
  let next = 0
  const put = (node: number): void => {
    if (count === 0 || addresses[nodeAt[count - 1]!] !== addresses[node]) nodeAt[count++] = node
    else if (node < nodeAt[count - 1]!) nodeAt[count - 1] = node
  }
  for (const { start, end } of runs) {
    for (let node = start; node < end; node++) {
      while (next < loose.length && addresses[loose[next]!]! < addresses[node]!) put(loose[next++]!)
      put(node)
    }
  }
  while (next < loose.length) put(loose[next++]!)
  return nodeAt.subarray(0, count)
}
