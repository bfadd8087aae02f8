import { bytesText, countText } from '../../base/bytes-text.ts'
import type { Run } from '../../base/run.ts'
import type { AllocationProfile } from '../../model/allocation-profile.ts'
import type { Finding, Growth, Reason } from '../../model/finding.ts'
import { EDGE, edgeNameOf, type HeapGraph, NODE, NONE, ROOT, type SourceLocation } from '../../model/heap-graph.ts'
import type { RetainingPath } from '../../model/retaining-path.ts'
import { findBound } from '../collections/bounds.ts'
import type { BestPaths } from '../heap/best-paths.ts'
import { heldAs } from '../collections/describe-collection.ts'
import { freedByCut, type IsCut } from '../heap/freed-by-cut.ts'
import { HolderPreference, PREFERENCE } from '../heap/holder-preference.ts'
import { nodeLabel } from '../heap/node-label.ts'
import { type CoHolder, findCoHolder } from '../heap/smallest-cuts.ts'
import { describePath, isContext, type Judged, type NodePath, nodePathTo, shortenPath } from '../heap/retaining-paths.ts'
import type { Held } from '../patterns/pattern.ts'
import { recognize, remedyOf } from '../patterns/registry.ts'
import { vocabularyOf } from '../vocabulary/vocabulary-of.ts'
import { type AllocatingStack, findAllocatingStack } from './allocating-sites.ts'
import { findGrowingClasses, type GrowingClass, nameOfClass, ORIGIN, originOfFile } from './growing-classes.ts'
import type { Rung } from './growing-paths.ts'
import { type Births, type Cause, isInside, isNamedInstance } from './growth-causes.ts'
import type { PathTree } from './path-tree.ts'

export interface GrowthFacts {
  readonly graph: HeapGraph
  readonly paths: BestPaths
  readonly pathOf: Uint32Array
  readonly tree: PathTree
  readonly rungs: readonly Rung[]
  readonly births: Births
  readonly cause: Cause
  readonly total: { bytes: number; count: number }
  readonly per: Growth['per']
  readonly allocations?: AllocationProfile | undefined
}

/** A class must come with at least this share of the top objects to stand for them. */
const LEAST_SUBJECT_SHARE = 0.3
/** A cut that frees less than this share of what grew leaves it to another holder. */
const LITTLE_FREED = 0.3
/** So few objects per operation at the top of the growth say nothing of it; a summary leaves them out too. */
const FEW_TOPS = 0.5
/** Steadier than this over the ladder is called a leak, less steady a suspect. */
const LEAK_STEADINESS = 0.6

