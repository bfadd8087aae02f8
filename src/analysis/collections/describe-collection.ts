import { edgeNameOf, EDGE, type HeapGraph, locationOf, NODE, NONE, nodeNameOf, ROOT } from '../../model/heap-graph.ts'
import { ORIGIN, originOfFile } from '../diff/growing-classes.ts'
import type { BestPaths } from '../heap/best-paths.ts'
import { nodeLabel } from '../heap/node-label.ts'
import type { Collection, CollectionReader } from './read-collection.ts'
import { vocabularyOf } from '../vocabulary/vocabulary-of.ts'
import { commonest, looksLike } from './text-looks.ts'
import type { Life } from './used-like.ts'

/** What a collection's entries look like, without their contents. */
export interface Looks {
  readonly keys: string
  readonly values: string
  readonly keyKind: Life['keys']
  readonly valueKind: Life['values']
  /** Keys as they are, only where contents are wanted. */
  readonly samples: readonly string[]
}

const MOST_LOOKED_AT = 500
/** Of a text that is joined from many. */
const MOST_PARTS = 64
const LONGEST_LOOKED_AT = 200
const SAMPLES = 3
const NAMES_ABOVE = 5
const PLAIN = /^(Object|Array|Map|Set|WeakMap|Module|global.*|system \/ .*|)$/

/** Looks at entries from all over the collection. */
export function lookAt(graph: HeapGraph, reader: CollectionReader, { node, entries }: Collection, contents: 'shown' | 'redacted'): Looks {
  const keys = new Map<string, number>()
  const values = new Map<string, number>()
  const keyKinds = { labels: 0, texts: 0, objects: 0, none: 0 }
  const valueKinds = { functions: 0, objects: 0, texts: 0, none: 0 }
  const samples: string[] = []
  const stride = Math.max(1, Math.floor(entries / MOST_LOOKED_AT))
  let at = 0
  reader.read(node, ({ key, value, name }) => {
    if (at++ % stride !== 0) return
    if (name !== NONE) {
      const text = graph.strings.get(name)
      const look = looksLike(text)
      keys.set(look, (keys.get(look) ?? 0) + 1)
      if (contents === 'shown' && samples.length < SAMPLES) samples.push(text)
      keyKinds[look === 'labels' ? 'labels' : 'texts']++
    } else if (key !== NONE) {
      const look = lookOf(graph, key)
      keys.set(look, (keys.get(look) ?? 0) + 1)
      if (contents === 'shown' && samples.length < SAMPLES) samples.push(...[textOf(graph, key)].filter((text) => text !== undefined))
      keyKinds[look === 'labels' ? 'labels' : isText(graph, key) || graph.nodeKind[key] === NODE.number || graph.nodeKind[key] === NODE.symbol ? 'texts' : 'objects']++
    } else keyKinds.none++
    if (value === NONE) valueKinds.none++
    else {
      const label = nodeLabel(graph, value)
      values.set(label, (values.get(label) ?? 0) + 1)
      valueKinds[graph.nodeKind[value] === NODE.closure ? 'functions' : isText(graph, value) ? 'texts' : 'objects']++
    }
  })
  return { keys: commonest(keys), values: commonest(values), keyKind: most(keyKinds), valueKind: most(valueKinds), samples }
}

/** Entries of one look. */
export interface EntryGroup {
  readonly count: number
  readonly keys: string
  readonly values: string
  /** A key as it is, only where contents are wanted. */
  readonly sample?: string | undefined
}

/** All entries by what they look like, the commonest first. */
export function groupEntries(graph: HeapGraph, reader: CollectionReader, node: number, contents: 'shown' | 'redacted'): EntryGroup[] {
  const groups = new Map<string, EntryGroup>()
  reader.read(node, ({ key, value, name }) => {
    const text = name !== NONE ? graph.strings.get(name) : key === NONE ? undefined : textOf(graph, key)
    const keys = text !== undefined ? looksLike(text) : key === NONE ? '' : nodeLabel(graph, key)
    const values = value === NONE ? '' : nodeLabel(graph, value)
    const group = `${keys}\n${values}`
    const known = groups.get(group)
    if (known !== undefined) groups.set(group, { ...known, count: known.count + 1 })
    else groups.set(group, { count: 1, keys, values, sample: contents === 'shown' ? text : undefined })
  })
  return [...groups.values()].toSorted((a, b) => b.count - a.count)
}

function lookOf(graph: HeapGraph, node: number): string {
  const text = textOf(graph, node)
  return text === undefined ? nodeLabel(graph, node) : looksLike(text)
}

