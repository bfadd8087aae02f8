import { holdingProfile } from '../analysis/heap/holding-profile.ts'
import type { Run } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { loadHeap, type LoadOptions } from './load-heap.ts'

/** Who holds the heap of a file, as a profile whose stacks are paths from a root. @throws ReadError, UsageError, Cancelled */
export async function readHolding({ file, format, cache }: { file: string; format?: string | undefined; cache?: LoadOptions['cache'] }, run: Run): Promise<AllocationProfile> {
  const { index } = await loadHeap(file, run, { format, cache })
  return holdingProfile(index, run)
}