/** Turns a cause into a finding: names it, proves it, says where and what to do. */
export function makeGrowthFinding(facts: GrowthFacts, run: Run): Finding {
  const { graph, paths, pathOf, tree, rungs, births, cause, total, per } = facts
  const [first, last] = [rungs[0]!, rungs.at(-1)!]
  const operations = last.operations - first.operations
  const top = new Set(cause.growths.map((growth) => growth.path))
  const bytesBelow = bytesGainedBelow(facts, top, first, last)
  const classes = findGrowingClasses(graph, paths, tree, pathOf, top, { first: first.counts, last: last.counts, operations }, births)
  const weight = weighExample(facts, top)
  const main = chooseSubject(classes, cause)
  const subjectNode = main !== undefined && main.origin < ORIGIN.builtin ? main.example : weight
  const path = nodePathTo(paths, subjectNode)
  const { holderStep, entryStep } = stepOfHolder(graph, path, { top, pathOf, births })
  const holderNode = path.nodes[holderStep] ?? ROOT
  const entries = countMembers(facts)
  const className = main !== undefined && main.origin < ORIGIN.builtin ? main.className : nameOfClass(graph, path.nodes[entryStep] ?? weight)
  const holderLabel = describeHolder(graph, path, holderStep)
  const describe = describePath(graph, path, (step) => judgeStep(step, { holderStep, entryStep, entries, per, cause, births, graph, path }))
  const vocabulary = vocabularyOf(graph)
  const held: Held = {
    graph,
    vocabulary,
    path,
    steps: describe.steps,
    holder: holderStep,
    entry: entryStep,
    ownerEdges: ownerEdges(facts),
    classes,
    by: cause.growths[0]!.by,
    bytesRate: cause.bytesRate,
    countRate: cause.countRate,
    bytesOf: (name) => bytesBelow(name) / operations,
    membersOf: shareOfMembers(facts, top),
  }
  const pattern = recognize(held)
  const isDebuggers = paths.preference[cause.example] === PREFERENCE.debugger
  const remedy = remedyOf(pattern, vocabulary.runtime)
  const bound = findBound(graph, {
    owner: cause.owner,
    holder: holderNode,
    entries,
    entriesBefore: first.counts.count[cause.growths[0]!.path] ?? 0,
    bornBefore: births.beforeFirst,
  })
  const cut = cutOf(facts, top)
  const freed = freedByCut(graph, paths.order, cut, run)
  const others = freed.bytes < LITTLE_FREED * cause.bytesRate * operations ? findCoHolder(graph, paths, { isMember: (node) => top.has(pathOf[node]!), isCut: cut, isInside: (node) => isInside(graph, node) }, run) : undefined
  const allocation = facts.allocations === undefined ? undefined : findAllocatingStack(facts.allocations, {
    classNames: classes.filter((each) => each.origin <= ORIGIN.runtime).map((each) => each.className),
    near: describe.steps.flatMap((step) => step.location ?? []),
  })
  // At the top of a tree there are far fewer nodes than operations: there the class that is named counts.
  const rate = cause.growths[0]!.by === 'bytes' ? bytesText(cause.bytesRate) : rateText(main?.className === className && cause.countRate < FEW_TOPS ? main.countRate : cause.countRate)
  const inPackage = vocabulary.runtime === 'v8' && COLLECTIONS_IN_GENERAL.has(pattern.id) ? packageOwner(graph, path, describe, holderStep) : undefined
  const comeAlong = classes.filter((each) => each.className !== className && each.origin < ORIGIN.builtin).slice(0, 3).map((each) => each.className)
  const withOthers = comeAlong.length === 0 ? '' : `, with ${comeAlong.join(', ')}`
  const title = cause.growths[0]!.by === 'bytes'
    ? `${remedy.title ?? pattern.title}: ${className} grows by ${rate} per ${per}`
    : `${remedy.title ?? pattern.title}: ${rate} ${className} per ${per}${withOthers}`
  return {
    verdict: isDebuggers ? 'healthy' : cause.steadiness >= LEAK_STEADINESS && bound === undefined ? 'leak' : 'suspect',
    pattern: pattern.id,
    category: pattern.category,
    title,
    reasons: reasonsFor(facts, { entries, holderLabel, freed, others, classes, allocation, proves: remedy.proves ?? pattern.proves }),
    subject: { kind: 'nodes', className, count: entries, exampleId: graph.nodeId[subjectNode]! },
    growth: { bytes: cause.bytesRate, count: cause.countRate, per },
    retainedBytes: freed.bytes,
    paths: [shortenPath(describe)],
    location: holderLocation(describe, holderStep),
    allocatedAt: allocation?.frames,
    fingerprint: describe.fingerprint,
    advice: inPackage === undefined ? remedy.advice : `It is a part of ${inPackage}: use what that offers (a limit, a time to live, the call that takes entries out or closes it), or make one for each operation; do not reach inside.`,
    ...(inPackage === undefined ? { example: remedy.example } : {}),
  }

  function reasonsFor(all: GrowthFacts, more: { entries: number; holderLabel: string; freed: { bytes: number; count: number }; others: CoHolder | undefined; classes: readonly GrowingClass[]; allocation: AllocatingStack | undefined; proves: string }): Reason[] {
    const reasons: Reason[] = []
    const counts = all.rungs.map((rung) => {
      let count = 0
      for (const growth of cause.growths.slice(0, 1)) count += rung.counts.count[growth.path] ?? 0
      return count
    })
    const steps = all.rungs.length - 1
    if (cause.growths[0]!.by === 'objects') {
      reasons.push({ for: true, text: `${more.holderLabel} held ${counts.map(countText).join(', then ')} objects ${per === 'snapshot' ? `in the ${countText(all.rungs.length)} snapshots` : `after ${all.rungs.map((rung) => countText(rung.operations)).join(', ')} ${per}s`}: more at ${steps === 1 ? 'the one step there is' : `each of ${steps} steps`}.` })
    } else {
      reasons.push({ for: true, text: `The same object took ${all.rungs.map((rung) => bytesText(rung.counts.bytes[cause.growths[0]!.path] ?? 0)).join(', then ')}.` })
    }
    if (Number.isFinite(births.beforeFirst)) {
      const survived = survivors(all)
      if (survived > 0) reasons.push({ for: true, text: `${countText(survived)} of them were created before the last step and are still here, after full collections.` })
    } else reasons.push({ for: false, text: vocabulary.runtime === 'v8' ? 'Objects have other ids in each snapshot (different processes, or an inspector closed in between): compared by class and path, not object by object.' : 'Snapshots of this runtime do not tell which object is which: compared by class and path, not object by object.' })
    const share = total.bytes > 0 ? cause.bytesRate / total.bytes : Number.NaN
    if (share > 0.01) reasons.push({ for: true, text: `${bytesText(cause.bytesRate)} per ${per}: ${Math.min(100, Math.round(share * 100))} % of what the heap gains.` })
    reasons.push({ for: true, text: more.proves })
    const list = more.classes.filter((each) => each.countRate * operations >= 3).slice(0, 6).map((each) => `${rateText(each.countRate)} ${each.className}`)
    if (list.length > 0) reasons.push({ for: true, text: `Left behind per ${per}: ${list.join(', ')}.` })
    if (isDebuggers) reasons.push({ for: false, text: 'Only a debugger holds them: they go when its console is cleared.' })
    if (bound !== undefined) reasons.push({ for: false, text: `It looks like a cache that still fills and will stop at ${countText(bound.capacity)}: ${bound.because}.` })
    if (more.freed.bytes < LITTLE_FREED * cause.bytesRate * operations) {
      const { others } = more
      reasons.push({ for: false, text: others === undefined || others.freedTogether.bytes <= more.freed.bytes ? `Cutting this reference alone would free only ${bytesText(more.freed.bytes)}: something else holds the rest too.` : `Cutting this reference alone would free only ${bytesText(more.freed.bytes)}: ${heldAs(graph, paths, others.holder)} holds ${countText(others.members)} of the same objects; both together free ${bytesText(others.freedTogether.bytes)}.` })
    }
    if (more.allocation !== undefined) {
      const { innermost, share: part } = more.allocation
      reasons.push({ for: true, text: `Allocated under ${innermost.functionName === '' ? 'an anonymous function' : innermost.functionName} (${innermost.file}:${innermost.line}), ${Math.round(part * 100)} % of the live samples.` })
    }
    return reasons
  }
}

