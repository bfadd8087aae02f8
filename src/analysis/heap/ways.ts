import { EDGE, type HeapGraph, NODE, NONE, ROOT } from '../../model/heap-graph.ts'
import { vocabularyOf } from '../vocabulary/vocabulary-of.ts'
import type { BestPaths } from './best-paths.ts'
import { PREFERENCE_LEVELS } from './holder-preference.ts'
import { NumberTrie } from './number-trie.ts'

/** Objects that are held the same way. */
export interface Way {
  readonly count: number
  /** The worst reference on their paths: `PREFERENCE`. */
  readonly preference: number
  /** The first of them. */
  readonly node: number
}

export interface WaysFound {
  /** Objects to which a path leads. */
  readonly reached: number
  /** Different ways in which these are held. */
  readonly count: number
  /** The best and most frequent ones, best first. */
  readonly shown: readonly Way[]
}

/** Paths of more objects than this overlap so much that it is cheaper to number all nodes once, in a row, than theirs. */
const FEW = 1000

/**
 * Tells apart the ways in which nodes are held: two are held alike when their best paths have the same names of
 * references and classes and are equally good, whatever the ids, positions and keys are that are data, and what repeats left out.
 *
 * Method: a way is a shorter one, that of the holder, and a step more; each is a state of a trie.
 * Cost: of few nodes those on their paths, each once however many share it and however often it is asked. When many
 *   are asked for the first time, all nodes once; from then on two reads a node. 4 bytes a node, 2 a string, 20 a way.
 */
export class Ways {
  readonly #paths: BestPaths
  /** One more than the way of a node, which for the root is 1; 0 where it is not known yet or no path leads to it. */
  readonly #known: Uint32Array
  /** A step is a reference and a class, by their names' numbers, and how good the path is down to it. */
  readonly #steps = new NumberTrie()
  #ways = new NumberTrie()
  readonly #stepOf: (node: number) => number
  #areAllKnown = false

  constructor(graph: HeapGraph, paths: BestPaths) {
    this.#paths = paths
    this.#known = new Uint32Array(graph.nodeCount)
    this.#known[ROOT] = 1
    this.#stepOf = numberSteps(graph, paths, this.#steps)
  }

  /** The ways in which these nodes are held, of which `most` are wanted. */
  of(nodes: Uint32Array, most: number): WaysFound {
    if (nodes.length > FEW) this.#nameAll()
    else for (const node of nodes) this.#name(node)
    const best: (Omit<Way, 'node'> & { way: number })[] = []
    let reached = 0
    let ways = 0
    const add = (way: number, count: number): void => {
      reached += count
      ways++
      const preference = this.#steps.last(this.#ways.last(way)) % PREFERENCE_LEVELS
      const place = best.findIndex((other) => preference < other.preference || (preference === other.preference && count > other.count))
      if (place < 0 && best.length === most) return
      best.splice(place < 0 ? best.length : place, 0, { way, count, preference })
      if (best.length > most) best.pop()
    }
    if (nodes.length > FEW) this.#countMany(nodes, add)
    else this.#countFew(nodes, add)
    return { reached, count: ways, shown: best.map(({ way, ...found }) => ({ ...found, node: this.#firstOf(nodes, way) })) }
  }

  #countFew(nodes: Uint32Array, add: (way: number, count: number) => void): void {
    const counts = new Map<number, number>()
    for (const node of nodes) {
      const known = this.#known[node]!
      if (known > this.#known[ROOT]!) counts.set(known, (counts.get(known) ?? 0) + 1)
    }
    for (const [known, count] of counts) add(known - 1, count)
  }

  #countMany(nodes: Uint32Array, add: (way: number, count: number) => void): void {
    const known = this.#known
    const counts = new Uint32Array(this.#ways.count + 1)
    for (let i = 0; i < nodes.length; i++) counts[known[nodes[i]!]!]!++
    for (let way = known[ROOT]!; way < this.#ways.count; way++) if (counts[way + 1]! > 0) add(way, counts[way + 1]!)
  }

  #firstOf(nodes: Uint32Array, way: number): number {
    let i = 0
    while (this.#known[nodes[i]!] !== way + 1) i++
    return nodes[i]!
  }

  #nameAll(): void {
    if (this.#areAllKnown) return
    const { order, holder } = this.#paths
    const known = this.#known
    // Anew, so that of equally frequent ways the one of the shorter path comes first, whatever was asked before.
    this.#ways = new NumberTrie()
    known.fill(0)
    known[ROOT] = 1
    for (let i = 1; i < order.length; i++) {
      const node = order[i]!
      known[node] = this.#below(known[holder[node]!]! - 1, node) + 1
    }
    this.#areAllKnown = true
  }

  #name(node: number): void {
    const { edge, holder } = this.#paths
    const known = this.#known
    if (edge[node] === NONE) return
    const unknown: number[] = []
    let at = node
    for (; known[at] === 0; at = holder[at]!) unknown.push(at)
    for (let way = known[at]! - 1; unknown.length > 0; ) {
      const next = unknown.pop()!
      way = this.#below(way, next)
      known[next] = way + 1
    }
  }

  /** The way of a node whose holder is held in this one. */
  #below(way: number, node: number): number {
    const step = this.#stepOf(node)
    return step === this.#ways.last(way) ? way : this.#ways.next(way, step)
  }
}

/** Numbers the last steps of best paths: equal for the same names and the same preference. */
function numberSteps(graph: HeapGraph, { edge: edgeTo, preference }: BestPaths, steps: NumberTrie): (node: number) => number {
  const { insides } = vocabularyOf(graph)
  const { strings, nodeKind, nodeName, edgeKind, edgeName } = graph
  const isInside = looks(strings, (text) => insides.test(text))
  const hasDigit = looks(strings, (text) => /\d/.test(text))
  return (node) => {
    const edge = edgeTo[node]!
    const kind = edgeKind[edge]!
    // An entry of a table hangs on the table or on another entry: that is chance.
    const isText = nodeKind[node] === NODE.string // its name is what it holds
    const isData = kind === EDGE.element || kind === EDGE.hidden || (!isText && isInside(nodeName[node]!)) || hasDigit(edgeName[edge]!)
    const reference = steps.next(0, isData ? 0 : edgeName[edge]! + 1)
    return steps.next(reference, (isText ? 0 : nodeName[node]! + 1) * PREFERENCE_LEVELS + preference[node]!)
  }
}

/** A question about strings that is asked of each once. */
function looks(strings: HeapGraph['strings'], ask: (text: string) => boolean): (name: number) => boolean {
  const known = new Int8Array(strings.count) // 0: not asked yet
  return (name) => {
    if (known[name] === 0) known[name] = ask(strings.get(name)) ? 1 : -1
    return known[name] === 1
  }
}
