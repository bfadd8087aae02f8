import { goGoroutineDump } from './go-goroutine-dump.ts'
import { goHeapdump } from './go-heapdump.ts'
import { goExpvar } from './go-expvar.ts'
import { hprof } from './hprof.ts'
import { jfr } from './jfr.ts'
import { jfrPrint } from './jfr-print.ts'
import { jstat } from './jstat.ts'
import { jvmHistogram } from './jvm-histogram.ts'
import { jvmNmt, jvmNmtDiff } from './jvm-nmt.ts'
import { legacyHeapProfile } from './legacy-heap-profile.ts'
import { pprof } from './pprof.ts'
import { collapsedStacks } from './collapsed-stacks.ts'
import { dhat } from './dhat.ts'
import { heaptrack } from './heaptrack.ts'
import { jemalloc } from './jemalloc.ts'
import { heaptrackPrint } from './heaptrack-print.ts'
import { jscHeapSnapshot } from './jsc-heapsnapshot.ts'
import { massif } from './massif.ts'
import { msPrint } from './ms-print.ts'
import { rubyHeapdump } from './ruby-heapdump.ts'
import { stackprof } from './stackprof.ts'
import { jemallocStats } from './jemalloc-stats.ts'
import { memoryProfilerLines } from './memory-profiler-lines.ts'
import { memrayExports } from './memray-exports.ts'
import { objgraph } from './objgraph.ts'
import { objgraphTypes } from './objgraph-types.ts'
import { scalene } from './scalene.ts'
import { memray } from './memray.ts'
import { pyheap } from './pyheap.ts'
import { sanitizer } from './sanitizer.ts'
import { speedscope } from './speedscope.ts'
import { tracemalloc } from './tracemalloc.ts'
import { valgrindText } from './valgrind-text.ts'
import { valgrindXml } from './valgrind-xml.ts'
import { goGctrace } from './go-gctrace.ts'
import { jvm8GcLog } from './jvm8-gc-log.ts'
import { jvmGcLog } from './jvm-gc-log.ts'
import { nodePerfGc } from './node-perf-gc.ts'
import { nodeReport } from './node-report.ts'
import { pythonGcStats } from './python-gc-stats.ts'
import { v8HeapProfile } from './v8-heapprofile.ts'
import { v8HeapSnapshot } from './v8-heapsnapshot.ts'
import { v8GcProfiler } from './v8-gc-profiler.ts'
import { v8TraceGc } from './v8-trace-gc.ts'
import { csvSeries } from './csv-series.ts'
import { mprof } from './mprof.ts'
import { pidstat } from './pidstat.ts'
import { otlpJson } from './otlp-json.ts'
import { otlpProtobuf } from './otlp-protobuf.ts'
import { prometheusApi } from './prometheus-api.ts'
import { prometheusText } from './prometheus-text.ts'
import { psLoop } from './ps-loop.ts'
import { readingsTar } from './readings-tar.ts'
import { psrecord } from './psrecord.ts'
import { pmap } from './pmap.ts'
import { procText } from './proc-text.ts'
import { sadfCsv } from './sadf-csv.ts'
import { sarText } from './sar-text.ts'
import { topBatch } from './top-batch.ts'
import { vmstat } from './vmstat.ts'
import { sadfJson } from './sadf-json.ts'
import type { Reader } from './reader.ts'

/**
 * Every format, in order: where two readers find an input `likely`, the earlier one gets it.
 * Two `certain`s for one input is a bug, and the contract test looks for it.
 */
export const READERS: readonly Reader[] = [
  v8HeapSnapshot,
  v8HeapProfile,
  jscHeapSnapshot,
  hprof,
  goHeapdump,
  pprof,
  legacyHeapProfile,
  goGoroutineDump,
  jfr,
  jfrPrint,
  jvmHistogram,
  jvmNmt,
  jvmNmtDiff,
  jstat,
  goExpvar,
  tracemalloc,
  pyheap,
  memray,
  memrayExports,
  memoryProfilerLines,
  scalene,
  objgraph,
  valgrindXml,
  valgrindText,
  massif,
  msPrint,
  dhat,
  sanitizer,
  heaptrack,
  heaptrackPrint,
  jemalloc,
  jemallocStats,
  speedscope,
  stackprof,
  rubyHeapdump,
  jvmGcLog,
  jvm8GcLog,
  goGctrace,
  v8TraceGc,
  v8GcProfiler,
  nodePerfGc,
  nodeReport,
  pythonGcStats,
  mprof,
  psrecord,
  pidstat,
  sadfJson,
  sadfCsv,
  sarText,
  topBatch,
  vmstat,
  procText,
  readingsTar,
  pmap,
  otlpJson,
  otlpProtobuf,
  prometheusApi,
  prometheusText,
  csvSeries,
  psLoop,
  objgraphTypes,
  collapsedStacks,
]