function rateText(rate: number): string {
  if (rate >= 0.95 || rate === 0) return Math.abs(rate - Math.round(rate)) < 0.06 ? countText(Math.round(rate)) : rate.toFixed(1)
  return rate.toFixed(2)
}

/** The class to name: the application's before a package's before the runtime's, if enough of them come. */
function chooseSubject(classes: readonly GrowingClass[], cause: Cause): GrowingClass | undefined {
  if (cause.growths[0]!.by === 'bytes') return undefined
  return classes.find((each) => each.countRate >= LEAST_SUBJECT_SHARE * cause.countRate && each.origin < ORIGIN.builtin)
}

/** Of the first young objects at the top of the growth, the one with most below it. */
function weighExample(facts: GrowthFacts, top: ReadonlySet<number>): number {
  const { graph, paths, pathOf, births, cause } = facts
  const weight = new Float64Array(graph.nodeCount)
  for (let i = paths.order.length - 1; i > 0; i--) {
    const node = paths.order[i]!
    weight[node]! += graph.shallowBytes[node]!
    weight[paths.holder[node]!]! += weight[node]!
  }
  let best = cause.example
  let seen = 0
  for (const node of paths.order) {
    if (!top.has(pathOf[node]!)) continue
    const id = graph.nodeId[node]!
    if (Number.isFinite(births.beforeFirst) && (id <= births.beforeFirst || id > births.beforeLast)) continue
    if (weight[node]! > weight[best]!) best = node
    if (++seen >= 500) break
  }
  return best
}

