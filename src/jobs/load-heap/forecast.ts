import type { Header } from '../../readers/v8-heapsnapshot/header.ts'
import type { LookAhead } from '../../readers/v8-heapsnapshot/look-ahead.ts'

/** How a snapshot can be opened, from the whole of it down; each step takes less memory than the one before. */
export const MEMORY_STEPS = ['two-threads', 'one-thread', 'no-locations', 'strings-in-file', 'no-dominators', 'nodes-only'] as const
export type MemoryStep = (typeof MEMORY_STEPS)[number]

/** What is lost at each step, for the reader of a report. */
export const LOST: Readonly<Record<MemoryStep, string>> = {
  'two-threads': 'Nothing is lost.',
  'one-thread': 'Read by one thread, which takes longer; nothing else is lost.',
  'no-locations': 'Source positions are left out: paths name no files and lines, and classes of one name that are declared in different places count as one.',
  'strings-in-file': 'Names stay in the file and are read when they are asked for, which takes longer; no index cache is kept.',
  'no-dominators': 'Classes are told by count and shallow size only: no retained sizes, no distances, no paths, no findings, and garbage counts too.',
  'nodes-only': 'References are not read: plain objects have no shapes, internal arrays do not count with their owners, and damage in that part of the file goes unseen.',
}

/** What the graph is opened for: totals by class and single questions, or a whole report with findings and paths. */
export type Purpose = 'totals' | 'report'

/** Memory a snapshot takes at its peak beyond what the process has already, by step. */
export type Forecast = Readonly<Record<MemoryStep, number>>

/** Code that is compiled, buffers, and what the collector has not got to yet; and the same for a second thread. */
const WORK_BYTES = 26_000_000
const SECOND_THREAD_BYTES = 18_000_000
/** Kind, name, id, size, first edge. */
const NODE_COLUMNS = 17
const LOCATION_COLUMN = 2
/** Target, kind, name, and the bit of strength. */
const EDGE_COLUMNS = 9 + 1 / 8
/**
 * `findDominators`: four columns and the forest while searching, and what waits on the stack; of edges, those that lead to
 * an earlier node, which take 8 bytes, but half of them lead to hubs and take none.
 */
const DOMINATOR_COLUMNS = 28
const LATER_EDGE = 4
/**
 * What a whole report keeps of a graph once dominators are found: those, classes, stretches of the tree, best paths, owners,
 * distances. And what the allocator keeps of columns that are given back: it returns only what is above 32 MB.
 */
const REPORT_COLUMNS = 47
const REPORT_SLACK = 0.15
const MOST_REPORT_SLACK_BYTES = 48_000_000
const REPORT_WORK_BYTES = 8_000_000
/** Distances, owners and classes, by the second thread at the same time. */
const BESIDE_COLUMNS = 12
/** Classes, and the owners of bytes with their result: all that is computed without dominators. */
const CLASS_COLUMNS = 12
/** Place in the file, and what naming classes keeps by name. */
const STRING_COLUMNS = 4 + 6
/** Count and size by name, doubled while the columns grow. */
const TOTAL_BY_NAME = 2 * 2 * 8
const STRINGS_SHARE = 0.05
const BYTES_PER_STRING = 40

/**
 * The memory a snapshot will need, from its header's counts, which the file's size bounds, and from a few looks at the
 * file, where there were any: how many bytes the strings are, and how many edges are weak. How many nodes have a
 * location stands behind both in the file and is not known: 2 bytes for each are counted wherever the file has locations.
 */
export function forecastMemory({ nodeCount, edgeCount, node, edge, location }: Header, sizeBytes: number, { look, purpose = 'totals' }: { look?: LookAhead | undefined; purpose?: Purpose | undefined } = {}): Forecast {
  const nodes = Math.min(nodeCount, sizeBytes / (2 * node.fields))
  const edges = Math.min(edgeCount, sizeBytes / (2 * edge.fields))
  const { stringBytes, stringCount, strongShare } = look ?? { stringBytes: sizeBytes * STRINGS_SHARE, stringCount: (sizeBytes * STRINGS_SHARE) / BYTES_PER_STRING, strongShare: 1 }
  // Every node but the root is first met over one strong edge; most of the others lead to an earlier one.
  const laterEdges = Math.max(0, edges * strongShare - nodes)
  const graph = WORK_BYTES + nodes * NODE_COLUMNS + edges * EDGE_COLUMNS + stringCount * STRING_COLUMNS
  const dominators = nodes * DOMINATOR_COLUMNS + laterEdges * LATER_EDGE
  const report = REPORT_WORK_BYTES + nodes * REPORT_COLUMNS + Math.min(MOST_REPORT_SLACK_BYTES, REPORT_SLACK * (graph - WORK_BYTES + nodes * REPORT_COLUMNS))
  const locations = location === undefined ? 0 : nodes * LOCATION_COLUMN
  const oneThread = graph + stringBytes + locations + (purpose === 'report' ? Math.max(dominators, report) : dominators)
  return {
    'two-threads': Math.max(oneThread, graph + stringBytes + locations + dominators + nodes * BESIDE_COLUMNS) + SECOND_THREAD_BYTES,
    'one-thread': oneThread,
    'no-locations': oneThread - locations,
    'strings-in-file': oneThread - locations - stringBytes,
    'no-dominators': graph + nodes * CLASS_COLUMNS,
    'nodes-only': WORK_BYTES + stringCount * TOTAL_BY_NAME,
  }
}

/** The first step from `from` on that fits into `roomBytes`; undefined when none does. */
export function stepThatFits(forecast: Forecast, roomBytes: number, from: MemoryStep = 'two-threads'): MemoryStep | undefined {
  return MEMORY_STEPS.slice(MEMORY_STEPS.indexOf(from)).find((step) => forecast[step] <= roomBytes)
}
