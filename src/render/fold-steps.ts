import type { NodeKind } from '../model/heap-graph.ts'
import type { PathStep, StepStatus } from '../model/retaining-path.ts'
import { isSuspectReference } from './graph-of-paths.ts'
import { edgeText, isPlainContext, nodeText } from './node-text.ts'

/** One line of a path as people read it: `table[17] : Session` stands for two references of the heap. */
export interface FoldedStep {
  edge: string
  node: string
  status: StepStatus
  /** The mistake may be here. */
  suspect: boolean
  reason?: string | undefined
  note?: string | undefined
  location?: PathStep['location']
  retainedBytes?: number | undefined
}

/** What the runtime puts between an object and its contents: nobody wrote it, so it is no step of its own. */
const INNARDS: ReadonlySet<NodeKind> = new Set<NodeKind>(['array', 'hidden'])

/**
 * The steps of a path with the runtime's own ones folded into the next: the backing array of a Map or an array, the
 * context of a closure that was just named. Steps that say something (a note, a reason, a place) stay.
 */
export function foldSteps(steps: readonly PathStep[]): FoldedStep[] {
  const folded: FoldedStep[] = []
  let edge = ''
  let suspect = false
  for (const [position, step] of steps.entries()) {
    edge = join(edge, step)
    suspect ||= isSuspectReference(steps[position - 1], step)
    if (position < steps.length - 1 && (isInnards(steps[position - 1], step) || isArrayBetween(step, steps[position + 1]!))) continue
    folded.push({ edge, node: nodeText(step.nodeKind, step.nodeName), status: step.status, suspect, reason: step.reason, note: step.note, location: step.location, retainedBytes: step.retainedBytes })
    edge = ''
    suspect = false
  }
  return folded
}

function join(before: string, { edgeKind, edgeName }: PathStep): string {
  const name = edgeText(edgeKind, edgeName)
  // `elements` is how the runtime calls the inside of an array: nobody indexes it by that name.
  if (before === 'elements' && name.startsWith('[')) return name
  if (before === '' || name.startsWith('[')) return before + name
  return `${before}.${name}`
}

function isInnards(before: PathStep | undefined, step: PathStep): boolean {
  const context = isPlainContext(step)
  if (step.edgeKind !== 'internal' && step.edgeKind !== 'hidden' && !context) return false
  if ((!INNARDS.has(step.nodeKind) && !context) || step.note !== undefined || step.reason !== undefined) return false
  // A context has the place of its function; it is needed unless the closure before has just shown it.
  return step.location === undefined || before?.location !== undefined
}

/** The array that an object keeps its elements in (`elementData`, `table`): its name and the position are one reference. */
function isArrayBetween(step: PathStep, next: PathStep): boolean {
  return step.nodeKind === 'array' && step.edgeKind === 'property' && next.edgeKind === 'element' && step.note === undefined && step.reason === undefined
}

/** Positions of the steps worth showing when there are too many: the ends, and all around the suspect references. */
export function pickSteps(steps: readonly FoldedStep[], limit: number): number[] {
  const all = [...steps.keys()]
  if (steps.length <= limit) return all
  const first = steps.findIndex(({ suspect }) => suspect)
  const last = steps.findLastIndex(({ suspect }) => suspect)
  const near = (position: number): number => {
    const toEnds = Math.min(position, steps.length - 1 - position)
    const toSuspects = first < 0 ? steps.length : position < first ? first - position : Math.max(0, position - last)
    return Math.min(toEnds, toSuspects)
  }
  return all.sort((a, b) => near(a) - near(b) || a - b).slice(0, limit).sort((a, b) => a - b)
}