/** Patterns that say no more than that a collection grows: their advice is about code that its owner can change. */
const COLLECTIONS_IN_GENERAL = new Set(['growing-map', 'growing-array', 'growing-object'])
const STEPS_TO_OWNER = 3

/** The object of a package that the holder is a part of, in words: `LRUCache (package lru-cache)`. */
function packageOwner(graph: HeapGraph, path: NodePath, { steps }: RetainingPath, holderStep: number): string | undefined {
  for (let step = holderStep; step >= Math.max(0, holderStep - STEPS_TO_OWNER); step--) {
    const { location, nodeKind, nodeName, edgeKind } = steps[step]!
    if (nodeKind === 'closure' || nodeKind === 'context' || nodeKind === 'synthetic') return undefined
    if (location !== undefined && isNamedInstance(graph, path.nodes[step]!)) {
      const packageName = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(location.file)?.[1]
      return packageName === undefined ? undefined : `${nodeName} (package ${packageName})`
    }
    if (edgeKind === 'variable') return undefined
  }
  return undefined
}

/**
 * The last step before the growth that is not the inside of a collection, and the first that grows. Links and nodes of
 * a list or tree that the growth goes on from are parts of it: the list or tree holds, also where it is made anew each
 * time, as collections that never change are.
 */
function stepOfHolder(graph: HeapGraph, path: NodePath, { top, pathOf, births }: { top: ReadonlySet<number>; pathOf: Uint32Array; births: Births }): { holderStep: number; entryStep: number } {
  const { nodes } = path
  const grown = nodes.findIndex((node) => top.has(pathOf[node]!))
  let step = grown - 1
  while (step > 0 && isInside(graph, nodes[step]!)) step--
  const entryStep = Math.min(nodes.length - 1, grown)
  if (step <= 0 || !isNamedInstance(graph, nodes[entryStep]!)) return { holderStep: Math.max(0, step), entryStep }
  const isLike = (at: number): boolean => at >= 0 && graph.nodeName[nodes[at]!] === graph.nodeName[nodes[entryStep]!]
  const isYoung = (at: number): boolean => Number.isFinite(births.beforeFirst) && graph.nodeId[nodes[at]!]! > births.beforeFirst
  if (!isLike(step) && !(isYoung(step) && isLike(step - 1))) return { holderStep: step, entryStep }
  let first = step
  while (first > 1 && (isLike(first - 1) || isLike(first - 2))) first--
  if (!isLike(first) && isLike(first - 1)) first--
  return first > 0 && !isContext(graph, nodes[first - 1]!) ? { holderStep: first - 1, entryStep: first } : { holderStep: step, entryStep }
}

/** Objects at the cause's main path; not those of its other paths, which come with them. */
function countMembers({ paths, pathOf, cause }: GrowthFacts): number {
  const main = cause.growths[0]!.path
  let members = 0
  for (const node of paths.order) if (pathOf[node] === main) members++
  return members
}

