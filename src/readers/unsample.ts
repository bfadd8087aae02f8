/**
 * What a sampling heap profiler saw, scaled up to what there was.
 *
 * Method: an allocation of `size` bytes is caught with probability 1 − e^(−size/interval) when samples are taken at
 *   exponentially distributed distances; dividing by it is unbiased (google/pprof `scaleHeapSample`). The mean size
 *   stands for all sizes at the site. Results are whole numbers, cut, as pprof prints them.
 * Raw values are returned when `intervalBytes` ≤ 1: then every allocation was recorded.
 */
export function unsample(count: number, bytes: number, intervalBytes: number): { count: number; bytes: number } {
  if (count === 0 || bytes === 0) return { count: 0, bytes: 0 }
  if (intervalBytes <= 1) return { count, bytes }
  const scale = 1 / (1 - Math.exp(-(bytes / count) / intervalBytes))
  return { count: Math.trunc(count * scale), bytes: Math.trunc(bytes * scale) }
}
