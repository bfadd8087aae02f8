import type { Run } from '../../base/run.ts'
import { EDGE, type HeapGraph, NODE, NONE, ROOT } from '../../model/heap-graph.ts'
import { NOTHING } from '../vocabulary/vocabulary.ts'
import { vocabularyOf } from '../vocabulary/vocabulary-of.ts'
import type { BestPaths } from '../heap/best-paths.ts'
import { elementName } from '../heap/classes.ts'
import { PREFERENCE } from '../heap/holder-preference.ts'
import { NumberTable } from './number-table.ts'

/** The path of what only follows something held elsewhere: weak references, finalizers of objects in use. */
const ECHOES = 6
export const FIRST_PATH = 7 // those before stand for levels of preference and for echoes
/** Longest repeated piece of a path that is folded, and how deep paths are told apart. */
const LONGEST_PERIOD = 6
const DEEPEST = 240
const MOST_PATHS = 1 << 21
/** An object with more named properties than this is read as a dictionary: its keys are data, not structure. */
const DICTIONARY_PROPERTIES = 64
/** A plain object with no more references than this is a table of things by number (timer lists by duration), not a list. */
const MOST_SMALL_TABLE = 32

/** How many objects stand at each path of one graph, and how big they are; column[path]. */
export interface PathCounts {
  readonly count: Float64Array
  readonly bytes: Float64Array
  /** Bytes at this path and below it. */
  readonly subtreeBytes: Float64Array
}

/**
 * The paths of several graphs of one program, merged: a tree whose nodes are *kinds of path* (edge name and class,
 * step by step), so that objects can be counted per holder although no object of theirs survives.
 *
 * Method: BLeak (PLDI 2018) as done in Shark's heap growth: positions and keys that are data become `[x]`, strings
 *   and numbers stand by kind. A piece of up to 6 steps that repeats is folded onto its first turn, so that a linked
 *   list, a chain of promises or of wrapped closures is one path with many objects, not many paths with one.
 * Paths 1 to 5 stand for what only compiled code, a stack or a debugger holds (`PREFERENCE`), 6 for echoes.
 * Cost: one look-up per node of each graph; about 60 bytes per kind of path, of which there are far fewer than nodes.
 */
export class PathTree {
  readonly parent: number[] = [0, 0, 0, 0, 0, 0, 0]
  /** Number of the step (edge name and class) in `#steps`. */
  readonly #step: number[] = [0, 0, 0, 0, 0, 0, 0]
  readonly #depth: number[] = [0, 0, 0, 0, 0, 0, 0]
  readonly #children = new NumberTable()
  readonly #stepNumbers = new NumberTable()
  readonly #steps: { edge: number; className: number }[] = [{ edge: 0, className: 0 }]
  readonly #names = new Map<string, number>([['', 0]])
  readonly #nameTexts: string[] = ['']

  get size(): number {
    return this.parent.length
  }

  edgeName(path: number): string {
    return this.#nameTexts[this.#steps[this.#step[path]!]!.edge]!
  }

  className(path: number): string {
    return this.#nameTexts[this.#steps[this.#step[path]!]!.className]!
  }

  depth(path: number): number {
    return this.#depth[path]!
  }

