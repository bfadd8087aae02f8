import type { AllocationProfile } from '../../model/allocation-profile.ts'
import { NONE, type SourceLocation } from '../../model/heap-graph.ts'
import { mainColumn, stackOf, VALUE_COLUMNS, type ValueColumn } from './call-tree-totals.ts'
import { ownFrames } from './own-frames.ts'

/** All memory one line of the program asked for, by whatever way it was reached. */
export interface AllocationPlace {
  /** Equal in another profile of the same program. */
  key: string
  functionName: string
  /** Where it is known. */
  location: SourceLocation | undefined
  /** The program's own code, as far as names tell; else the runtime's or a library's. */
  isOwn: boolean
  values: Partial<Record<ValueColumn, number>>
  /** The site below it that weighs most, to show a stack. */
  heaviestSite: number
  /** The runtime's states and the tool's judgements under it, with their share of the main value. */
  states: Map<string, number>
  verdicts: Map<string, number>
}

/**
 * The sites of a profile added up by place: the innermost frame that is the program's own, or the innermost at all
 * where none is. So `main.handler` stands for all the `runtime.makeslice` below it.
 * Cost: sites × depth of the frames that are not own, which are few.
 * @returns the heaviest first, by the profile's main value
 */
export function allocationPlaces(profile: AllocationProfile): AllocationPlace[] {
  const main = mainColumn(profile)
  const isOwn = ownFrames(profile)
  const columns = VALUE_COLUMNS.filter((name) => profile[name] !== undefined)
  const places = new Map<string, AllocationPlace>()
  const heaviest = new Map<AllocationPlace, number>()
  for (let site = 0; site < profile.siteCount; site++) {
    if (columns.every((name) => profile[name]![site] === 0)) continue
    const owner = ownSite(profile, site, isOwn)
    const place = placeAt(profile, owner, isOwn, places)
    for (const name of columns) place.values[name] = (place.values[name] ?? 0) + profile[name]![site]!
    const weight = profile[main]?.[site] ?? 0
    if (Math.abs(weight) > (heaviest.get(place) ?? -1)) {
      heaviest.set(place, Math.abs(weight))
      place.heaviestSite = site
    }
    const verdict = profile.siteVerdict?.[site]
    if (verdict !== undefined && verdict !== NONE) count(place.verdicts, profile.strings.get(verdict), weight)
    for (let each = site; each !== owner && each !== 0; each = profile.siteParent[each]!) {
      const name = nameOf(profile, each)
      if (name.startsWith('[')) count(place.states, name.slice(1, -1), weight)
    }
  }
  const weight = (place: AllocationPlace): number => place.values[main] ?? 0
  return [...places.values()].toSorted((a, b) => Math.abs(weight(b)) - Math.abs(weight(a)) || (a.key < b.key ? -1 : 1))
}

/** Places of the stack of `site`, its own line first, then its callers; where files are known. */
export function callersOf(profile: AllocationProfile, site: number, limit: number): SourceLocation[] {
  const isOwn = ownFrames(profile)
  const own = ownSite(profile, site, isOwn)
  return stackOf(profile, own)
    .toReversed()
    .flatMap((each) => locationAt(profile, each) ?? [])
    .slice(0, limit)
}

/** Where nothing is the program's own: the innermost function; of a goroutine the outermost, which is its task. */
function ownSite(profile: AllocationProfile, site: number, isOwn: Uint8Array): number {
  let innermost: number | undefined
  let outermost = site
  for (let each = site; each !== 0; each = profile.siteParent[each]!) {
    if (isOwn[profile.siteFrame[each]!] === 1) return each
    const name = nameOf(profile, each)
    if (name.startsWith('[') || name.startsWith('created by ') || name === 'runtime.goexit') continue
    innermost ??= each
    outermost = each
  }
  return profile.unit === 'goroutines' ? outermost : (innermost ?? site)
}

function placeAt(profile: AllocationProfile, site: number, isOwn: Uint8Array, places: Map<string, AllocationPlace>): AllocationPlace {
  const location = locationAt(profile, site)
  const functionName = site === 0 ? '(unknown)' : nameOf(profile, site)
  const file = location?.file
  const key = `${functionName} ${file?.slice(file.lastIndexOf('/') + 1) ?? ''}:${location?.line ?? 0}`
  const known = places.get(key)
  if (known !== undefined) return known
  const place: AllocationPlace = { key, functionName, location, isOwn: site !== 0 && isOwn[profile.siteFrame[site]!] === 1, values: {}, heaviestSite: site, states: new Map(), verdicts: new Map() }
  places.set(key, place)
  return place
}

function locationAt({ siteFrame, frames, strings }: AllocationProfile, site: number): SourceLocation | undefined {
  const frame = site === 0 ? NONE : siteFrame[site]!
  if (frame === NONE || frames.file[frame] === NONE || frames.line[frame] === 0) return undefined
  const column = frames.column[frame]!
  return {
    file: strings.get(frames.file[frame]!),
    line: frames.line[frame]!,
    ...(column > 0 ? { column } : {}),
    functionName: strings.get(frames.functionName[frame]!),
  }
}

function nameOf({ strings, frames, siteFrame }: AllocationProfile, site: number): string {
  return strings.get(frames.functionName[siteFrame[site]!]!)
}

function count(counts: Map<string, number>, name: string, weight: number): void {
  counts.set(name, (counts.get(name) ?? 0) + weight)
}