/** A text, joined from its parts; undefined for cut texts, whose content a snapshot does not tell. */
function textOf(graph: HeapGraph, node: number): string | undefined {
  let text = ''
  const open = [node]
  for (let parts = 0; open.length > 0 && parts < MOST_PARTS && text.length < LONGEST_LOOKED_AT; parts++) {
    const at = open.pop()!
    if (graph.nodeKind[at] === NODE.string) text += nodeNameOf(graph, at)
    else if (graph.nodeKind[at] !== NODE['concatenated-string']) return undefined
    else {
      let first: number | undefined
      for (let edge = graph.firstEdge[at]!; edge < graph.firstEdge[at + 1]!; edge++) {
        if (graph.edgeKind[edge] !== EDGE.internal) continue
        const name = edgeNameOf(graph, edge)
        if (name === 'second') open.push(graph.edgeTarget[edge]!)
        else if (name === 'first') first = graph.edgeTarget[edge]!
      }
      if (first === undefined) return undefined
      open.push(first)
    }
  }
  return text
}

function most<Kind extends string>(counts: Record<Kind, number>): Kind {
  return (Object.entries(counts) as [Kind, number][]).toSorted((a, b) => b[1] - a[1])[0]![0]
}

function isText(graph: HeapGraph, node: number): boolean {
  const kind = graph.nodeKind[node]
  return kind === NODE.string || kind === NODE['concatenated-string'] || kind === NODE['sliced-string']
}

const STEPS_TO_SCRIPT = 12

/** Whether the nearest script above is the runtime's: its own tables are in every program. */
export function isOfRuntime(graph: HeapGraph, paths: BestPaths, node: number): boolean {
  const { originByName, core, library, insides, maps, sets, lists, queues } = vocabularyOf(graph)
  if (originByName) {
    // The nearest class or module that is not a collection of the library itself.
    for (let at = paths.holder[node]!, step = 0; step < STEPS_TO_SCRIPT && at !== ROOT && at !== NONE; step++, at = paths.holder[at]!) {
      const kind = graph.nodeKind[at]
      if (kind === NODE.frame) return false
      if (kind !== NODE.object && kind !== NODE.class && kind !== NODE.module && kind !== NODE.thread) continue
      const name = nodeNameOf(graph, at).replace(/^class /, '')
      if (kind === NODE.object && [maps, sets, lists, queues, insides].some((collection) => collection.test(name))) continue
      return core.test(name) || library.test(name) || library.test(`${name}.`)
    }
    return false
  }
  for (let at = node, step = 0; step < STEPS_TO_SCRIPT && at !== ROOT && at !== NONE; step++, at = paths.holder[at]!) {
    const location = locationOf(graph, at)
    if (location !== undefined) return originOfFile(location.file) === ORIGIN.runtime
  }
  return false
}

/** An object of functions is a namespace that somebody wrote, and the global object is one of everything. */
export function isNamespace(graph: HeapGraph, { node, kind }: Collection, { valueKind }: Looks): boolean {
  return kind === 'object' && (valueKind === 'functions' || /^(global|process$|system \/)/.test(nodeNameOf(graph, node)) || hasAccessors(graph, node))
}

function hasAccessors(graph: HeapGraph, node: number): boolean {
  for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
    if (graph.edgeKind[edge] === EDGE.property && /^[gs]et /.test(edgeNameOf(graph, edge))) return true
  }
  return false
}

/** What a node is called where it is held: `SessionStore.sessions`, `cache`; its class when nobody calls it anything. */
export function heldAs(graph: HeapGraph, paths: BestPaths, node: number): string {
  const names: string[] = []
  let at = entryOf(graph, paths, node)
  // An entry is called by what it is an entry of.
  const isEntry = at !== node
  for (let step = 0; step < NAMES_ABOVE && at !== ROOT && at !== NONE; step++) {
    const edge = paths.edge[at]!
    if (edge === NONE) break
    const above = paths.holder[at]!
    const kind = graph.edgeKind[edge]
    if (kind !== EDGE.property && kind !== EDGE.variable) break
    names.unshift(edgeNameOf(graph, edge))
    if (kind === EDGE.variable) break
    const owner = above === ROOT || above === NONE ? '' : nodeNameOf(graph, above)
    if (!PLAIN.test(owner)) {
      names.unshift(owner.replace(/^class /, ''))
      break
    }
    at = above
  }
  return names.length === 0 ? nodeLabel(graph, node) : `${names.join('.')}${isEntry ? '[…]' : ''}`
}

/** The collection that a node is an entry of, past its table; the node itself where it has a name of its own. */
function entryOf(graph: HeapGraph, paths: BestPaths, node: number): number {
  let at = node
  while (at !== ROOT && at !== NONE) {
    const edge = paths.edge[at]!
    if (edge === NONE) return node
    const kind = graph.edgeKind[edge]
    const isTable = graph.nodeKind[at] === NODE.array || graph.nodeKind[at] === NODE.hidden
    if (kind !== EDGE.element && kind !== EDGE.hidden && !(kind === EDGE.internal && (isTable || /^\d+$/.test(edgeNameOf(graph, edge))))) return at
    if (at !== node && !isTable) return node // an entry of an entry: no short name
    at = paths.holder[at]!
  }
  return node
}
