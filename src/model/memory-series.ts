import type { Source } from './source.ts'

/**
 * What is measured of a process over time. Bytes unless the name ends in `-count` or `-total`.
 * `heap-live` is use after the last collection of any kind, `heap-floor` after the last full one; `heap-goal` is the size at
 * which the next collection begins (Go's next_gc). Of a memory group: kills for want of memory, times it ran into its limit,
 * and microseconds in which at least one of its tasks waited for memory.
 */
export const METRICS = [
  'rss',
  'pss',
  'uss',
  'rss-anon',
  'rss-file',
  'rss-shmem',
  'lazy-free',
  'swap',
  'vsize',
  'heap-used',
  'heap-live',
  'heap-floor',
  'heap-committed',
  'heap-limit',
  'external',
  'array-buffers',
  'native',
  'cgroup-current',
  'cgroup-anon',
  'cgroup-file',
  'cgroup-inactive-file',
  'cgroup-active-file',
  'cgroup-shmem',
  'cgroup-kernel',
  'cgroup-limit',
  'gc-count',
  'gc-full-count',
  'request-total',
  'error-total',
  'fd-count',
  'thread-count',
  'goroutine-count',
  'context-count',
  'handle-count',
  'heap-goal',
  'cgroup-oom-total',
  'cgroup-limit-total',
  'cgroup-stall-total',
] as const
export type Metric = (typeof METRICS)[number]

/** How big a process is over time; column[sample]. NaN: missing in that sample. */
export interface MemorySeries {
  readonly source: Source
  readonly process: {
    readonly pid?: number | undefined
    readonly command?: string | undefined
    readonly startedAtMs?: number | undefined
    readonly runtime?: string | undefined
    readonly runtimeVersion?: string | undefined
  }
  readonly sampleCount: number
  /** Ascending. Since the epoch when the source knows it, else since the recording began. */
  readonly timeMs: Float64Array
  /** Rises when the process was restarted; absent: one process all along. */
  readonly epoch?: Uint32Array | undefined
  readonly metrics: ReadonlyMap<Metric, Float64Array>
  /** The memory limit that applies, where the source states one. */
  readonly limitBytes?: number | undefined
}
