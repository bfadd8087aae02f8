import type { Metric } from '../model/memory-series.ts'

/**
 * Names under which runtimes and exporters publish memory, to our metrics. Names of several label sets (per heap space, per
 * pool) are summed over the labels of one process. Both the Prometheus and the OpenTelemetry spellings.
 */
export const METRIC_NAMES: Readonly<Record<string, Metric>> = {
  process_resident_memory_bytes: 'rss',
  process_virtual_memory_bytes: 'vsize',
  process_open_fds: 'fd-count',
  process_memory_usage: 'rss',
  process_memory_usage_bytes: 'rss',
  namedprocess_namegroup_memory_bytes: 'rss',
  container_memory_rss: 'cgroup-anon',
  container_memory_usage_bytes: 'cgroup-current',
  container_memory_cache: 'cgroup-file',
  container_spec_memory_limit_bytes: 'cgroup-limit',
  nodejs_heap_size_used_bytes: 'heap-used',
  nodejs_heap_size_total_bytes: 'heap-committed',
  nodejs_external_memory_bytes: 'external',
  nodejs_active_handles_total: 'handle-count',
  v8js_memory_heap_used_bytes: 'heap-used',
  v8js_memory_heap_limit_bytes: 'heap-limit',
  go_memstats_heap_alloc_bytes: 'heap-used',
  go_memstats_alloc_bytes: 'heap-used',
  go_gc_heap_live_bytes: 'heap-live',
  go_memstats_heap_inuse_bytes: 'heap-committed',
  go_goroutines: 'goroutine-count',
  go_threads: 'thread-count',
  go_gc_duration_seconds_count: 'gc-count',
  jvm_memory_used_bytes: 'heap-used',
  jvm_memory_bytes_used: 'heap-used',
  jvm_memory_used_after_last_gc_bytes: 'heap-live',
  jvm_memory_committed_bytes: 'heap-committed',
  jvm_memory_max_bytes: 'heap-limit',
  jvm_buffer_memory_used_bytes: 'external',
  jvm_threads_live_threads: 'thread-count',
  jvm_threads_current: 'thread-count',
  jvm_gc_pause_seconds_count: 'gc-count',
  dotnet_total_memory_bytes: 'heap-used',
  http_requests_total: 'request-total',
  http_server_requests_seconds_count: 'request-total',
  http_request_duration_seconds_count: 'request-total',
}

/** Labels that say of which process a value is; all others are summed over. */
const PROCESS_LABELS = ['instance', 'pod', 'container', 'id', 'groupname', 'job', 'service_name']

/** The process a label set belongs to, as one word for people and for grouping. */
export function processOfLabels(labels: Readonly<Record<string, string>>): string {
  return PROCESS_LABELS.map((label) => labels[label]).filter((value) => value !== undefined && value !== '').join(' ')
}

/** Whether a value counts: of the JVM only the heap, elsewhere everything. */
export function countsAsMemory(labels: Readonly<Record<string, string>>): boolean {
  return labels['area'] === undefined || labels['area'] === 'heap'
}
