import { bytesText } from '../../base/bytes-text.ts'
import type { AllocationProfile } from '../../model/allocation-profile.ts'
import { sumOf } from '../allocation/call-tree-totals.ts'

/** The smallest stack that the runtime gives a goroutine (`stackMin`, runtime/stack.go, since Go 1.4). */
const SMALLEST_STACK_BYTES = 2048

/** What the stacks of some goroutines take. */
export interface StackCost {
  bytes: number
  /** `at least`: so much at the smallest size. `on average`: their share of what all stacks of the process take. */
  basis: 'at least' | 'on average'
}

/** The least that a goroutine's stack takes when its frames fill `usedBytes` of it: stacks grow by doubling (`newstack`). */
export function leastStackBytes(usedBytes = 0): number {
  return 2 ** Math.ceil(Math.log2(Math.max(SMALLEST_STACK_BYTES, usedBytes)))
}

/**
 * What the stacks of `count` goroutines of a profile take. A goroutine profile has no sizes: where the runtime told of the
 * same moment what all stacks take (`StackInuse`), each gets an equal share, an estimate; otherwise the smallest stack is
 * what each takes at least. Undefined for profiles of anything else, and for
 * those that are gone in a difference of two profiles.
 */
export function stackCost({ unit, totals, liveCount }: AllocationProfile, count: number): StackCost | undefined {
  if (unit !== 'goroutines' || !(count > 0)) return undefined
  const all = sumOf(liveCount)
  const known = totals?.stackBytes
  if (known === undefined || !(all > 0) || known < all * SMALLEST_STACK_BYTES) return { bytes: count * SMALLEST_STACK_BYTES, basis: 'at least' }
  return { bytes: (count * known) / all, basis: 'on average' }
}

/** `at least 2.0 MB of stacks`, `8.4 MB of stacks`. */
export function stackCostText({ bytes, basis }: StackCost): string {
  return `${basis === 'at least' ? 'at least ' : 'about '}${bytesText(bytes)} of stacks`
}

/** The cost as a column of a report's table; its name says what the number is. */
export function stackCostColumn(cost: StackCost | undefined): { stackAtLeastBytes?: number; stackEstimateBytes?: number } {
  if (cost === undefined) return {}
  return cost.basis === 'at least' ? { stackAtLeastBytes: cost.bytes } : { stackEstimateBytes: Math.round(cost.bytes) }
}

/** One look at a process after a collection. */
export interface GoroutineReading {
  goroutines: number
  stackBytes: number
  heapBytes: number
}

/** What each goroutine added between two looks. */
export interface CostOfMore {
  more: number
  /** Stack in use: how much it rose for each one that came. */
  stackBytesEach: number
  /** The most that each can keep of the heap: all that the heap gained, if it is theirs. */
  heapBytesEachAtMost: number
}

/** The price of goroutines that came between two looks; undefined where none came or stacks did not grow. */
export function costOfMore(first: GoroutineReading, last: GoroutineReading): CostOfMore | undefined {
  const more = last.goroutines - first.goroutines
  const stackBytes = last.stackBytes - first.stackBytes
  if (!(more > 0) || !(stackBytes > 0)) return undefined
  return { more, stackBytesEach: stackBytes / more, heapBytesEachAtMost: Math.max(0, last.heapBytes - first.heapBytes) / more }
}
