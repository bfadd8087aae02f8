import type { Run } from '../../base/run.ts'
import { EDGE, type HeapGraph, NODE, NONE } from '../../model/heap-graph.ts'
import { NumberTrie } from './number-trie.ts'

/** A shape's name is cut before it gets longer than this; the first property always stands. */
const MAX_NAME_LENGTH = 120
/** A shape needs this many instances, and this share of all plain objects. */
const MIN_COUNT = 2
const MIN_SHARE = 1000

/** The shapes that plain objects were given, most frequent first. */
export interface ObjectShapes {
  /** `{id, user}` */
  names: string[]
  /** Position in `names`, or NONE for an object of no frequent shape. */
  shapeOf(node: number): number
}

interface Shape {
  name: string
  properties: number[]
  count: number
  firstSeen: number
}

/**
 * Names for plain objects, which have no class of their own: `{id, user}` after their properties, as far as enough
 * objects begin with the same ones.
 *
 * Method: DevTools' (`inferInterfaceDefinitions`, `applyInterfaceDefinitions`): sequences of property names are
 *   counted, the frequent ones become shapes; an object belongs to the shape with the most properties that it has all
 *   of, whatever their order. Done on string numbers in a trie, so that no text is built per object; the answer for a
 *   sequence is remembered, with names left out that no shape has.
 * Cost: the edges of plain objects twice; memory by distinct sequences.
 * @throws Cancelled
 */
export function findObjectShapes(graph: HeapGraph, run: Run): ObjectShapes {
  const { nodeCount, nodeKind, nodeName, firstEdge, edgeKind, edgeName, strings } = graph
  const numbers = strings.numbersOf(['Object', '__proto__'])
  const objectName = numbers.get('Object') ?? NONE
  const protoName = numbers.get('__proto__') ?? NONE
  const lengths = new Uint8Array(objectName === NONE ? 0 : strings.count)
  const measure = (name: number): number => {
    lengths[name] = Math.min(255, 1 + propertyText(strings.get(name)).length)
    return lengths[name]! - 1
  }

  run.progress({ step: 'finding shapes of plain objects', done: 0, total: nodeCount })
  const trie = new NumberTrie()
  const counts: number[] = [0]
  const firstSeen: number[] = [0]
  let objects = 0
  const stateOf = (node: number): number => {
    let state = 0
    let length = 1
    const end = firstEdge[node + 1]!
    for (let edge = firstEdge[node]!; edge < end; edge++) {
      if (edgeKind[edge] !== EDGE.property) continue
      const name = edgeName[edge]!
      if (name === protoName) continue
      const added = lengths[name] === 0 ? measure(name) : lengths[name]! - 1
      if (length > 1) {
        if (length + added > MAX_NAME_LENGTH) break
        length += 2
      }
      length += added
      state = trie.next(state, name)
    }
    return state
  }
  const count = (state: number): void => {
    while (counts.length <= state) {
      counts.push(0)
      firstSeen.push(0)
    }
    if (counts[state] === 0) firstSeen[state] = objects
    counts[state]!++
  }
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NODE.object || nodeName[node] !== objectName) continue
    if ((objects++ & 0x3ff) === 0) run.checkpoint()
    const state = stateOf(node)
    if (state !== 0) count(state)
  }

  const least = Math.max(MIN_COUNT, objects / MIN_SHARE)
  const shapes: Shape[] = []
  for (const [state, count] of counts.entries()) {
    if (count < least) continue
    const properties = trie.sequence(state)
    shapes.push({ name: `{${properties.map((name) => propertyText(strings.get(name))).join(', ')}}`, properties, count, firstSeen: firstSeen[state]! })
  }
  shapes.sort((a, b) => b.count - a.count || a.firstSeen - b.firstSeen)
  const best = matcher(shapes)
  const isRelevant = new Uint8Array(strings.count)
  for (const { properties } of shapes) for (const name of properties) isRelevant[name] = 1

  const sequences = new NumberTrie()
  const answers: (number | undefined)[] = []
  const answer = (state: number): number => {
    while (answers.length < state) answers.push(undefined)
    return (answers[state] = best(sequences.sequence(state)))
  }
  return {
    names: shapes.map(({ name }) => name),
    shapeOf(node) {
      let state = 0
      const end = firstEdge[node + 1]!
      for (let edge = firstEdge[node]!; edge < end; edge++) {
        if (edgeKind[edge] === EDGE.property && isRelevant[edgeName[edge]!] === 1) state = sequences.next(state, edgeName[edge]!)
      }
      return answers[state] ?? answer(state)
    },
  }
}

/** Finds the best shape of a set of properties: the most properties first, then the more frequent. */
function matcher(shapes: readonly Shape[]): (properties: readonly number[]) => number {
  const ranked = shapes.map((shape, position) => ({ shape, position })).sort((a, b) => b.shape.properties.length - a.shape.properties.length || a.position - b.position)
  const uses = new Map<number, number>()
  for (const { properties } of shapes) for (const name of properties) uses.set(name, (uses.get(name) ?? 0) + 1)
  // Each shape is looked up by its rarest property only.
  const byRarest = new Map<number, { rank: number; properties: readonly number[] }[]>()
  for (const [rank, { shape }] of ranked.entries()) {
    const rarest = shape.properties.reduce((best, name) => (uses.get(name)! < uses.get(best)! ? name : best))
    const listed = byRarest.get(rarest) ?? []
    listed.push({ rank, properties: shape.properties })
    byRarest.set(rarest, listed)
  }
  return (properties) => {
    const have = new Set(properties)
    let best = ranked.length
    for (const name of have) {
      for (const candidate of byRarest.get(name) ?? []) {
        if (candidate.rank >= best) break
        if (candidate.properties.every((each) => have.has(each))) best = candidate.rank
      }
    }
    return best === ranked.length ? NONE : ranked[best]!.position
  }
}

/** A property as it stands in a shape's name; one with punctuation is quoted, so that names cannot be confused. */
function propertyText(name: string): string {
  return /[,'"{}]/.test(name) ? JSON.stringify({ [name]: 0 }).slice(1, -3) : name
}
