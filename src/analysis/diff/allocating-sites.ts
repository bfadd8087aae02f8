import type { AllocationProfile } from '../../model/allocation-profile.ts'
import { NONE, type SourceLocation } from '../../model/heap-graph.ts'
import { ORIGIN, originOfFile } from './growing-classes.ts'

export interface AllocatingStack {
  /** Application frames, innermost first; a package's frames where there are none of the application. */
  readonly frames: SourceLocation[]
  /** The innermost frame outside the runtime, be it a package's. */
  readonly innermost: SourceLocation
  /** Of the profile's live bytes, estimated from samples. */
  readonly liveBytes: number
  readonly share: number
}

/** What is known of the objects whose allocation is looked for. */
export interface Allocated {
  /** Names of the growing classes, the telling ones first: a constructor's frame bears its class's name. */
  readonly classNames: readonly string[]
  /** Functions on the path from the holder on: a closure is created where its file and line are near. */
  readonly near: readonly SourceLocation[]
}

const MOST_FRAMES = 6

/**
 * The stack that allocates what grows: live bytes of a sampling profile summed by application stack, and of the
 * biggest sums the one whose functions bear the growing classes' names or stand beside the path's functions.
 * A sampling profile knows functions, not statements: a frame's line is where its function begins.
 * Result: undefined when no live sample lies outside the runtime.
 */
export function findAllocatingStack(profile: AllocationProfile, wanted: Allocated): AllocatingStack | undefined {
  const { siteCount, siteParent, liveBytes, allocatedBytes } = profile
  const bytes = liveBytes ?? allocatedBytes
  if (bytes === undefined) return undefined
  let total = 0
  const stacks = new Map<string, { frames: SourceLocation[]; bytes: number }>()
  for (let site = 1; site < siteCount; site++) {
    const own = bytes[site]!
    if (!(own > 0)) continue
    const frames: SourceLocation[] = []
    for (let at = site; at !== 0; at = siteParent[at]!) {
      const frame = frameOf(profile, at)
      if (frame !== undefined && originOfFile(frame.file) <= ORIGIN.package) frames.push(frame)
    }
    if (frames.length === 0) continue
    total += own
    const key = frames.slice(0, MOST_FRAMES).map((frame) => `${frame.file}:${frame.line}:${frame.column}`).join(' ')
    const known = stacks.get(key)
    if (known === undefined) stacks.set(key, { frames, bytes: own })
    else known.bytes += own
  }
  let best: { frames: SourceLocation[]; bytes: number } | undefined
  let bestScore = 0
  for (const stack of stacks.values()) {
    const score = stack.bytes * likeness(stack.frames, wanted)
    if (score > bestScore) [best, bestScore] = [stack, score]
  }
  if (best === undefined) return undefined
  const application = best.frames.filter((frame) => originOfFile(frame.file) === ORIGIN.application)
  return {
    frames: (application.length > 0 ? application : best.frames).slice(0, MOST_FRAMES),
    innermost: best.frames[0]!,
    liveBytes: best.bytes,
    share: best.bytes / total,
  }
}

/** How much more a stack is believed: its functions are named like what grows, or lie where the path's functions lie. */
function likeness(frames: readonly SourceLocation[], wanted: Allocated): number {
  let score = 1
  if (frames.some((frame) => frame.functionName !== undefined && wanted.classNames.includes(frame.functionName))) score *= 4
  if (frames.some((frame) => wanted.near.some((place) => place.file === frame.file && Math.abs(place.line - frame.line) <= 30))) score *= 2
  if (frames.some((frame) => originOfFile(frame.file) === ORIGIN.application)) score *= 2
  return score
}

function frameOf(profile: AllocationProfile, site: number): SourceLocation | undefined {
  const { frames, strings, siteFrame } = profile
  const frame = siteFrame[site]!
  if (frame === NONE || frames.file[frame] === NONE) return undefined
  const file = strings.get(frames.file[frame]!)
  if (file === '' || frames.line[frame] === 0) return undefined
  return { file, line: frames.line[frame]!, column: frames.column[frame] === 0 ? undefined : frames.column[frame], functionName: strings.get(frames.functionName[frame]!) }
}