/** Of the objects at the cause's main path those born on the ladder, before its last step; none where there is one step only. */
function survivors({ graph, paths, pathOf, births, cause }: GrowthFacts): number {
  if (!Number.isFinite(births.beforeLast)) return 0
  const main = cause.growths[0]!.path
  let count = 0
  for (const node of paths.order) {
    if (pathOf[node] === main && graph.nodeId[node]! > births.beforeFirst && graph.nodeId[node]! <= births.beforeLast) count++
  }
  return count
}

function shareOfMembers({ graph, paths, pathOf, tree, births }: GrowthFacts, top: ReadonlySet<number>): (test: (node: number) => boolean) => number {
  // Many patterns ask: the members are looked up once, when the first does.
  let members: Uint32Array | undefined
  const find = (): Uint32Array => {
    const isTop = new Uint8Array(tree.size)
    for (const path of top) isTop[path] = 1
    return paths.order.filter((node) => isTop[pathOf[node]!] === 1 && !(Number.isFinite(births.beforeFirst) && graph.nodeId[node]! <= births.beforeFirst))
  }
  return (test) => {
    members ??= find()
    let passed = 0
    for (const node of members) if (test(node)) passed++
    return members.length === 0 ? 0 : passed / members.length
  }
}

/** Bytes gained at and below the growing paths by objects of the classes that a name fits. Sums by class are made once. */
function bytesGainedBelow({ tree }: GrowthFacts, tops: ReadonlySet<number>, first: Rung, last: Rung): (name: RegExp) => number {
  let byClass: Map<string, number> | undefined
  const sum = (): Map<string, number> => {
    const sums = new Map<string, number>()
    const isBelow = new Uint8Array(tree.size)
    for (let at = 1; at < tree.size; at++) {
      isBelow[at] = tops.has(at) || isBelow[tree.parent[at]!] === 1 ? 1 : 0
      if (isBelow[at] === 0) continue
      const className = tree.className(at)
      sums.set(className, (sums.get(className) ?? 0) + (last.counts.bytes[at] ?? 0) - (first.counts.bytes[at] ?? 0))
    }
    return sums
  }
  return (name) => {
    let bytes = 0
    for (const [className, gained] of (byClass ??= sum())) if (name.test(className)) bytes += gained
    return bytes
  }
}

/**
 * Names of the references from the owner down to the growth, of every growing path of the cause. They end below a
 * function: what it captured or is bound to is reached through it, and the list it stands in did not take part.
 */
function ownerEdges({ graph, paths, pathOf, tree, cause }: GrowthFacts): string[] {
  const ways = cause.growths.map(({ path }) => {
    const way: number[] = []
    for (let at = path; way.length < 6 && at > 0 && !tree.className(at).startsWith('system / Context'); at = tree.parent[at]!) way.push(at)
    return way
  })
  const unseen = new Set(ways.flatMap((way) => way.slice(1)))
  const functions = new Set<number>()
  for (const node of paths.order) {
    if (unseen.size === 0) break
    const path = pathOf[node]!
    if (unseen.delete(path) && graph.nodeKind[node] === NODE.closure) functions.add(path)
  }
  const names = ways.flatMap((way) => {
    const above = way.findIndex((path) => functions.has(path))
    return (above < 0 ? way : way.slice(0, above)).map((path) => tree.edgeName(path))
  })
  return [...new Set(names)]
}

/** The references from the cause's holders to what grows: what a repair would end. */
export function cutOf({ graph, paths, pathOf }: Pick<GrowthFacts, 'graph' | 'paths' | 'pathOf'>, top: ReadonlySet<number>): IsCut {
  const isHolder = new Uint8Array(graph.nodeCount)
  for (const node of paths.order) {
    if (!top.has(pathOf[node]!)) continue
    const holder = paths.holder[node]!
    if (holder < graph.nodeCount && !top.has(pathOf[holder]!)) isHolder[holder] = 1
  }
  // The insides of a holder hold the same objects once more.
  for (const node of paths.order) {
    const above = paths.holder[node]!
    if (above < graph.nodeCount && isHolder[above] === 1 && isInside(graph, node)) isHolder[node] = 1
  }
  // Neighbours in the same list hold each other; taking an object out of the list ends that too.
  const preferences = new HolderPreference(graph)
  return (edge, holder) => top.has(pathOf[graph.edgeTarget[edge]!]!) && (isHolder[holder] === 1 || preferences.of(holder, edge, NONE) === PREFERENCE.neighbour)
}

