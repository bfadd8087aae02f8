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
 * Cost: linear but for the sort of the addresses. What was read gives way to the graph block by block, and columns of
 * the one become columns of the other in place: at its peak 29 bytes an object and 13 a reference.
 */
export function assembleGraph(records: HeapRecords, { stacks, version, source, run, layout }: { stacks: Stacks; version: string; source: Source; run: Run; layout?: GivenLayout | undefined }): HeapGraph {
  const { classes, names, idBytes } = records

  // 1. Ordinals of all addresses.
  run.progress({ step: 'ordering objects', done: 0 })
  const nodeId = records.address.flatten()
  const nodeCount = nodeId.length
  const index = new AddressIndex(nodeId, 1)
  run.checkpoint()

  // 2. What hangs on the root.
  const referenceCount = records.referenceTo.length
  records.firstReference.push(referenceCount)
  const firstReference = records.firstReference.flatten()
  const [classOf, what] = [records.classOf.flatten(), records.what.flatten()]
  const archive = archiveArrays(records, { index, what, firstReference }, source)
  // The dump calls the archive a JNI global like any other, though no native code of a program holds it: its root is named for what it is.
  for (const root of records.roots) if (root.why === 'JNI global' && archive.has(index.nodeOf(root.address))) root.why = 'archive of the JVM (CDS)'
  const lasting = lastingClasses(classes, index, classOf)
  nameThreads(records, stacks, { index, what, firstReference })
  const roots = rootEdges(records, stacks, index, lasting)

  // 3. The edges: references in the order of the file, each class's behind those of its instance.
  run.progress({ step: 'connecting objects', done: 0, total: nodeCount })
  const unloadable = Uint32Array.from(classes.list, ({ address }, number) => (lasting[number] === 0 ? index.nodeOf(address) : NONE))
  const classEdge = (node: number): number => (what[node] === WHAT.instance || what[node] === WHAT.objectArray ? unloadable[classOf[node]!]! : NONE)
  const late = lateReferences(records, index)
  let mostEdges = roots.length + referenceCount
  for (const references of late.values()) mostEdges += references.length
  for (let node = 1; node < nodeCount; node++) if (classEdge(node) !== NONE) mostEdges++
  const edgeTarget = new Uint32Array(mostEdges)
  const edgeKind = new Uint8Array(mostEdges)
  const edgeName = new Uint32Array(mostEdges)
  const isStrong = new Bitset(mostEdges)
  const className = names.ofText('<class>')
  let edgeCount = 0
  const add = (target: number, kind: number, name: number): void => {
    edgeTarget[edgeCount] = target
    edgeKind[edgeCount] = kind
    edgeName[edgeCount] = name
    if (kind !== EDGE.weak) isStrong.add(edgeCount)
    edgeCount++
  }
  for (const { target, name } of roots) add(target, EDGE.root, name)
  // Where a node's references began, its edges begin, from here on.
  const firstEdge = firstReference
  firstEdge[1] = edgeCount
  const read = { to: records.referenceTo.drainItems(), name: records.referenceName.drainItems(), kind: records.referenceKind.drainItems() }
  let missing = 0
  for (let node = 1, reference = 0; node < nodeCount; node++) {
    if ((node & 0xffff) === 0) run.checkpoint()
    for (const end = firstReference[node + 1]!; reference < end; reference++) {
      const target = index.nodeOf(read.to.next())
      const [kind, name] = [read.kind.next(), read.name.next()]
      if (target === NONE) missing++
      else add(target, kind, name)
    }
    const lateOnes = late.get(node)
    if (lateOnes !== undefined) for (const { target, kind, name } of lateOnes) add(target, kind, name)
    const ofClass = classEdge(node)
    if (ofClass !== NONE) add(ofClass, EDGE.internal, className)
    firstEdge[node + 1] = edgeCount
  }
  for (const column of Object.values(read)) column.close()
  tellMissing(missing, archive, source)

  // 4. Sizes; then what each node was becomes its kind, and its class its name.
  const { shallowBytes, referenceArrays } = objectSizes({ columns: { classOf, what, size: records.size.flatten() }, addresses: nodeId, index, classes, idBytes, version, source, given: layout })
  index.release()
  const kindOfClass = classes.instanceKinds()
  const nameOfClass = Uint32Array.from(classes.list, (_, number) => names.ofText(classes.nameOf(number)))
  const nameOfMirror = Uint32Array.from(classes.list, (_, number) => names.ofText(`class ${classes.nameOf(number)}`))
  const nameOfArray = Uint32Array.from({ length: 12 }, (_, type) => names.ofText(primitiveArrayName(type)))
  const [nodeKind, nodeName] = [what, classOf]
  nodeName[ROOT] = names.ofText('')
  nodeKind[ROOT] = NODE.synthetic
  for (let node = 1; node < nodeCount; node++) {
    const kind = what[node]!
    const ofClass = classOf[node]!
    nodeKind[node] = kind === WHAT.class ? NODE.class : kind === WHAT.instance ? kindOfClass[ofClass]! : NODE.array
    nodeName[node] = kind === WHAT.class ? nameOfMirror[ofClass]! : kind >= WHAT.instance ? nameOfClass[ofClass]! : nameOfArray[kind]!
  }
  for (const array of archive.keys()) nodeKind[array] = NODE.hidden

  const graph: HeapGraph = {
    source, strings: names.table(), nodeCount, nodeKind, nodeName, nodeId, shallowBytes, edgeCount, firstEdge,
    // Room was made for the references that lead nowhere, too.
    edgeTarget: edgeTarget.subarray(0, edgeCount), edgeKind: edgeKind.subarray(0, edgeCount), edgeName: edgeName.subarray(0, edgeCount),
    edgeIsStrong: new Bitset(edgeCount, isStrong.words.subarray(0, (edgeCount + 31) >>> 5)), referenceArrays,
  }
  checkHeapGraph(graph)
  return graph
}

