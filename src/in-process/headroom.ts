import { readFileSync } from 'node:fs'
import { freemem } from 'node:os'
import { getHeapStatistics } from 'node:v8'

/** How much memory this process may still take before somebody kills it, and who that would be. */
export interface Headroom {
  availableBytes: number
  limitedBy: 'machine' | 'cgroup' | 'address space'
}

/**
 * What a snapshot takes while it is built, as a multiple of the live heap. It depends on the number of objects, not
 * on bytes: measured with small objects only (the worst case) 13 times, on Node 20 to 26; docs/concepts/should-go-away.
 */
const SNAPSHOT_HEAP_MULTIPLE = 13
/** The other process that reads the snapshot: itself, and its columns. */
const ANALYSIS_BASE_BYTES = 60e6
const ANALYSIS_HEAP_MULTIPLE = 3

/** Bytes that taking and analyzing a snapshot now may need at most, beyond what is used already. */
export function forecastSnapshotBytes(usedBytes = getHeapStatistics().used_heap_size): number {
  return usedBytes * (SNAPSHOT_HEAP_MULTIPLE + ANALYSIS_HEAP_MULTIPLE) + ANALYSIS_BASE_BYTES
}

/** The nearest of: free memory of the machine, of the control group, and of the address space (`ulimit -v`). */
export function measureHeadroom(): Headroom {
  let nearest: Headroom = { availableBytes: freemem(), limitedBy: 'machine' }
  const consider = (availableBytes: number | undefined, limitedBy: Headroom['limitedBy']): void => {
    if (availableBytes !== undefined && availableBytes < nearest.availableBytes) nearest = { availableBytes: Math.max(0, availableBytes), limitedBy }
  }
  // Knows control groups of both versions, and works without access to files; from Node 20.13 on.
  const available = (process as { availableMemory?: () => number }).availableMemory
  if (available !== undefined) consider(available.call(process), 'cgroup')
  consider(addressSpaceLeft(), 'address space')
  return nearest
}

function addressSpaceLeft(): number | undefined {
  const limit = /^Max address space\s+(\d+)/m.exec(read('/proc/self/limits'))?.[1]
  const used = /^VmSize:\s+(\d+) kB/m.exec(read('/proc/self/status'))?.[1]
  return limit === undefined || used === undefined ? undefined : Number(limit) - Number(used) * 1024
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Not Linux, or the permission model says no: then this limit is not known.
    return ''
  }
}
