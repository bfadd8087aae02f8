import type { AllocationProfile } from '../../model/allocation-profile.ts'

/** The columns of a profile that hold values. */
export const VALUE_COLUMNS = ['liveBytes', 'liveCount', 'allocatedBytes', 'allocatedCount', 'peakBytes'] as const
export type ValueColumn = (typeof VALUE_COLUMNS)[number]

/** The sum of a column. */
export function sumOf(column: Float64Array | undefined): number {
  let sum = 0
  if (column !== undefined) for (const value of column) sum += value
  return sum
}

/** What a profile is about: live bytes where it has them, else what comes next to it. */
export function mainColumn(profile: AllocationProfile): ValueColumn {
  for (const name of ['liveBytes', 'liveCount', 'allocatedBytes', 'peakBytes', 'allocatedCount'] as const) {
    if (profile[name]?.some((value) => value !== 0) === true) return name
  }
  return VALUE_COLUMNS.find((name) => profile[name] !== undefined) ?? 'liveBytes'
}

/** Every site with all below it. Cost: one backward loop, since parents come before their children. */
export function siteTotals(profile: AllocationProfile, name: ValueColumn): Float64Array {
  const totals = profile[name]?.slice() ?? new Float64Array(profile.siteCount)
  for (let site = profile.siteCount - 1; site > 0; site--) totals[profile.siteParent[site]!]! += totals[site]!
  return totals
}

/** The sites from the root to `site`, outermost first, without the root. */
export function stackOf(profile: AllocationProfile, site: number): number[] {
  const stack: number[] = []
  for (let each = site; each !== 0; each = profile.siteParent[each]!) stack.push(each)
  return stack.reverse()
}