function judgeStep(
  step: number,
  at: { holderStep: number; entryStep: number; entries: number; per: string; cause: Cause; births: Births; graph: HeapGraph; path: NodePath },
): Judged {
  const { holderStep, entryStep, cause, per, births } = at
  if (step < holderStep) return { status: 'fine' }
  const rate = rateText(cause.countRate)
  if (step === holderStep) {
    const known = Number.isFinite(births.beforeFirst) && at.graph.nodeId[at.path.nodes[step]!]! <= births.beforeFirst
    return {
      status: 'fine',
      reason: known ? 'older than the first snapshot' : undefined,
      note: cause.growths[0]!.by === 'bytes' ? `${bytesText(cause.bytesRate)} more per ${per}` : `${countText(at.entries)} entries, +${rate} per ${per}`,
    }
  }
  if (step < entryStep) return { status: 'suspect' }
  if (step === entryStep) return { status: 'leaking', reason: cause.growths[0]!.by === 'bytes' ? 'grows with every step' : `${rate} more per ${per}, none goes` }
  return { status: 'leaking' }
}

/** How the holder is called by those who hold it: `sessions (Map)`, `Agent.clients (Map)`, `timers`. */
export function describeHolder(graph: HeapGraph, path: NodePath, holderStep: number): string {
  const node = path.nodes[holderStep]
  if (node === undefined) return 'the roots'
  const label = nodeLabel(graph, node)
  const names: string[] = []
  let ownerName = ''
  // An entry is called by what it is an entry of.
  let from = holderStep
  if (isPosition(graph, path.edges[from]!)) do from--; while (from > 0 && isInside(graph, path.nodes[from]!))
  for (let step = from; step >= 0 && names.length < 4; step--) {
    const edge = path.edges[step]!
    const kind = graph.edgeKind[edge]!
    if (kind !== EDGE.variable && kind !== EDGE.property) break
    names.unshift(graph.strings.get(graph.edgeName[edge]!))
    const above = path.nodes[step - 1]
    if (kind === EDGE.variable || above === undefined) break
    const aboveName = graph.strings.get(graph.nodeName[above]!)
    if (aboveName !== '' && !PLAIN_OWNERS.test(aboveName) && (graph.nodeKind[above] === NODE.closure || graph.nodeKind[above] === NODE.object || graph.nodeKind[above] === NODE.class)) {
      ownerName = nodeLabel(graph, above).replace(/^class /, '')
      break
    }
  }
  const dotted = [ownerName, ...names].filter((each) => each !== '').join('.')
  return dotted === '' ? label : `${dotted}${from === holderStep ? '' : '[…]'} (${label})`
}

function isPosition(graph: HeapGraph, edge: number): boolean {
  const kind = graph.edgeKind[edge]
  return kind === EDGE.element || kind === EDGE.hidden || (kind === EDGE.internal && /^\d+$/.test(edgeNameOf(graph, edge)))
}

/** Not worth a name of their own in `owner.list`. */
const PLAIN_OWNERS = /^(Object|Array|Map|Set|Module|ReadableState|WritableState|global.*)$/

/** The nearest known place at or above the holder: the application's own if there is one near, else any script's. */
export function holderLocation(path: RetainingPath, holderStep: number): SourceLocation | undefined {
  let found: SourceLocation | undefined
  for (let step = holderStep; step >= 0; step--) {
    const location = path.steps[step]?.location
    if (location === undefined) continue
    const origin = originOfFile(location.file)
    if (origin === ORIGIN.application) return location
    if (origin === ORIGIN.package) found ??= location
  }
  return found
}
