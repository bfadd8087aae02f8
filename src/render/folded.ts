import type { AllocationProfile } from '../model/allocation-profile.ts'
import { framesOfSites, type ProfileColumn } from './profile-frames.ts'

/**
 * Collapsed stacks, one a line: `outer;inner weight`, for flamegraph.pl, inferno, speedscope and others. Weights are
 * whole numbers; sites of no or negative weight are left out, since the format has no place for them.
 */
export function renderFolded(profile: AllocationProfile, column: ProfileColumn): string {
  const values = profile[column] ?? new Float64Array(0)
  const names = framesOfSites(profile)
  const lines: string[] = []
  // Equal stacks that differ only in lines become one.
  const sums = new Map<string, number>()
  for (let site = 1; site < profile.siteCount; site++) {
    const weight = Math.round(values[site] ?? 0)
    if (weight <= 0) continue
    const frames: string[] = []
    for (let each = site; each !== 0; each = profile.siteParent[each]!) frames.push(names(each).replaceAll(';', ':').replaceAll('\n', ' '))
    const stack = frames.reverse().join(';')
    sums.set(stack, (sums.get(stack) ?? 0) + weight)
  }
  for (const [stack, weight] of sums) lines.push(`${stack} ${weight}`)
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}
