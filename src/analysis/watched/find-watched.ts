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
/** In the field of a watch whose name nobody has asked for. */
const NO_TICKET = '-'
/** How V8 names both edges of a WeakMap entry. */
const WEAK_MAP_ENTRY = / \/ part of key \(.* pair in WeakMap \(table @(\d+)\)$/s

/**
 * The watches of `shouldGoAway` that a heap snapshot holds: the suspect list a program carries with it.
 *
 * Method: after LeakCanary, which looks for its own keyed weak references in the dump. Every object with a field
 *   `stillhereTicket` is a record (a class name would not survive a minifier). The watched object is the key of a
 *   WeakMap entry whose value, a stub, leads to the record by its field `stillhereRecord`; without an object there is no
 *   stub.
 * Cost: one pass over the names of the strings and two over the edges; nothing more in a snapshot without watches.
 */
export function findWatched(graph: HeapGraph): WatchedRecord[] {
  const names = graph.strings.numbersOf(['stillhereTicket', 'stillhereRecord', 'stillhereNow'])
  const ticketName = names.get('stillhereTicket')
  if (ticketName === undefined) return []
  const now = findClock(graph, names.get('stillhereNow'))
  const objects = findObjects(graph, names.get('stillhereRecord'))
  const found: WatchedRecord[] = []
  const { firstEdge, edgeKind, edgeName, nodeCount } = graph
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = firstEdge[node]!, end = firstEdge[node + 1]!; edge < end; edge++) {
      if (edgeName[edge] === ticketName && edgeKind[edge] === EDGE.property) {
        const record = readRecord(graph, node, { nowMs: now, object: objects.get(node) ?? NONE })
        if (record !== undefined) found.push(record)
        break
      }
    }
  }
  findContents(graph, found)
  return found.sort((a, b) => (a.watchedAtMs ?? 0) - (b.watchedAtMs ?? 0) || graph.nodeId[a.record]! - graph.nodeId[b.record]!)
}

function readRecord(graph: HeapGraph, node: number, { nowMs, object }: { nowMs: number | undefined; object: number }): WatchedRecord | undefined {
  const fields = fieldsOf(graph, node)
  const batch = fields.get('stillhereBatch')
  if (batch !== undefined) for (const [name, value] of fieldsOf(graph, batch)) fields.set(name, value)
  const ticket = textOf(graph, fields.get('stillhereTicket'))
  const label = textOf(graph, fields.get('label'))
  if (ticket === undefined || label === undefined) return undefined
  const watchedAtMs = Number(textOf(graph, fields.get('watchedAt')) ?? Number.NaN)
  const content = textOf(graph, fields.get('content'))
  const withinMs = Number(textOf(graph, fields.get('within')) ?? Number.NaN)
  const state = textOf(graph, fields.get('state'))
  const ageMs = nowMs !== undefined && nowMs >= watchedAtMs ? nowMs - watchedAtMs : undefined
  return {
    // Nobody asked for its name: then the record's own will do.
    ticket: ticket === NO_TICKET ? `@${graph.nodeId[node]}` : ticket,
    label,
    node: object,
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

/** The watched object of each record: what has a WeakMap entry to a stub of the record. */
function findObjects(graph: HeapGraph, recordName: number | undefined): Map<number, number> {
  const objects = new Map<number, number>()
  if (recordName === undefined) return objects
  const { nodeCount, nodeId, firstEdge, edgeTarget, edgeKind, edgeName } = graph
  const recordOf = new Map<number, number>()
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = firstEdge[node]!, end = firstEdge[node + 1]!; edge < end; edge++) {
      if (edgeName[edge] === recordName && edgeKind[edge] === EDGE.property) recordOf.set(node, edgeTarget[edge]!)
    }
  }
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = firstEdge[node]!, end = firstEdge[node + 1]!; edge < end; edge++) {
      if (edgeKind[edge] !== EDGE.internal) continue
      const record = recordOf.get(edgeTarget[edge]!)
      if (record === undefined) continue
      // Of the two edges of an entry, the table's and the key's, the key's. Strength is no guide: what only a debugger holds has weak ones.
      const table = WEAK_MAP_ENTRY.exec(graph.strings.get(edgeName[edge]!))?.[1]
      if (table !== undefined && Number(table) !== nodeId[node]) objects.set(record, node)
    }
  }
  return objects
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
