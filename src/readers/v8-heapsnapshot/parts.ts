import type { EdgeColumns } from './edge-columns.ts'
import type { Header } from './header.ts'
import type { LocationRows } from './location-rows.ts'
import type { NodeColumns } from './node-columns.ts'
import type { SampleRows } from './sample-rows.ts'
import type { StringBytes } from './string-bytes.ts'
import type { TraceFunctions, TraceTree } from './trace-tree.ts'

/** Everything the sections of a file are read into. */
export interface Parts {
  header: Header
  nodes: NodeColumns
  edges: EdgeColumns
  locations: LocationRows | undefined
  samples: SampleRows | undefined
  traceFunctions: TraceFunctions | undefined
  traceTree: TraceTree | undefined
  strings: StringBytes
}
