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

/** In the place of a class that is not numbered yet. */
const WANTED = NONE - 1

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
  const classOfKind = Uint32Array.from(NODE_KINDS, (kind) => {
    const name = kind === 'array' && arraysAreNamed ? undefined : kindClass(kind)
    return name === undefined ? NONE : classNamed(name)
  })
  // One question after the other, each of all nodes: the loops stay short, and what is seldom done is not compiled into them.
  const { classOfNode } = classes
  const objectName = strings.numbersOf(['Object']).get('Object') ?? NONE
  const classOfName = classesOfNames(graph, classOfKind, (name) => classNamed(elementName(strings.get(name))))
  const shapes = findObjectShapes(graph, run)
  const classOfShape = Uint32Array.from(shapes.names, classNamed)
  run.progress({ step: 'naming classes', done: 0, total: nodeCount })
  run.checkpoint()
  for (let node = 0; node < nodeCount; node++) {
    const ofKind = classOfKind[nodeKind[node]!]!
    classOfNode[node] = ofKind === NONE ? classOfName[nodeName[node]!]! : ofKind
  }
  run.checkpoint()
  const shapeObject = (node: number): void => {
    const shape = shapes.shapeOf(node)
    if (shape !== NONE) classOfNode[node] = classOfShape[shape]!
  }
  for (let node = 0; node < nodeCount; node++) if (nodeKind[node] === NODE.object && nodeName[node] === objectName) shapeObject(node)
  run.checkpoint()
  if (detachedness !== undefined) {
    for (let node = 0; node < nodeCount; node++) {
      if (nodeKind[node] === NODE.native && detachedness[node] === DETACHED) classOfNode[node] = classNamed(elementName(`Detached ${strings.get(nodeName[node]!)}`))
    }
  }
  if (locations !== undefined) {
    const { place } = locations
    for (let node = 0; node < nodeCount; node++) {
      if (place[node] === 0 || (nodeKind[node] !== NODE.object && nodeKind[node] !== NODE.context)) continue
      const last = lastPlaced[place[node]!]!
      classOfNode[node] = last !== NONE && nameOfPlaced[last] === classOfNode[node] ? last : classAt(classOfNode[node]!, place[node]!)
    }
  }
  return classes
}

/** By string number: the class of nodes of that name whose kind has none; for names that such nodes have. */
function classesOfNames({ nodeCount, nodeKind, nodeName, strings }: HeapGraph, classOfKind: Uint32Array, classOf: (name: number) => number): Uint32Array {
  const classOfName = new Uint32Array(strings.count).fill(NONE)
  for (let node = 0; node < nodeCount; node++) if (classOfKind[nodeKind[node]!] === NONE) classOfName[nodeName[node]!] = WANTED
  for (let name = 0; name < classOfName.length; name++) if (classOfName[name] === WANTED) classOfName[name] = classOf(name)
  return classOfName
}

/** `<div id="a">` is a `<div>`, attached or detached. */
export function elementName(name: string): string {
  const from = name.startsWith('<') ? 0 : name.startsWith('Detached <') ? 10 : -1
  if (from < 0) return name
  const space = name.indexOf(' ', from)
  return space < 0 ? name : `${name.slice(0, space)}>`
}