  /** The path of every node that `paths` reaches; column[node]; 0 for the root and the unreachable. */
  place(graph: HeapGraph, paths: BestPaths, run: Run): Uint32Array {
    const { nodeKind, nodeName, edgeKind, edgeName, firstEdge } = graph
    const pathOf = new Uint32Array(graph.nodeCount)
    const edgeNumbers = new Int32Array(graph.strings.count).fill(-1)
    const classNumbers = new Int32Array(graph.strings.count).fill(-1)
    const position = this.#name('[x]')
    const named = new Map<number, boolean>() // holders with many edges: are they dictionaries?
    const isDictionary = (node: number): boolean => {
      const [from, to] = [firstEdge[node]!, firstEdge[node + 1]!]
      if (to - from <= DICTIONARY_PROPERTIES || nodeKind[node] === NODE.synthetic) return false
      const known = named.get(node)
      if (known !== undefined) return known
      let properties = 0
      for (let edge = from; edge < to; edge++) if (edgeKind[edge] === EDGE.property) properties++
      named.set(node, properties > DICTIONARY_PROPERTIES)
      return properties > DICTIONARY_PROPERTIES
    }
    const isSmallTable = (node: number): boolean =>
      nodeKind[node] === NODE.object && firstEdge[node + 1]! - firstEdge[node]! <= MOST_SMALL_TABLE && graph.strings.get(nodeName[node]!) === 'Object'
    const { insides, finalizers, weakReferences, ofOneObject } = vocabularyOf(graph)
    const isInsides = this.#classTest(insides)
    const isFinalizer = this.#classTest(finalizers)
    const isWeakReference = this.#classTest(weakReferences)
    const hasSpecials = insides !== NOTHING || weakReferences !== NOTHING
    const specialPath = (node: number, from: number, edgeNumber: number, classNumber: number): number | undefined => {
      // Finalizers hang on each other in no order: they are one list. Where something else holds the object too, that counts.
      if (isFinalizer(classNumber)) return this.#child(holdsWhatOthersHold(graph, paths, node) ? ECHOES : 0, this.#name('(finalizers)'), classNumber)
      if (isWeakReference(classNumber) && isWeakEcho(graph, paths, node)) return this.#child(ECHOES, edgeNumber, classNumber)
      // An entry that hangs on another one (`next`, `left`) is one more entry of the same container.
      const above = from === ROOT ? -1 : this.#steps[this.#step[pathOf[from]!]!]!.className
      return classNumber === above && isInsides(classNumber) ? pathOf[from]! : undefined
    }
    const { order, holder, edge: arrival, preference } = paths
    for (let i = 1; i < order.length; i++) {
      if ((i & 0xffff) === 0) run.checkpoint()
      const node = order[i]!
      const edge = arrival[node]!
      const from = holder[node]!
      const kind = edgeKind[edge]!
      let edgeNumber: number
      if (kind === EDGE.element && isSmallTable(from)) edgeNumber = this.#name(`[${edgeName[edge]!}]`)
      else if (kind === EDGE.element || kind === EDGE.hidden || (kind === EDGE.property && isDictionary(from))) edgeNumber = position
      else {
        const name = edgeName[edge]!
        edgeNumber = edgeNumbers[name]!
        if (edgeNumber < 0) edgeNumber = edgeNumbers[name] = this.#name(generic(graph.strings.get(name)))
      }
      let classNumber: number
      const nameless = NAMELESS[nodeKind[node]!]
      if (nameless !== undefined) classNumber = this.#name(nameless)
      else {
        const name = nodeName[node]!
        classNumber = classNumbers[name]!
        if (classNumber < 0) {
          // Elements whose attributes differ are of one class: `<section class="row 17">`.
          const text = nodeKind[node] === NODE.native ? elementName(graph.strings.get(name)) : graph.strings.get(name)
          classNumber = classNumbers[name] = this.#name(text.slice(0, 200).replace(ofOneObject, ''))
        }
      }
      const special = hasSpecials ? specialPath(node, from, edgeNumber, classNumber) : undefined
      if (special !== undefined) {
        pathOf[node] = special
        continue
      }
      // Both ends of a list, and whatever else a container calls its first entries by, are one way to hold.
      if (hasSpecials && isInsides(classNumber)) edgeNumber = position
      // What is only reached through worse references stands apart, under the path of that number.
      const above = preference[node]! >= PREFERENCE.runtime && preference[node] !== preference[from] ? preference[node]! : from === ROOT ? 0 : pathOf[from]!
      pathOf[node] = this.#child(above, edgeNumber, classNumber)
    }
    return pathOf
  }

  /** Adds up a placed graph. */
  count(graph: HeapGraph, pathOf: Uint32Array, paths: BestPaths): PathCounts {
    const count = new Float64Array(this.size)
    const bytes = new Float64Array(this.size)
    const { order } = paths
    for (let i = 1; i < order.length; i++) {
      const node = order[i]!
      const path = pathOf[node]!
      count[path]!++
      bytes[path]! += graph.shallowBytes[node]!
    }
    const subtreeBytes = bytes.slice()
    // A path is always made after the one above it.
    for (let path = this.size - 1; path > 0; path--) subtreeBytes[this.parent[path]!]! += subtreeBytes[path]!
    return { count, bytes, subtreeBytes }
  }

