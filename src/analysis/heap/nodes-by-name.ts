import { longer } from '../../base/longer.ts'
import type { Run } from '../../base/run.ts'
import { type HeapGraph, NODE, NODE_KINDS, NONE } from '../../model/heap-graph.ts'
import type { Classes } from './classes.ts'

/** The nodes that a name stands for; each list ascending, each node once. */
export interface Named {
  /** Of the class of this name, or called so themselves. */
  readonly instances: Uint32Array
  readonly functions: Uint32Array
  readonly classes: Uint32Array
  /** What is no instance and filed under this name by its kind: `(string)`, `(array)`. */
  readonly others: Uint32Array
}
export interface NodesByName {
  of(name: string): Named
}

const SORTS = 4
const INSTANCES = 0
const FUNCTIONS = 1
const CLASSES = 2
const OTHERS = 3
const INSTANCE_KINDS = new Set([NODE.object, NODE.native, NODE.thread, NODE['class-loader'], NODE['weak-reference']])
const SORT_OF_KIND = Uint8Array.from(NODE_KINDS, (_, kind) => (kind === NODE.closure ? FUNCTIONS : kind === NODE.class ? CLASSES : INSTANCE_KINDS.has(kind) ? INSTANCES : OTHERS))

/**
 * Files all nodes but the root by name, so that those of one are read off and not looked for. A function is not filed
 * under `Function`, nor a class under what it is one of: both are asked for by their own names.
 *
 * Method: counting sort. Names are compared as texts, since classes share them and files may write one text in two ways.
 * Cost: two passes over the nodes; 4 bytes a node stay, as many again for instances whose class is called otherwise
 *   (plain objects, elements with attributes), and 4 a string while it works.
 * @throws Cancelled
 */
export function findNodesByName({ nodeCount, nodeKind, nodeName, strings }: HeapGraph, { classOfNode, name }: Classes, run: Run): NodesByName {
  const numbers = new Map<string, number>()
  /** By name and sort: how many there are. */
  let counts = new Uint32Array(4096)
  const numberOf = (text: string): number => {
    const known = numbers.get(text)
    if (known !== undefined) return known
    const number = numbers.size * SORTS
    numbers.set(text, number)
    if (number + SORTS > counts.length) counts = longer(counts)
    return number
  }
  const ofClass = Uint32Array.from(name, numberOf)
  const ofString = new Uint32Array(strings.count).fill(NONE)
  run.progress({ step: 'filing objects by name', done: 0, total: nodeCount })
  for (let node = 1; node < nodeCount; node++) {
    if ((node & 0xffff) === 0) run.checkpoint()
    const sort = SORT_OF_KIND[nodeKind[node]!]!
    let byName = NONE
    if (sort !== OTHERS) {
      const string = nodeName[node]!
      byName = ofString[string]!
      if (byName === NONE) byName = ofString[string] = numberOf(strings.get(string))
      counts[byName + sort]!++
    }
    if (sort === FUNCTIONS || sort === CLASSES) continue
    const byClass = ofClass[classOfNode[node]!]!
    if (byClass !== byName) counts[byClass + sort]!++
  }
  const first = new Uint32Array(numbers.size * SORTS + 1)
  for (let at = 1; at < first.length; at++) first[at] = first[at - 1]! + counts[at - 1]!
  const filed = new Uint32Array(first.at(-1)!)
  const next = first.slice()
  for (let node = 1; node < nodeCount; node++) {
    if ((node & 0xffff) === 0) run.checkpoint()
    const sort = SORT_OF_KIND[nodeKind[node]!]!
    let byName = NONE
    if (sort !== OTHERS) {
      byName = ofString[nodeName[node]!]!
      filed[next[byName + sort]!++] = node
    }
    if (sort === FUNCTIONS || sort === CLASSES) continue
    const byClass = ofClass[classOfNode[node]!]!
    if (byClass !== byName) filed[next[byClass + sort]!++] = node
  }
  return {
    of(text) {
      const number = numbers.get(text)
      const list = (sort: number): Uint32Array => (number === undefined ? filed.subarray(0, 0) : filed.subarray(first[number + sort], first[number + sort + 1]))
      return { instances: list(INSTANCES), functions: list(FUNCTIONS), classes: list(CLASSES), others: list(OTHERS) }
    },
  }
}
