import type { Sample } from '../model/memory-series-builder.ts'
import type { Metric } from '../model/memory-series.ts'
import type { SampleTable } from './sample-table.ts'

/**
 * Names under which runtimes and exporters publish memory, to our metrics. Names of several label sets (per heap space, per
 * pool) are summed over the labels of one process. OpenTelemetry's names stand here as its Prometheus exporters write them:
 * dots become underscores, the unit goes behind. Where a process publishes one thing under several names, the first here counts.
 */
const METRIC_NAMES: Readonly<Record<string, Metric>> = {
  process_resident_memory_bytes: 'rss',
  process_virtual_memory_bytes: 'vsize',
  process_open_fds: 'fd-count',
  process_memory_usage: 'rss',
  process_memory_usage_bytes: 'rss',
  process_memory_virtual_bytes: 'vsize',
  process_thread_count: 'thread-count',
  process_open_file_descriptor_count: 'fd-count',
  process_unix_file_descriptor_count: 'fd-count',
  namedprocess_namegroup_memory_bytes: 'rss',
  container_memory_rss: 'cgroup-anon',
  container_memory_usage_bytes: 'cgroup-current',
  container_memory_usage_total_bytes: 'cgroup-current',
  container_memory_rss_bytes: 'cgroup-anon',
  container_memory_cache: 'cgroup-file',
  container_spec_memory_limit_bytes: 'cgroup-limit',
  container_memory_usage_limit_bytes: 'cgroup-limit',
  nodejs_heap_size_used_bytes: 'heap-used',
  nodejs_heap_size_total_bytes: 'heap-committed',
  nodejs_heap_space_size_used_bytes: 'heap-used',
  nodejs_heap_space_size_total_bytes: 'heap-committed',
  nodejs_external_memory_bytes: 'external',
  nodejs_active_handles_total: 'handle-count',
  v8js_memory_heap_used_bytes: 'heap-used',
  v8js_memory_heap_limit_bytes: 'heap-committed', // by its definition the size of the space, not what it may grow to
  v8js_gc_duration_seconds_count: 'gc-count',
  go_memstats_heap_alloc_bytes: 'heap-used',
  go_memstats_alloc_bytes: 'heap-used',
  go_gc_heap_live_bytes: 'heap-live',
  go_memstats_heap_inuse_bytes: 'heap-committed',
  go_memstats_next_gc_bytes: 'heap-goal',
  process_runtime_go_mem_heap_alloc_bytes: 'heap-used',
  process_runtime_go_mem_heap_inuse_bytes: 'heap-committed',
  go_memory_gc_goal_bytes: 'heap-goal',
  go_memory_used_bytes: 'heap-committed',
  go_goroutine_count: 'goroutine-count',
  process_runtime_go_goroutines: 'goroutine-count',
  go_goroutines: 'goroutine-count',
  go_threads: 'thread-count',
  go_gc_duration_seconds_count: 'gc-count',
  jvm_memory_used_bytes: 'heap-used',
  jvm_memory_bytes_used: 'heap-used',
  process_runtime_jvm_memory_usage_bytes: 'heap-used',
  process_runtime_jvm_memory_usage_after_last_gc_bytes: 'heap-live',
  process_runtime_jvm_memory_committed_bytes: 'heap-committed',
  process_runtime_jvm_memory_limit_bytes: 'heap-limit',
  jvm_memory_limit_bytes: 'heap-limit',
  jvm_memory_bytes_committed: 'heap-committed',
  jvm_memory_bytes_max: 'heap-limit',
  jvm_memory_used_after_last_gc_bytes: 'heap-live',
  jvm_memory_committed_bytes: 'heap-committed',
  jvm_memory_max_bytes: 'heap-limit',
  jvm_buffer_memory_used_bytes: 'external',
  jvm_threads_live_threads: 'thread-count',
  jvm_thread_count: 'thread-count',
  jvm_gc_duration_seconds_count: 'gc-count',
  jvm_threads_current: 'thread-count',
  jvm_gc_pause_seconds_count: 'gc-count',
  dotnet_total_memory_bytes: 'heap-used',
  dotnet_process_memory_working_set_bytes: 'rss',
  dotnet_gc_last_collection_heap_size_bytes: 'heap-live',
  dotnet_gc_last_collection_memory_committed_size_bytes: 'heap-committed',
  dotnet_gc_collections_total: 'gc-count',
  process_runtime_cpython_memory_bytes: 'rss',
  http_requests_total: 'request-total',
  http_server_requests_seconds_count: 'request-total',
  http_request_duration_seconds_count: 'request-total',
  http_server_request_duration_seconds_count: 'request-total',
}