/** What is looked up of single objects before the edges are made. */
interface Objects {
  index: AddressIndex
  what: Uint8Array
  /** By node; one more for the end. */
  firstReference: Uint32Array
}

function nameThreads({ referenceTo, referenceName, referenceKind, names, texts, roots }: HeapRecords, stacks: Stacks, { index, what, firstReference }: Objects): void {
  const referenceOf = (node: number, field: string): number => {
    for (let reference = firstReference[node]!; reference < firstReference[node + 1]!; reference++) {
      if (referenceKind.at(reference) === EDGE.property && names.textOfNumber(referenceName.at(reference)) === field) return index.nodeOf(referenceTo.at(reference))
    }
    return NONE
  }
  const kept = texts.close()
  stacks.addThreads(roots, (address) => {
    const thread = index.nodeOf(address)
    const name = thread === NONE ? NONE : referenceOf(thread, 'name')
    const array = name === NONE || what[name] === 5 ? name : referenceOf(name, 'value')
    return array === NONE ? undefined : kept.textOf(array, what[array] === 5 ? 'char' : 'byte')
  })
  kept.release()
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

/** References that lead nowhere: those of the JVM's archive are as they should be, others mean that objects are lost. */
function tellMissing(missing: number, archive: ReadonlyMap<number, number>, source: Source): void {
  let notLoaded = 0
  for (const count of archive.values()) notLoaded += count
  if (missing > notLoaded) addNotice(source, { code: 'missing-objects', count: missing - notLoaded, message: 'references lead to objects that are not in the dump' })
  if (notLoaded > 0) {
    addNotice(source, {
      code: 'archived-classes',
      message: `of what the program holds nothing is missing; ${notLoaded} references of the JVM's own archive (CDS) lead to classes that were not loaded, which a dump leaves out`,
    })
  }
}

/**
 * The arrays by which HotSpot holds the objects of its archive (class data sharing; `HeapShared::roots`, JDK 12 and
 * later): arrays of Object that are JNI globals. Their elements are also the mirrors of all archived classes, but a
 * dump has class records only for classes that were loaded. None in a dump that is damaged: there anything may be missing.
 * @returns by array, how many of its references lead nowhere
 */
function archiveArrays({ roots, referenceTo }: HeapRecords, { index, what, firstReference }: Objects, source: Source): ReadonlyMap<number, number> {
  const notLoaded = new Map<number, number>()
  if (source.notices.length > 0 || source.runtime === 'android') return notLoaded
  const seen = new Set<number>()
  for (const { address, why } of roots) {
    const node = why === 'JNI global' ? index.nodeOf(address) : NONE
    if (node === NONE || what[node] !== WHAT.objectArray || seen.has(node)) continue
    seen.add(node)
    let count = 0
    for (let reference = firstReference[node]!; reference < firstReference[node + 1]!; reference++) if (index.nodeOf(referenceTo.at(reference)) === NONE) count++
    if (count > 0) notLoaded.set(node, count)
  }
  return notLoaded
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
