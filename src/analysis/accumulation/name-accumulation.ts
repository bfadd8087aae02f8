import { bytesText, countText } from '../../base/bytes-text.ts'
import type { Finding, Reason } from '../../model/finding.ts'
import { EDGE, type HeapGraph, ROOT } from '../../model/heap-graph.ts'
import type { GrowingClass } from '../diff/growing-classes.ts'
import { describeHolder, holderLocation } from '../diff/growth-finding.ts'
import type { AccumulationSuspect } from '../heap/accumulation-suspects.ts'
import type { BestPaths } from '../heap/best-paths.ts'
import type { HeapIndex } from '../heap/heap-index.ts'
import { nodeLabel } from '../heap/node-label.ts'
import { describePath, nodePathTo, shortenPath } from '../heap/retaining-paths.ts'
import type { Pattern } from '../patterns/pattern.ts'
import { recognize, remedyOf } from '../patterns/registry.ts'
import type { HeldNow } from './held-now.ts'

/** A class must come with at least this share of the entries to stand for them. */
export const LEAST_SUBJECT_SHARE = 0.3

/** What is gathered, named after the pattern that it would be if it grew, with what would prove and what would clear it. */
export function nameAccumulation({ graph, dominators }: HeapIndex, held: HeldNow, { bytes, main, classes }: { bytes: number; main: GrowingClass | undefined; classes: readonly GrowingClass[] }): Finding {
  const { retainedBytes } = dominators()
  const pattern = recognize(held)
  const remedy = remedyOf(pattern, held.vocabulary.runtime)
  const { holder, entry, path } = held
  const holderNode = path.nodes[holder]!
  const described = describePath(graph, path, (step) =>
    step < holder ? { status: 'fine' }
      : step === holder ? { status: 'fine', note: `${countText(held.entries)} entries` }
        : step < entry ? { status: 'suspect' } : { status: 'suspect', note: step === entry ? `one of ${countText(held.entries)}` : undefined })
  const share = Math.round((100 * bytes) / retainedBytes[ROOT]!)
  const className = main?.className ?? nodeLabel(graph, path.nodes[entry]!)
  const count = main?.countRate ?? held.entries
  const isWrong = isWrongInAnyNumber(pattern, held.entries)
  const list = classes.filter(({ countRate }) => countRate >= LEAST_SUBJECT_SHARE * held.entries).slice(0, 5).map((each) => `${countText(each.countRate)} ${each.className}`)
  const reasons: Reason[] = [
    { for: true, text: `${describeHolder(graph, path, holder)} keeps ${bytesText(bytes)}, ${share} % of the heap, in ${countText(held.entries)} entries; no single one of them keeps a tenth.` },
    ...(list.length === 0 ? [] : [{ for: true, text: `In it: ${list.join(', ')}.` }]),
    ...(isWrong ? [{ for: true, text: `So many are not as they should be: ${remedy.why ?? pattern.why}` }] : []),
    { for: false, text: `Big is not leaking, and one snapshot shows no growth. What would prove it: ${remedy.proves ?? pattern.proves}` },
    { for: false, text: `What would clear it: ${pattern.disproves}` },
  ]
  return {
    verdict: isWrong ? 'suspect' : 'undecided',
    pattern: pattern.id,
    category: pattern.category,
    title: `accumulation suspect, ${pattern.inOneSnapshot?.title ?? remedy.title ?? pattern.title}: ${countText(count)} ${className}, ${share} % of the heap`,
    reasons,
    subject: { kind: 'nodes', className, count, exampleId: graph.nodeId[path.nodes.at(-1)!]! },
    retainedBytes: bytes,
    paths: [shortenPath(described)],
    location: holderLocation(described, holder) ?? described.steps.findLast((step) => step.location !== undefined)?.location,
    fingerprint: described.fingerprint,
    advice: `${isWrong ? '' : `Compare with a later snapshot of the same process first; if ${nodeLabel(graph, holderNode)} has grown: `}${remedy.advice}`,
    example: remedy.example,
  }
}

/** So many as are never right. */
export function isWrongInAnyNumber({ inOneSnapshot }: Pattern, members: number): boolean {
  return inOneSnapshot?.suspectFrom !== undefined && members >= inOneSnapshot.suspectFrom
}

/** Something that keeps much, of which no more is to be said. */
export function describeSuspect({ graph }: HeapIndex, paths: BestPaths, suspect: AccumulationSuspect): Finding {
  const { node, count, className, retainedBytes, accumulationPoint, share } = suspect
  const path = nodePathTo(paths, accumulationPoint)
  const top = path.nodes.indexOf(node)
  const described = describePath(graph, path, (step) => (step < Math.max(0, top) ? { status: 'fine' } : { status: 'suspect', note: path.nodes[step] === accumulationPoint ? referencesText(graph, accumulationPoint) : undefined }))
  const percent = Math.round(share * 100)
  return {
    verdict: 'undecided',
    pattern: 'accumulation',
    category: 'other',
    title: `${count === 1 ? `one ${className} keeps` : `${countText(count)} ${className} together keep`} ${percent} % of the heap`,
    reasons: [
      { for: true, text: `${bytesText(retainedBytes)} would be freed if ${count === 1 ? 'it' : 'they'} went away.` },
      { for: true, text: `The bytes come together in ${nodeLabel(graph, accumulationPoint)} @${graph.nodeId[accumulationPoint]!}: ${referencesText(graph, accumulationPoint)}; below it they are spread.` },
      { for: false, text: 'Big is not leaking: a cache at its bound looks the same in one snapshot.' },
    ],
    subject: { kind: 'nodes', className, count, exampleId: graph.nodeId[node]! },
    retainedBytes,
    paths: [shortenPath(described)],
    location: described.steps.findLast((step) => step.location !== undefined)?.location,
    fingerprint: described.fingerprint,
    advice: 'Compare with a later snapshot of the same process before you change anything.',
  }
}

function referencesText(graph: HeapGraph, node: number): string {
  let references = 0
  for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
    if (graph.edgeIsStrong.has(edge) && graph.edgeKind[edge] !== EDGE.internal) references++
  }
  return `${countText(references)} references`
}