/** Labels that say of which process a value is; all others are summed over. `id` only of containers: elsewhere it is a pool of the heap. */
const PROCESS_LABELS = ['instance', 'pod', 'container', 'groupname', 'job', 'service_name']

/** The process a label set belongs to, as one word for people and for grouping. */
function processOfLabels(name: string, labels: Labels): string {
  const all = name.startsWith('container_') ? [...PROCESS_LABELS, 'id'] : PROCESS_LABELS
  return all.map((label) => labels[label]).filter((value) => value !== undefined && value !== '').join(' ')
}

export type Labels = Readonly<Record<string, string>>

/** What `name` with these labels measures; undefined: nothing of ours. Of a JVM only the heap counts, of Go what is no stack. */
export function metricOf(name: string, labels: Labels): Metric | undefined {
  if (!Object.hasOwn(METRIC_NAMES, name)) return undefined
  const area = labels['area'] ?? labels['jvm_memory_type'] ?? (name.startsWith('process_runtime_jvm_') ? labels['type'] : undefined)
  if (area !== undefined && area !== 'heap') return undefined
  if (name === 'go_memory_used_bytes' && (labels['go_memory_type'] ?? labels['type']) === 'stack') return undefined
  if (name === 'process_runtime_cpython_memory_bytes') return labels['type'] === 'rss' ? 'rss' : labels['type'] === 'vms' ? 'vsize' : undefined
  return METRIC_NAMES[name]
}

/**
 * Values under their published names, of any number of processes, on their way to samples. Values of one name, process
 * and moment are summed (heap spaces, memory pools); two names of one thing (`go_memstats_alloc_bytes` and
 * `go_memstats_heap_alloc_bytes`) are not: the first in METRIC_NAMES counts.
 */
export class MetricSamples {
  readonly #processes = new Map<string, Map<string, { metric: Metric; values: Map<number, number> }>>()

  /** `process` where the labels do not say it. */
  add({ name, labels, timeMs, value, process = processOfLabels(name, labels) }: { name: string; labels: Labels; timeMs: number; value: number; process?: string }): void {
    const metric = metricOf(name, labels)
    if (metric === undefined || !Number.isFinite(value) || value < 0 || !Number.isFinite(timeMs)) return
    let names = this.#processes.get(process)
    if (names === undefined) this.#processes.set(process, (names = new Map()))
    const key = `${name} ${metric}`
    let column = names.get(key)
    if (column === undefined) names.set(key, (column = { metric, values: new Map() }))
    column.values.set(timeMs, (column.values.get(timeMs) ?? 0) + value)
  }

  addTo(table: SampleTable): void {
    const order = new Map(Object.keys(METRIC_NAMES).map((name, rank) => [name, rank]))
    const rank = (key: string): number => order.get(key.slice(0, key.indexOf(' '))) ?? 0
    for (const [process, names] of this.#processes) {
      const samples = new Map<number, Sample>()
      const taken = new Set<Metric>()
      for (const [, { metric, values }] of [...names].toSorted(([a], [b]) => rank(a) - rank(b))) {
        if (taken.has(metric)) continue
        taken.add(metric)
        for (const [timeMs, value] of values) {
          const sample = samples.get(timeMs)
          if (sample === undefined) samples.set(timeMs, { [metric]: value })
          else sample[metric] = value
        }
      }
      for (const timeMs of [...samples.keys()].toSorted((a, b) => a - b)) table.add(process, timeMs, samples.get(timeMs) ?? {}, process)
    }
  }
}
