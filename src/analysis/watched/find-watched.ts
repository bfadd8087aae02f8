import { EDGE, type HeapGraph, NODE, NONE } from '../../model/heap-graph.ts'

/** One watch, as a snapshot of the watched program shows it. */
export interface WatchedRecord {
  ticket: string
  label: string
  /** The object that should have gone; NONE when it has, or when a text is looked for. */
  node: number
  /** The record itself: nothing it holds counts as held by the program. */
  record: number
  /** Milliseconds since the epoch. */
  watchedAtMs: number | undefined
  /** Age when the process last looked at its clock, which it does every second. */
  ageMs: number | undefined
  /** Its time is up, or the program itself has found it overdue; undefined where an old record does not say. */
  overdue: boolean | undefined
  stack: string | undefined
  tags: string | undefined
  /** A string is looked for that begins like this; these are the strings found, the marker's own left out. */
  content: string | undefined
  contentNodes: readonly number[]
}

const MOST_CONTENT_NODES = 100

/**
 * The watches of `shouldGoAway` that a heap snapshot holds: the suspect list a program carries with it.
 *
 * Method: after LeakCanary, which looks for its own keyed weak references in the dump. Every object with a field
 *   `stillhereTicket` is a record (a class name would not survive a minifier); its `ref` leads to a WeakRef, whose
 *   weak edge `target` leads to the object, for as long as that is alive.
 * Cost: one pass over the names of the strings and one over the edges; nothing more in a snapshot without watches.
 */
export function findWatched(graph: HeapGraph): WatchedRecord[] {
  const names = graph.strings.numbersOf(['stillhereTicket', 'stillhereNow'])
  const ticketName = names.get('stillhereTicket')
  if (ticketName === undefined) return []
  const now = findClock(graph, names.get('stillhereNow'))
  const found: WatchedRecord[] = []
  const { firstEdge, edgeKind, edgeName, nodeCount } = graph
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = firstEdge[node]!, end = firstEdge[node + 1]!; edge < end; edge++) {
      if (edgeName[edge] === ticketName && edgeKind[edge] === EDGE.property) {
        const record = readRecord(graph, node, now)
        if (record !== undefined) found.push(record)
        break
      }
    }
  }
  findContents(graph, found)
  return found.sort((a, b) => Number(a.ticket) - Number(b.ticket))
}

function readRecord(graph: HeapGraph, node: number, nowMs: number | undefined): WatchedRecord | undefined {
  const fields = fieldsOf(graph, node)
  const ticket = textOf(graph, fields.get('stillhereTicket'))
  const label = textOf(graph, fields.get('label'))
  if (ticket === undefined || label === undefined) return undefined
  const watchedAtMs = Number(textOf(graph, fields.get('watchedAt')) ?? Number.NaN)
  const content = textOf(graph, fields.get('content'))
  const withinMs = Number(textOf(graph, fields.get('within')) ?? Number.NaN)
  const state = textOf(graph, fields.get('state'))
  const ageMs = nowMs !== undefined && nowMs >= watchedAtMs ? nowMs - watchedAtMs : undefined
  return {
    ticket,
    label,
    node: targetOf(graph, fields.get('ref')),
    record: node,
    watchedAtMs: Number.isFinite(watchedAtMs) ? watchedAtMs : undefined,
    ageMs,
    overdue: state === 'overdue' || state === 'retained' ? true : ageMs === undefined || Number.isNaN(withinMs) ? undefined : ageMs > withinMs,
    stack: textOf(graph, fields.get('stack')),
    tags: textOf(graph, fields.get('tags')),
    // The record keeps it with a sign before it, so that it does not match itself.
    content: content?.startsWith('=') === true ? content.slice(1) : undefined,
    contentNodes: [],
  }
}

/** The latest of the clocks: a process has one for each set of watches. */
function findClock(graph: HeapGraph, nowName: number | undefined): number | undefined {
  if (nowName === undefined) return undefined
  let latest: number | undefined
  for (let edge = 0; edge < graph.edgeCount; edge++) {
    if (graph.edgeName[edge] !== nowName || graph.edgeKind[edge] !== EDGE.property) continue
    const now = Number(textOf(graph, graph.edgeTarget[edge]) ?? Number.NaN)
    if (Number.isFinite(now) && now > (latest ?? 0)) latest = now
  }
  return latest
}

function fieldsOf(graph: HeapGraph, node: number): Map<string, number> {
  const fields = new Map<string, number>()
  for (let edge = graph.firstEdge[node]!, end = graph.firstEdge[node + 1]!; edge < end; edge++) {
    if (graph.edgeKind[edge] === EDGE.property) fields.set(graph.strings.get(graph.edgeName[edge]!), graph.edgeTarget[edge]!)
  }
  return fields
}

function targetOf(graph: HeapGraph, ref: number | undefined): number {
  if (ref === undefined) return NONE
  for (let edge = graph.firstEdge[ref]!, end = graph.firstEdge[ref + 1]!; edge < end; edge++) {
    if (graph.edgeKind[edge] === EDGE.weak && graph.strings.get(graph.edgeName[edge]!) === 'target') return graph.edgeTarget[edge]!
  }
  return NONE
}

function textOf(graph: HeapGraph, node: number | undefined): string | undefined {
  return node !== undefined && graph.nodeKind[node] === NODE.string ? graph.strings.get(graph.nodeName[node]!) : undefined
}

/** Only flat strings show their contents, and only their first 1024 characters. */
function findContents(graph: HeapGraph, records: WatchedRecord[]): void {
  const wanted = records.filter((record) => record.content !== undefined && record.content !== '')
  if (wanted.length === 0) return
  const matches = new Map<number, WatchedRecord[]>()
  for (let name = 0; name < graph.strings.count; name++) {
    const text = graph.strings.get(name)
    const starting = wanted.filter((record) => text.startsWith(record.content!.slice(0, 1000)))
    if (starting.length > 0) matches.set(name, starting)
  }
  const nodes = new Map(wanted.map((record) => [record, [] as number[]]))
  for (let node = 0; node < graph.nodeCount && matches.size > 0; node++) {
    if (graph.nodeKind[node] !== NODE.string) continue
    for (const record of matches.get(graph.nodeName[node]!) ?? []) {
      const list = nodes.get(record)!
      if (list.length < MOST_CONTENT_NODES) list.push(node)
    }
  }
  for (const record of wanted) record.contentNodes = nodes.get(record)!
}
