import type { AllocationProfile } from './allocation-profile.ts'
import { NONE } from './heap-graph.ts'

/** Checks the promises of `AllocationProfile`. @throws Error naming the column and the place */
export function checkAllocationProfile(profile: AllocationProfile): void {
  const { siteCount, siteParent, siteFrame, frames } = profile
  const frameCount = frames.functionName.length
  if (siteCount < 1) fail('a profile has at least its root site')
  for (const [name, column] of Object.entries({
    siteParent,
    siteFrame,
    siteVerdict: profile.siteVerdict,
    liveBytes: profile.liveBytes,
    liveCount: profile.liveCount,
    allocatedBytes: profile.allocatedBytes,
    allocatedCount: profile.allocatedCount,
    peakBytes: profile.peakBytes,
  })) {
    if (column !== undefined && column.length !== siteCount) fail(`${name} has ${column.length} items when expected ${siteCount}`)
  }
  for (const [name, column] of Object.entries(frames)) {
    if (column.length !== frameCount) fail(`frames.${name} has ${column.length} items when expected ${frameCount}`)
  }
  for (let site = 1; site < siteCount; site++) {
    if (siteParent[site]! >= site) fail(`siteParent[${site}] is ${siteParent[site]}, not below it`)
    if (siteFrame[site]! >= frameCount) fail(`siteFrame[${site}] is ${siteFrame[site]} of ${frameCount} frames`)
  }
  const strings = profile.strings.count
  for (let frame = 0; frame < frameCount; frame++) {
    if (frames.functionName[frame]! >= strings) fail(`frames.functionName[${frame}] is not a string`)
    if (frames.file[frame] !== NONE && frames.file[frame]! >= strings) fail(`frames.file[${frame}] is not a string`)
  }
}

function fail(message: string): never {
  throw new Error(`allocation profile: ${message}`)
}
