import { type Classes, elementName, findClasses, kindClass } from '../../analysis/heap/classes.ts'
import { findOwnedBytes } from '../../analysis/heap/owned-bytes.ts'
import type { Run } from '../../base/run.ts'
import { type HeapGraph, NODE_KINDS, type NodeKind, type NumberColumn } from '../../model/heap-graph.ts'
import type { Source } from '../../model/source.ts'
import { readNodeTotals } from '../../readers/v8-heapsnapshot/node-totals.ts'
import { FORMAT } from '../../readers/v8-heapsnapshot/parser.ts'
import { fileSource } from '../file-source.ts'

interface Sum {
  count: number
  shallowBytes: number
}

/** What is told of a heap that is too big for the memory there is: everything in the file, garbage included. */
export interface HeapSummary {
  source: Source
  total: Sum
  kinds: (Sum & { kind: NodeKind })[]
  /** The biggest first. */
  classes: (Sum & { className: string; exampleId?: number | undefined })[]
}

/** Totals of a graph without dominators. */
export function summarizeGraph(graph: HeapGraph, run: Run): HeapSummary {
  const classes = classTotals(graph, findClasses(graph, run), findOwnedBytes(graph, run))
  const kinds = NODE_KINDS.map((kind) => ({ kind, count: 0, shallowBytes: 0 }))
  for (let node = 0; node < graph.nodeCount; node++) {
    const kind = kinds[graph.nodeKind[node]!]!
    kind.count++
    kind.shallowBytes += graph.shallowBytes[node]!
  }
  return summary(graph.source, kinds, classes)
}

function classTotals(graph: HeapGraph, { name, classOfNode }: Classes, bytes: NumberColumn): HeapSummary['classes'] {
  const totals: (HeapSummary['classes'][number] | undefined)[] = []
  for (let node = 0; node < graph.nodeCount; node++) {
    if (bytes[node] === 0) continue // it counts with its owner
    const its = classOfNode[node]!
    const total = (totals[its] ??= { className: name[its]!, count: 0, shallowBytes: 0, exampleId: graph.nodeId[node]! })
    total.count++
    total.shallowBytes += bytes[node]!
  }
  return totals.filter((total) => total !== undefined)
}

/** Totals of a snapshot whose graph memory does not hold. @throws ReadError, Cancelled */
export async function summarizeNodes(path: string, run: Run): Promise<HeapSummary> {
  const input = await fileSource(path)
  const { kinds, names } = await readNodeTotals(input, NODE_KINDS.filter((kind) => kindClass(kind) === undefined), run)
  const source: Source = { name: path, format: FORMAT, runtime: 'V8', idsAreStable: true, sizeBytes: input.sizeBytes, notices: [] }
  const classes = new Map<string, HeapSummary['classes'][number]>()
  const add = (className: string, count: number, bytes: number): void => {
    const known = classes.get(className)
    if (known === undefined) classes.set(className, { className, count, shallowBytes: bytes })
    else {
      known.count += count
      known.shallowBytes += bytes
    }
  }
  for (const { name, count, bytes } of names) add(elementName(name), count, bytes)
  for (const { kind, count, bytes } of kinds) {
    const className = kindClass(kind)
    if (className !== undefined) add(className, count, bytes)
  }
  return summary(source, kinds.map(({ kind, count, bytes }) => ({ kind, count, shallowBytes: bytes })), [...classes.values()])
}

function summary(source: Source, kinds: HeapSummary['kinds'], classes: HeapSummary['classes']): HeapSummary {
  const seen = kinds.filter(({ count }) => count > 0)
  return {
    source,
    total: { count: seen.reduce((sum, { count }) => sum + count, 0), shallowBytes: seen.reduce((sum, { shallowBytes }) => sum + shallowBytes, 0) },
    kinds: seen.toSorted((a, b) => b.shallowBytes - a.shallowBytes),
    classes: classes.toSorted((a, b) => b.shallowBytes - a.shallowBytes),
  }
}
