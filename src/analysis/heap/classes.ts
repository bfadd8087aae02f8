import type { Run } from '../../base/run.ts'
import { type HeapGraph, NODE, NODE_KINDS, type NodeKind, NONE } from '../../model/heap-graph.ts'
import { findObjectShapes } from './object-shapes.ts'

/** The classes of a graph: every node has one. */
export interface Classes {
  /** By node: number of its class. */
  classOfNode: Uint32Array
  /** By class. Two classes may share a name: constructors of the same name in different places. */
  name: string[]
  /** By class: place in the graph's locations that tells classes of one name apart; 0 where there is none. */
  place: number[]
}

const DETACHED = 2

/** The class names of kinds that have one name for all. */
const KIND_CLASS: Partial<Record<NodeKind, string>> = {
  hidden: '(system)',
  code: '(compiled code)',
  closure: 'Function',
  regexp: 'RegExp',
  'concatenated-string': '(concatenated string)',
  'sliced-string': '(sliced string)',
  shape: '(object shape)',
}

/** Kinds whose nodes are named after their class. */
const NAMED_KINDS = new Set<NodeKind>(['object', 'native', 'context', 'class', 'class-loader', 'thread', 'weak-reference', 'module'])

const TYPED_RUNTIMES = new Set(['jvm', 'android'])

/** The one class name of all nodes of a kind; undefined where each is named after its class. */
export function kindClass(kind: NodeKind): string | undefined {
  return NAMED_KINDS.has(kind) ? undefined : (KIND_CLASS[kind] ?? `(${kind})`)
}

/**
 * The class of every node.
 *
 * Method: DevTools' rules (`getNodeClassIndex`, `classKeyInternal`): objects and native nodes are classed by name, an
 *   element `<div id="a">` as `<div>`, a detached native node as `Detached …`; plain objects by shape; all other kinds
 *   by kind. Objects of one name whose constructors stand in different places are different classes. Unlike there,
 *   classes that share name and place are one: DevTools overwrites one with the other.
 * Cost: one pass over the nodes, the edges of plain objects; 4 bytes a node, 4 a string.
 * @throws Cancelled
 */
export function findClasses(graph: HeapGraph, run: Run): Classes {
  const { nodeCount, nodeKind, nodeName, strings, detachedness, locations } = graph
  const classes: Classes = { classOfNode: new Uint32Array(nodeCount), name: [], place: [] }
  const numbers = new Map<string, number>()
  /** The class of this name without a place. */
  const classNamed = (name: string): number => {
    const known = numbers.get(name)
    if (known !== undefined) return known
    const added = classes.name.length
    classes.name.push(name)
    classes.place.push(0)
    numbers.set(name, added)
    return added
  }
  const placed = new Map<number, number[]>()
  const lastPlaced = new Uint32Array(locations?.file.length ?? 0).fill(NONE)
  const nameOfPlaced: number[] = []
  /** The class of the name of class `base`, at this place. */
  const classAt = (base: number, place: number): number => {
    const last = lastPlaced[place]!
    if (last !== NONE && nameOfPlaced[last] === base) return last
    const atPlace = placed.get(place) ?? []
    placed.set(place, atPlace)
    let found = atPlace.find((each) => nameOfPlaced[each] === base)
    if (found === undefined) {
      found = classes.name.length
      classes.name.push(classes.name[base]!)
      classes.place.push(place)
      nameOfPlaced[found] = base
      atPlace.push(found)
    }
    lastPlaced[place] = found
    return found
  }

  // Arrays of the JVM and the like have a class; V8's are its own, without one.
  const arraysAreNamed = TYPED_RUNTIMES.has(graph.source.runtime ?? '')
  const classOfKind = NODE_KINDS.map((kind) => {
    const name = kind === 'array' && arraysAreNamed ? undefined : kindClass(kind)
    return name === undefined ? NONE : classNamed(name)
  })
  const classOfName = new Uint32Array(strings.count).fill(NONE)
  const shapes = findObjectShapes(graph, run)
  const classOfShape = shapes.names.map(classNamed)
  const objectName = strings.numbersOf(['Object']).get('Object') ?? NONE
  run.progress({ step: 'naming classes', done: 0, total: nodeCount })
  for (let node = 0; node < nodeCount; node++) {
    if ((node & 0xffff) === 0) run.checkpoint()
    const kind = nodeKind[node]!
    let found = classOfKind[kind]!
    if (found === NONE) {
      const name = nodeName[node]!
      if (kind === NODE.object && name === objectName) {
        const shape = shapes.shapeOf(node)
        if (shape !== NONE) found = classOfShape[shape]!
      } else if (kind === NODE.native && detachedness?.[node] === DETACHED) {
        found = classNamed(elementName(`Detached ${strings.get(name)}`))
      }
      if (found === NONE) {
        found = classOfName[name]!
        if (found === NONE) found = classOfName[name] = classNamed(elementName(strings.get(name)))
      }
      const place = kind === NODE.object || kind === NODE.context ? (locations?.place[node] ?? 0) : 0
      if (place !== 0) found = classAt(found, place)
    }
    classes.classOfNode[node] = found
  }
  return classes
}

/** `<div id="a">` is a `<div>`, attached or detached. */
export function elementName(name: string): string {
  const from = name.startsWith('<') ? 0 : name.startsWith('Detached <') ? 10 : -1
  if (from < 0) return name
  const space = name.indexOf(' ', from)
  return space < 0 ? name : `${name.slice(0, space)}>`
}
