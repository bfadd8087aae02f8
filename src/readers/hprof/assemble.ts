import { Bitset } from '../../base/bitset.ts'
import type { Run } from '../../base/run.ts'
import { checkHeapGraph } from '../../model/check-heap-graph.ts'
import { EDGE, type HeapGraph, NODE, NONE, ROOT } from '../../model/heap-graph.ts'
import { addNotice, type Source } from '../../model/source.ts'
import { AddressIndex } from './address-index.ts'
import { type HeapRecords, referencesOf, WHAT } from './heap-records.ts'
import { lastingClasses } from './lasting-classes.ts'
import type { GivenLayout } from './layout.ts'
import { objectSizes, primitiveArrayName } from './object-sizes.ts'
import type { Stacks } from './stacks.ts'

/**
 * The graph of all records: addresses become ordinals, roots become edges of ROOT, sizes are computed.
 * An instance has an edge `<class>` where its class can be unloaded: that is how one forgotten object keeps a whole
 * class loader. Classes of the JVM's own loaders stay anyway, and those of the class path are roots (`lasting-classes.ts`).
 * Cost: linear but for the sort of the addresses; at its peak about what the dump takes on disk.
 */
export function assembleGraph(records: HeapRecords, { stacks, version, source, run, layout }: { stacks: Stacks; version: string; source: Source; run: Run; layout?: GivenLayout | undefined }): HeapGraph {
  const { classes, names, idBytes } = records

  // 1. Ordinals of all addresses.
  run.progress({ step: 'ordering objects', done: 0 })
  const nodeId = records.address.flatten()
  const nodeCount = nodeId.length
  const index = new AddressIndex(nodeId, 1)
  run.checkpoint()

  // 2. References as ordinals, block by block, so that the addresses go as they are used.
  const [firstReference, referenceTo] = [records.firstReference.flatten(), new Uint32Array(records.referenceTo.length)]
  let missing = 0
  let at = 0
  for (const block of records.referenceTo.drain()) {
    run.checkpoint()
    for (const address of block) {
      const node = index.nodeOf(address)
      if (node === NONE) missing++
      referenceTo[at++] = node
    }
  }
  const [referenceName, referenceKind] = [records.referenceName.flatten(), records.referenceKind.flatten()]

  // 3. Kinds, names and sizes.
  const columns = { classOf: records.classOf.flatten(), what: records.what.flatten(), size: records.size.flatten() }
  const { classOf, what } = columns
  const archive = missing > 0 ? tellMissing({ missing, firstReference, referenceTo, suspects: archiveArrays(records, index, what, source), source }) : []
  // What is said of it on the way: the dump calls it a JNI global as any other, though no native code of a program holds it.
  for (const root of records.roots) if (root.why === 'JNI global' && archive.includes(index.nodeOf(root.address))) root.why = 'archive of the JVM (CDS)'
  const { shallowBytes, referenceArrays } = objectSizes({ columns, index, classes, idBytes, version, source, given: layout })
  const kindOfClass = classes.instanceKinds()
  const nameOfClass = Uint32Array.from(classes.list, (_, number) => names.ofText(classes.nameOf(number)))
  const nameOfMirror = Uint32Array.from(classes.list, (_, number) => names.ofText(`class ${classes.nameOf(number)}`))
  const nameOfArray = Uint32Array.from({ length: 12 }, (_, type) => names.ofText(primitiveArrayName(type)))
  const nodeKind = new Uint8Array(nodeCount)
  const nodeName = new Uint32Array(nodeCount)
  nodeName[ROOT] = names.ofText('')
  nodeKind[ROOT] = NODE.synthetic
  for (let node = 1; node < nodeCount; node++) {
    const kind = what[node]!
    nodeKind[node] = kind === WHAT.class ? NODE.class : kind === WHAT.instance ? kindOfClass[classOf[node]!]! : NODE.array
    nodeName[node] = kind === WHAT.class ? nameOfMirror[classOf[node]!]! : kind >= WHAT.instance ? nameOfClass[classOf[node]!]! : nameOfArray[kind]!
  }

  for (const array of archive) nodeKind[array] = NODE.hidden

  // 4. How many edges each node has.
  const lasting = lastingClasses(classes, index, classOf)
  const unloadable = Uint32Array.from(classes.list, ({ address }, number) => (lasting[number] === 0 ? index.nodeOf(address) : NONE))
  const classEdge = (node: number): number => (what[node] === WHAT.instance || what[node] === WHAT.objectArray ? unloadable[classOf[node]!]! : NONE)
  const late = lateReferences(records, index)
  const referenceOf = (node: number, field: string): number => {
    const end = node + 1 < nodeCount ? firstReference[node + 1]! : referenceTo.length
    for (let reference = firstReference[node]!; reference < end; reference++) {
      if (referenceKind[reference] === EDGE.property && names.textOfNumber(referenceName[reference]!) === field) return referenceTo[reference]!
    }
    return NONE
  }
  const textOf = records.texts.close()
  const threadName = (address: number): string | undefined => {
    const thread = index.nodeOf(address)
    const name = thread === NONE ? NONE : referenceOf(thread, 'name')
    const array = name === NONE || what[name] === 5 ? name : referenceOf(name, 'value')
    return array === NONE ? undefined : textOf(array, what[array] === 5 ? 'char' : 'byte')
  }
  stacks.addThreads(records.roots, threadName)
  const roots = rootEdges(records, stacks, index, lasting)
  const firstEdge = new Uint32Array(nodeCount + 1)
  firstEdge[1] = roots.length
  for (let node = 1; node < nodeCount; node++) {
    let count = (classEdge(node) === NONE ? 0 : 1) + (late.get(node)?.length ?? 0)
    const end = node + 1 < nodeCount ? firstReference[node + 1]! : referenceTo.length
    for (let reference = firstReference[node]!; reference < end; reference++) if (referenceTo[reference] !== NONE) count++
    firstEdge[node + 1] = firstEdge[node]! + count
  }

  // 5. The edges.
  const edgeCount = firstEdge[nodeCount]!
  const edgeTarget = new Uint32Array(edgeCount)
  const edgeKind = new Uint8Array(edgeCount)
  const edgeName = new Uint32Array(edgeCount)
  const edgeIsStrong = new Bitset(edgeCount)
  const className = names.ofText('<class>')
  let edge = 0
  const add = (target: number, kind: number, name: number): void => {
    edgeTarget[edge] = target
    edgeKind[edge] = kind
    edgeName[edge] = name
    if (kind !== EDGE.weak) edgeIsStrong.add(edge)
    edge++
  }
  for (const { target, name } of roots) add(target, EDGE.root, name)
  for (let node = 1; node < nodeCount; node++) {
    if ((node & 0xffff) === 0) run.checkpoint()
    const end = node + 1 < nodeCount ? firstReference[node + 1]! : referenceTo.length
    for (let reference = firstReference[node]!; reference < end; reference++) {
      if (referenceTo[reference] !== NONE) add(referenceTo[reference]!, referenceKind[reference]!, referenceName[reference]!)
    }
    for (const { target, kind, name } of late.get(node) ?? []) add(target, kind, name)
    const ofClass = classEdge(node)
    if (ofClass !== NONE) add(ofClass, EDGE.internal, className)
  }

  const graph: HeapGraph = {
    source, strings: names.table(), nodeCount, nodeKind, nodeName, nodeId, shallowBytes,
    edgeCount, firstEdge, edgeTarget, edgeKind, edgeName, edgeIsStrong, referenceArrays,
  }
  checkHeapGraph(graph)
  return graph
}