  /** Asks a class's name once. */
  #classTest(expression: RegExp): (name: number) => boolean {
    if (expression === NOTHING) return () => false
    const answers = new Map<number, boolean>()
    return (name) => {
      const known = answers.get(name)
      if (known !== undefined) return known
      const answer = expression.test(this.#nameTexts[name]!)
      answers.set(name, answer)
      return answer
    }
  }

  #name(text: string): number {
    const known = this.#names.get(text)
    if (known !== undefined) return known
    const number = this.#nameTexts.length
    this.#names.set(text, number)
    this.#nameTexts.push(text)
    return number
  }

  #child(parent: number, edge: number, className: number): number {
    const stepKey = edge * 0x4000000 + className
    let step = this.#stepNumbers.get(stepKey)
    if (step < 0) {
      step = this.#steps.length
      this.#steps.push({ edge, className })
      this.#stepNumbers.set(stepKey, step)
    }
    const key = parent * 0x40000000 + step
    const known = this.#children.get(key)
    if (known >= 0) return known
    const child = this.#folded(parent, step) ?? this.#make(parent, step)
    this.#children.set(key, child)
    return child
  }

  #make(parent: number, step: number): number {
    if (this.#depth[parent]! >= DEEPEST || this.size >= MOST_PATHS) return parent
    this.parent.push(parent)
    this.#step.push(step)
    this.#depth.push(this.#depth[parent]! + 1)
    return this.size - 1
  }

  /** The earlier turn of a piece that this step would complete for the second time. */
  #folded(parent: number, step: number): number | undefined {
    const tail: number[] = []
    const steps = [step]
    for (let path = parent; path !== 0 && steps.length < 2 * LONGEST_PERIOD; path = this.parent[path]!) {
      tail.push(path)
      steps.push(this.#step[path]!)
    }
    for (let period = 1; period * 2 <= steps.length; period++) {
      let same = true
      for (let i = 0; i < period && same; i++) same = steps[i] === steps[i + period]
      if (same) return tail[period - 1]
    }
    return undefined
  }
}

/** What the reference leads to is alive, and it holds nothing itself: it comes and goes with its target. */
function isWeakEcho({ firstEdge, edgeTarget, edgeIsStrong }: HeapGraph, { holder, edge: arrival }: BestPaths, node: number): boolean {
  let leadsToLiving = false
  for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
    const target = edgeTarget[edge]!
    if (!edgeIsStrong.has(edge)) leadsToLiving ||= arrival[target] !== NONE
    else if (holder[target] === node) return false
  }
  return leadsToLiving
}

/** What a finalizer is to run for is held better by something else. */
function holdsWhatOthersHold({ firstEdge, edgeKind, edgeName, edgeTarget, strings }: HeapGraph, { holder }: BestPaths, node: number): boolean {
  for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
    if (edgeKind[edge] === EDGE.property && strings.get(edgeName[edge]!) === 'referent') return holder[edgeTarget[edge]!] !== node
  }
  return true
}

/** Kinds whose names are contents or noise: they stand by kind. */
const NAMELESS: Partial<Record<number, string>> = {
  [NODE.string]: '(string)',
  [NODE['concatenated-string']]: '(string)',
  [NODE['sliced-string']]: '(string)',
  [NODE.number]: '(number)',
  [NODE.bigint]: '(bigint)',
  [NODE.regexp]: '(regexp)',
  [NODE.symbol]: '(symbol)',
}

/** A name with what looks like data taken out: digits, long names, paths and addresses become `[x]`. */
function generic(name: string): string {
  if (name.length > 60 || /\d/.test(name)) return name.startsWith('<symbol') || name.includes(' / ') ? name.replace(/\d+/g, '#').slice(0, 120) : '[x]'
  return name
}
