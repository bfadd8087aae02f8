import { EDGE, type HeapGraph, NODE, ROOT } from '../../model/heap-graph.ts'
import { vocabularyOf } from '../vocabulary/vocabulary-of.ts'
import type { BestPaths } from './best-paths.ts'
import { NumberTrie } from './number-trie.ts'

/** In which way a node is held, as a number: equal for two whose paths have the same names of references and classes, ids, positions and what repeats left out. */
export type WayOf = (node: number) => number

/**
 * Numbers the ways in which nodes are held, those that are asked for.
 * Cost: each node on their paths once, however many paths share it and however often it is asked; 4 bytes a node, 2 a
 *   string, 40 a way.
 */
export function numberWays(graph: HeapGraph, { edge: edgeTo, holder }: BestPaths): WayOf {
  const { insides } = vocabularyOf(graph)
  const { strings, nodeKind, nodeName, edgeKind, edgeName } = graph
  const isInside = looks(strings, (text) => insides.test(text))
  const hasDigit = looks(strings, (text) => /\d/.test(text))
  /** By node; 0 where it is not known yet, that of the root is 1. */
  const known = new Uint32Array(graph.nodeCount)
  known[ROOT] = 1
  // A word is a reference and a class, by their names' numbers; a way is a shorter way and one word more.
  const words = new NumberTrie()
  const ways = new NumberTrie()
  const below = (way: number, node: number): number => {
    const edge = edgeTo[node]!
    const kind = edgeKind[edge]!
    // An entry of a table hangs on the table or on another entry: that is chance.
    const isText = nodeKind[node] === NODE.string // its name is what it holds
    const isData = kind === EDGE.element || kind === EDGE.hidden || (!isText && isInside(nodeName[node]!)) || hasDigit(edgeName[edge]!)
    const reference = words.next(0, isData ? 0 : edgeName[edge]! + 1)
    const word = words.next(reference, isText ? 0 : nodeName[node]! + 1)
    return word === ways.last(way) ? way : ways.next(way, word)
  }
  return (node) => {
    const unknown: number[] = []
    let at = node
    while (known[at] === 0) {
      unknown.push(at)
      at = holder[at]!
    }
    let way = known[at]! - 1
    for (let i = unknown.length - 1; i >= 0; i--) {
      way = below(way, unknown[i]!)
      known[unknown[i]!] = way + 1
    }
    return way
  }
}

/** A question about strings that is asked of each once. */
function looks(strings: HeapGraph['strings'], ask: (text: string) => boolean): (name: number) => boolean {
  const known = new Int8Array(strings.count).fill(-1)
  return (name) => {
    if (known[name]! < 0) known[name] = ask(strings.get(name)) ? 1 : 0
    return known[name] === 1
  }
}