interface LateReference {
  target: number
  kind: number
  name: number
}

/** References of instances that came before their classes, now that these are known. */
function lateReferences({ deferred, classes, idBytes }: HeapRecords, index: AddressIndex): Map<number, LateReference[]> {
  const late = new Map<number, LateReference[]>()
  for (const { node, classNumber, bytes } of deferred) {
    const shape = classes.shapeOf(classNumber)
    if (shape === undefined) continue
    const references: LateReference[] = []
    for (const { target, kind, name } of referencesOf(bytes, shape, idBytes)) {
      const found = index.nodeOf(target)
      if (found !== NONE) references.push({ target: found, kind, name })
    }
    late.set(node, references)
  }
  return late
}

/**
 * References that lead nowhere: those of the JVM's archive are as they should be, others mean that objects are lost.
 * @returns the arrays that are the archive's
 */
function tellMissing({ missing, firstReference, referenceTo, suspects, source }: { missing: number; firstReference: Uint32Array; referenceTo: Uint32Array; suspects: ReadonlySet<number>; source: Source }): number[] {
  const archive: number[] = []
  let notLoaded = 0
  for (const array of suspects) {
    const before = notLoaded
    const end = array + 1 < firstReference.length ? firstReference[array + 1]! : referenceTo.length
    for (let reference = firstReference[array]!; reference < end; reference++) if (referenceTo[reference] === NONE) notLoaded++
    if (notLoaded > before) archive.push(array)
  }
  if (missing > notLoaded) addNotice(source, { code: 'missing-objects', count: missing - notLoaded, message: 'references lead to objects that are not in the dump' })
  if (notLoaded > 0) {
    addNotice(source, {
      code: 'archived-classes',
      message: `of what the program holds nothing is missing; ${notLoaded} references of the JVM's own archive (CDS) lead to classes that were not loaded, which a dump leaves out`,
    })
  }
  return archive
}

/**
 * The arrays by which HotSpot holds the objects of its archive (class data sharing; `HeapShared::roots`, JDK 12 and
 * later): arrays of Object that are JNI globals. Their elements are also the mirrors of all archived classes, but a
 * dump has class records only for classes that were loaded. None in a dump that is damaged: there anything may be missing.
 */
function archiveArrays({ roots }: HeapRecords, index: AddressIndex, what: Uint8Array, source: Source): Set<number> {
  const arrays = new Set<number>()
  if (source.notices.length > 0 || source.runtime === 'android') return arrays
  for (const { address, why } of roots) {
    const node = why === 'JNI global' ? index.nodeOf(address) : NONE
    if (node !== NONE && what[node] === WHAT.objectArray) arrays.add(node)
  }
  return arrays
}

/** One edge for each object and reason. */
function rootEdges(records: HeapRecords, stacks: Stacks, index: AddressIndex, lasting: Uint8Array): { target: number; name: number }[] {
  const { roots, names, classes } = records
  const seen = new Map<number, Set<number>>()
  const edges: { target: number; name: number }[] = []
  for (const root of roots) {
    const target = index.nodeOf(root.address)
    if (target === NONE) continue
    const name = names.ofText(stacks.describe(root, classes, names))
    const known = seen.get(target)
    if (known?.has(name) === true) continue
    if (known === undefined) seen.set(target, new Set([name]))
    else known.add(name)
    edges.push({ target, name })
  }
  for (const [number, { address, isDefined }] of classes.list.entries()) {
    const target = isDefined && lasting[number] === 2 ? index.nodeOf(address) : NONE
    if (target !== NONE && !seen.has(target)) edges.push({ target, name: names.ofText('class of the program') })
  }
  return edges
}
