import { memoryRoom } from '../../probes/linux-process.ts'
import { kilobytes, procText } from '../../probes/proc-files.ts'

/** How much more memory this process may take, and what sets that. Both in words of a sentence: `… are free`. */
export interface Room {
  bytes: number
  /** What this process has of it already. Pages of its program file are shared, and may be charged to whoever read them first. */
  heldBytes: number
  /** `--memory 2 GB`, `the limit of the container`, … */
  because: string
  /** What is short are addresses: a second thread then takes many that it never uses. */
  isOfAddresses?: boolean | undefined
}

/**
 * Addresses that Node takes while it works beside what it fills: each thread's part of the allocator, stacks, room for the
 * collector. Seen to be 60 to 140 MB.
 */
const SPARE_ADDRESSES = 160_000_000

/**
 * What is left of `limitBytes`, where one was given: whoever gives it knows better. Otherwise of the machine's memory, the
 * memory group's limit (file pages that can be dropped count as free) and the limit of the address space.
 * Undefined where the system does not say what can be had: then nothing is left out for its sake.
 */
export function roomFor(limitBytes?: number): Room | undefined {
  const heldBytes = process.memoryUsage.rss()
  if (limitBytes !== undefined) return { bytes: Math.max(0, limitBytes - heldBytes), heldBytes, because: 'the limit that was given' }
  if (process.platform !== 'linux') return undefined
  const { availableBytes, because } = memoryRoom(process.pid)
  const addresses = addressSpaceLeft()
  if (addresses < availableBytes) return { bytes: addresses, heldBytes, because: 'the limit of the address space (ulimit -v)', isOfAddresses: true }
  return { bytes: availableBytes, heldBytes: ownBytes() ?? heldBytes, because: because === 'cgroup' ? 'the memory limit of the container' : 'what the machine has free' }
}

/** Resident memory without pages of files. */
function ownBytes(): number | undefined {
  const status = procText('/proc/self/status')
  const [anon, shared] = [kilobytes(status, 'RssAnon'), kilobytes(status, 'RssShmem')]
  return anon === undefined || shared === undefined ? undefined : anon + shared
}

function addressSpaceLeft(): number {
  const limit = Number(/^Max address space\s+(\d+)/m.exec(procText('/proc/self/limits'))?.[1] ?? Number.NaN)
  const taken = kilobytes(procText('/proc/self/status'), 'VmSize')
  return Number.isNaN(limit) || taken === undefined ? Infinity : Math.max(0, limit - taken - SPARE_ADDRESSES)
}
