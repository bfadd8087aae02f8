import type { AllocationProfile } from '../model/allocation-profile.ts'
import { NONE } from '../model/heap-graph.ts'

export type ProfileColumn = 'liveBytes' | 'liveCount' | 'allocatedBytes' | 'allocatedCount' | 'peakBytes'

/** The name of a site's frame, with file and line where the function has no name of its own. */
export function framesOfSites({ frames, strings, siteFrame }: AllocationProfile): (site: number) => string {
  const names = new Map<number, string>()
  return (site) => {
    const frame = siteFrame[site]!
    const known = names.get(frame)
    if (known !== undefined) return known
    const functionName = strings.get(frames.functionName[frame]!)
    const place = placeOf({ frames, strings }, frame)
    const name = functionName === '' || /^<?\(?(?:anonymous|unknown|module)\)?>?$/.test(functionName) ? [functionName, place].filter((part) => part !== undefined && part !== '').join(' ') || '(unknown)' : functionName
    names.set(frame, name)
    return name
  }
}

/** `leaky.go:24`, where it is known. */
export function placeOf({ frames, strings }: Pick<AllocationProfile, 'frames' | 'strings'>, frame: number): string | undefined {
  if (frames.file[frame] === NONE) return undefined
  const file = strings.get(frames.file[frame]!)
  return frames.line[frame] === 0 ? file : `${file}:${frames.line[frame]}`
}
