import { countText } from '../../base/bytes-text.ts'
import type { CaughtStack, CaughtWrites } from '../../model/caught-writes.ts'
import type { Finding } from '../../model/finding.ts'
import type { SourceLocation } from '../../model/heap-graph.ts'
import { ORIGIN, originOfFile } from '../diff/growing-classes.ts'

/** An object that may show who adds, by its id in the last snapshot. */
export interface Watchable {
  readonly id: number
  /** Its property on the way to what grows; empty where it is no plain property. */
  readonly property: string
}

/** How far above the growth an emitter may stand: `emitter._events.changed[3]`. */
const EMITTER_STEPS = 5
const MOST_FRAMES = 6
/** Below this share of what was seen, a second place that adds is not worth a sentence. */
const OTHER_SHARE = 0.1

/**
 * Whom to watch to see the write of a finding: the emitter whose listeners grow, where the way leads through its
 * table, and the holder itself. The first that can be watched is enough.
 */
export function watchables({ paths, growth }: Finding): Watchable[] {
  const steps = paths[0]?.steps ?? []
  const entry = steps.findIndex(({ status }) => status === 'leaking')
  const holder = steps.findLastIndex(({ status }, step) => status === 'fine' && (entry < 0 || step < entry))
  if (holder < 0 || growth === undefined) return []
  const found: Watchable[] = []
  for (let step = holder; step > 0 && step > holder - EMITTER_STEPS; step--) {
    const { edgeName, edgeKind, nodeKind } = steps[step]!
    // Above a function or what it captured stands how one gets there, not what holds.
    if (edgeKind === 'variable' || nodeKind === 'closure' || nodeKind === 'context') break
    if (/^_events$|^<symbol (kEvents|events)>$/.test(edgeName)) found.push({ id: steps[step - 1]!.nodeId, property: '' })
  }
  const below = steps[holder + 1]
  const property = below?.edgeKind === 'property' && below.edgeName !== '[key]' ? below.edgeName : ''
  // The runtime's lists of timers are appended to at their head, whatever end the way comes from.
  found.push({ id: steps[holder]!.nodeId, property: property === '_idlePrev' ? '_idleNext' : property })
  return found
}

/**
 * The finding with the stack that was seen adding: frames of the application, or of a package where the application
 * is not on the stack. Unchanged when nobody but the runtime was seen.
 */
export function nameAdder(finding: Finding, caught: CaughtWrites, done: string): Finding {
  const stacks = caught.stacks
    .map((stack) => ({ ...stack, frames: ownFrames(stack) }))
    .filter(({ frames }) => frames.length > 0)
    .toSorted((a, b) => weightOf(b) - weightOf(a))
  const [first, ...others] = stacks
  if (first === undefined) return finding
  const seen = stacks.reduce((sum, { count }) => sum + count, 0)
  const removed = caught.removed > 0 ? `, ${countText(caught.removed)} taken out` : ', nothing was taken out'
  // As much out as in speaks against it.
  const isKept = caught.removed === 0 || caught.gained === undefined || caught.gained > 0
  const reasons = finding.reasons.toSpliced(1, 0, { for: isKept, text: `Seen while it ran (${caught.watched}, ${done}): ${countText(caught.added)} added${/property|Promise|object/.test(caught.watched) ? '' : removed}.` })
  const other = others.filter(({ count }) => count >= OTHER_SHARE * seen).map(({ frames, count }) => `${frames[0]!.functionName || 'an anonymous function'} (${countText(count)} of ${countText(seen)})`)
  if (other.length > 0) reasons.push({ for: true, text: `Others add to it too: ${other.join(', ')}.` })
  return { ...finding, reasons, addedAt: first.frames }
}

/** A package that adds more often than the application, to a list both use, mostly takes out again. */
const APPLICATION_WEIGHT = 5

function weightOf({ frames, count }: CaughtStack): number {
  return originOfFile(frames[0]!.file) === ORIGIN.application ? APPLICATION_WEIGHT * count : count
}

function ownFrames({ frames }: CaughtStack): SourceLocation[] {
  const written = frames.filter(({ file, line }) => line > 0 && originOfFile(file) <= ORIGIN.package)
  const application = written.filter(({ file }) => originOfFile(file) === ORIGIN.application)
  return (application.length > 0 ? application : written).slice(0, MOST_FRAMES).map((frame) => ({ ...frame, functionName: frame.functionName === '' ? undefined : frame.functionName }))
}
