import type { AllocationProfile } from '../../model/allocation-profile.ts'
import { type AllocationPlace, allocationPlaces } from './allocation-places.ts'
import { mainColumn, type ValueColumn } from './call-tree-totals.ts'

/** One place over several profiles, in the order given. */
export interface PlaceChange {
  place: AllocationPlace
  /** 0 where the place is not in that profile. */
  values: number[]
  counts: number[] | undefined
  growth: number
  /** Twice the standard error of the growth; 0 where every allocation was recorded. */
  doubt: number
  rises: 'at every step' | 'in sum' | 'no'
}

/** The value all profiles can be compared by. */
export function commonColumn(profiles: readonly AllocationProfile[]): ValueColumn | undefined {
  const wanted = profiles.map(mainColumn)
  return wanted.find((name) => profiles.every((profile) => profile[name] !== undefined))
}

/**
 * How each place changed over two or more profiles, the most grown first.
 *
 * A sampled profile is an estimate: of `b` bytes taken with one sample every `i` bytes the variance is about b·i (a
 * Poisson number of samples, each standing for i). A place grew only if it grew by more than twice the standard error.
 * Profiles of one format name places alike; across formats only the line of the file is the same (tracemalloc knows no
 * functions, memray does), so that is what they are matched by.
 */
export function growingPlaces(profiles: readonly AllocationProfile[], column: ValueColumn): PlaceChange[] {
  const byKey = new Map<string, { place: AllocationPlace; values: number[]; counts: number[] }>()
  const isMixed = new Set(profiles.map(({ source }) => source.format)).size > 1
  const countColumn: ValueColumn = column.startsWith('live') ? 'liveCount' : 'allocatedCount'
  for (const [position, profile] of profiles.entries()) {
    for (const place of allocationPlaces(profile)) {
      const key = isMixed ? lineKey(place) : place.key
      const known = byKey.get(key) ?? { place, values: profiles.map(() => 0), counts: profiles.map(() => 0) }
      known.place = place // the last profile's: it is the one to look at
      known.values[position]! += place.values[column] ?? 0
      known.counts[position]! += place.values[countColumn] ?? 0
      byKey.set(key, known)
    }
  }
  const interval = column.endsWith('Bytes') ? Math.max(...profiles.map(({ samplingIntervalBytes = 0 }) => samplingIntervalBytes)) : 0
  const hasCounts = column.endsWith('Bytes') && profiles.every((profile) => profile[countColumn] !== undefined)
  const changes = [...byKey.values()].map(({ place, values, counts }): PlaceChange => {
    const [first, last] = [values[0]!, values.at(-1)!]
    const growth = last - first
    const doubt = 2 * Math.sqrt(Math.max(0, first + last) * interval)
    const steps = values.slice(1).map((value, step) => value - values[step]!)
    const rises = growth <= doubt || growth <= 0 ? 'no' : steps.every((step) => step > 0) ? 'at every step' : 'in sum'
    return { place, values, counts: hasCounts ? counts : undefined, growth, doubt, rises }
  })
  return changes.toSorted((a, b) => b.growth - a.growth)
}

function lineKey({ key, location }: AllocationPlace): string {
  return location === undefined ? key : `${location.file.slice(location.file.lastIndexOf('/') + 1)}:${location.line}`
}
