import { bytesText, countText } from '../../base/bytes-text.ts'
import { textHash } from '../../base/text-hash.ts'
import type { AllocationProfile } from '../../model/allocation-profile.ts'
import type { Finding, Reason, Verdict } from '../../model/finding.ts'
import { stackCost, stackCostText } from '../goroutines/goroutine-cost.ts'
import { goroutineWords } from '../goroutines/goroutine-words.ts'
import { type AllocationPlace, callersOf } from './allocation-places.ts'
import { mainColumn, sumOf, type ValueColumn } from './call-tree-totals.ts'
import type { PlaceChange } from './growing-places.ts'
import { heldPath } from './held-path.ts'

/** Verdicts of tools that leave no doubt, and those that leave some. */
const LOST = new Set(['definitely lost', 'direct leak', 'leaked'])
const MAYBE_LOST = new Set(['possibly lost', 'likely leak'])

const MAX_FINDINGS = 12
/** Below this share of the whole a place is not worth a finding of its own. */
const SMALL_SHARE = 0.05

/** A value of a column with its unit: `20.1 MB`, `51 goroutines`. */
export function valueText(value: number, column: ValueColumn, unit: string): string {
  return column.endsWith('Bytes') ? bytesText(value) : `${countText(value)} ${value === 1 ? unit.replace(/s$/, '') : unit}`
}

/** How far the numbers can be trusted. */
export function samplingText({ samplingIntervalBytes, source }: AllocationProfile): string {
  if (samplingIntervalBytes !== undefined) return `sampled about every ${bytesText(samplingIntervalBytes)}: estimates`
  return source.notices.some(({ code }) => code === 'sampled') ? 'sampled: estimates' : 'as recorded, not sampled'
}

export function placeName({ functionName, location }: AllocationPlace): string {
  if (location === undefined) return functionName
  const place = `${location.file.slice(location.file.lastIndexOf('/') + 1)}:${location.line}`
  return functionName.endsWith(place) ? functionName : `${functionName} (${place})` // tracemalloc names lines, not functions
}

/**
 * What one profile says by itself. A single look cannot tell what grows: so a place is only called a leak where the
 * tool that wrote the profile proved it, a suspect where nothing of much was ever freed or more goroutines wait at one
 * line than a healthy program has, and undecided otherwise, the heaviest first.
 */
export function judgeProfile(profile: AllocationProfile, places: readonly AllocationPlace[]): Finding[] {
  const column = mainColumn(profile)
  if (profile.source.notices.some(({ code }) => code === 'not-memory')) return []
  const isDifference = profile.source.notices.some(({ code }) => code === 'difference')
  const total = isDifference ? [...(profile[column] ?? [])].reduce((sum, value) => sum + Math.max(0, value), 0) : sumOf(profile[column])
  const findings: Finding[] = []
  // a tool that tells lost from kept was asked about every site; one that suspects a few lines was not
  const isJudged = profile.provesLoss === true || places.some(({ verdicts }) => [...verdicts.keys()].some((name) => !name.startsWith('likely leak')))
  const freed = freedForSure(profile, places)
  // what is temporary for the greater part is no reason to overlook a smaller place
  const isTemporary = (place: AllocationPlace): boolean => freed.get(place)! > (place.values[column] ?? 0) / 2
  const lasting = total - places.reduce((sum, place) => sum + (isTemporary(place) ? (place.values[column] ?? 0) : 0), 0)
  for (const place of ownFirst(temporaryLast(profile, places), (each) => each)) {
    const value = place.values[column] ?? 0
    if (value <= 0) continue
    const isHeavy = value >= SMALL_SHARE * (isTemporary(place) ? total : Math.max(0, lasting))
    if (isDifference) {
      if (value >= SMALL_SHARE * total) findings.push(grownFinding(profile, place, column))
      continue
    }
    const proven = verdictFinding(profile, place, column)
    if (proven !== undefined) findings.push(proven)
    else if (profile.unit === 'goroutines') findings.push(...waitingFinding(profile, place, column, total))
    else if (findings.length < MAX_FINDINGS && isHeavy && !isJudged) findings.push(heavyFinding(profile, place, column, total, freed.get(place)!))
  }
  const rank: Verdict[] = ['leak', 'suspect', 'undecided', 'healthy']
  return findings.toSorted((a, b) => rank.indexOf(a.verdict) - rank.indexOf(b.verdict)).slice(0, MAX_FINDINGS)
}

/** The tool itself says these are lost. */
function verdictFinding(profile: AllocationProfile, place: AllocationPlace, column: ValueColumn): Finding | undefined {
  const lost = [...place.verdicts].filter(([name]) => LOST.has(name)).reduce((sum, [, value]) => sum + value, 0)
  const maybe = [...place.verdicts].filter(([name]) => MAYBE_LOST.has(name.replace(/ \(.*/, ''))).reduce((sum, [, value]) => sum + value, 0)
  const amount = lost > 0 ? lost : maybe
  if (amount <= 0) return undefined
  const words = [...place.verdicts].map(([name, value]) => `${valueText(value, column, profile.unit)} ${name}`).join(', ')
  const goroutines = profile.unit === 'goroutines' ? goroutineWords(profile, place, amount, placeName(place)) : undefined
  return {
    ...base(profile, place),
    verdict: lost > 0 ? 'leak' : 'suspect',
    pattern: goroutines?.pattern ?? 'lost-memory',
    title: goroutines !== undefined
      ? `${valueText(amount, column, profile.unit)} wait for ever at ${placeName(place)}`
      : `${valueText(amount, column, profile.unit)} allocated by ${placeName(place)} ${lost > 0 ? 'can no longer be reached' : 'may no longer be reachable'}`,
    reasons: [
      { for: true, text: `${profile.source.format} says: ${words}` },
      ...(goroutines === undefined ? stateReasons(profile, place, column) : goroutines.reasons.filter((reason) => reason.for)),
    ],
    retainedBytes: column.endsWith('Bytes') ? amount : undefined,
    advice: goroutines !== undefined
      ? `nothing can wake them: ${goroutines.advice}`
      : 'free it on every way out of the function that owns it, or keep the pointer where somebody frees it later.',
  }
}

/** In a file that holds differences: what was there at its end and not at its beginning. */
function grownFinding(profile: AllocationProfile, place: AllocationPlace, column: ValueColumn): Finding {
  const value = place.values[column] ?? 0
  const interval = column.endsWith('Bytes') ? (profile.samplingIntervalBytes ?? 0) : 0
  const doubt = 2 * Math.sqrt(value * interval)
  return {
    ...base(profile, place),
    verdict: value > doubt ? 'suspect' : 'undecided',
    pattern: 'growing-site',
    title: `${growing(profile, place)} by ${valueText(value, column, profile.unit)}`,
    reasons: [
      { for: true, text: `the file holds the difference of two moments: ${valueText(value, column, profile.unit)} more, ${samplingText(profile)}` },
      ...(doubt > 0 ? [{ for: false, text: `sampled: the growth is known to ± ${bytesText(doubt)}` }] : []),
      { for: false, text: 'two moments cannot tell growth from warming up' },
    ],
    growth: { bytes: column.endsWith('Bytes') ? value : Number.NaN, count: place.values.liveCount ?? Number.NaN, per: 'snapshot' },
    advice: 'take such a difference again later: what grows each time is a leak.',
  }
}

/** Goroutines at one place: too many for a healthy program, or too few to say; one of the program's own is nothing to tell. */
function waitingFinding(profile: AllocationProfile, place: AllocationPlace, column: ValueColumn, total: number): Finding[] {
  const count = place.values[column] ?? 0
  const words = goroutineWords(profile, place, count, placeName(place))
  // Where the runtime marks those it proved leaked, it looked at the others as well.
  if (words === undefined || (words.verdict === 'undecided' && (count < 2 || !place.isOwn || profile.siteVerdict !== undefined))) return []
  return [
    {
      ...base(profile, place),
      verdict: words.verdict,
      pattern: words.pattern,
      title: `${valueText(count, column, profile.unit)} ${words.title}`,
      reasons: [{ for: true, text: `${Math.round((100 * count) / total)} % of ${valueText(total, column, profile.unit)}` }, ...words.reasons],
      advice: words.advice,
    },
  ]
}

function heavyFinding(profile: AllocationProfile, place: AllocationPlace, column: ValueColumn, total: number, freed: number): Finding {
  const value = place.values[column] ?? 0
  const share = Math.round((100 * value) / total)
  const reasons: Reason[] = [{ for: true, text: `${share} % of ${valueText(total, column, profile.unit)}, ${samplingText(profile)}` }, ...stateReasons(profile, place, column)]
  let verdict: Verdict = 'undecided'
  let pattern = 'heavy-site'
  let title = `${placeName(place)} holds ${valueText(value, column, profile.unit)}`
  const { liveCount, allocatedCount, liveBytes, allocatedBytes } = place.values
  const path = heldPath(profile, place.heaviestSite)
  const heldBy = [...place.states].toSorted((a, b) => b[1] - a[1]).find(([state]) => state.startsWith('held by '))?.[0]
  if (column === 'liveBytes' && liveBytes !== undefined && allocatedBytes !== undefined && (liveCount ?? 0) >= 20 && liveBytes >= 0.99 * allocatedBytes) {
    verdict = 'suspect'
    pattern = 'never-freed'
    title = `nothing that ${placeName(place)} allocated was ever freed: ${bytesText(liveBytes)}`
    reasons.push({ for: true, text: `${countText(liveCount ?? 0)} of ${countText(allocatedCount ?? 0)} ${profile.unit} allocated here are alive` })
    reasons.push({ for: false, text: 'a table that is filled once at the start looks the same' })
  } else if (heldBy !== undefined) {
    verdict = 'suspect'
    pattern = 'old-objects'
    title = `objects made by ${placeName(place)} stay, ${heldBy.split(' → ')[0]}`
    reasons.push({ for: false, text: 'what is meant to live as long as the program looks the same' })
  } else if (column.startsWith('allocated')) {
    title = `${placeName(place)} allocated ${valueText(value, column, profile.unit)}`
    reasons.push({
      for: false,
      text: freed > 0
        ? `no more than ${bytesText(profile.totals!.peakBytes!)} were in use at once: at least ${bytesText(freed)} of it were freed again`
        : 'the profile does not say how much of it is still in use',
    })
  } else if (freed > 0) {
    title = `while ${placeName(place)} ran, memory grew by ${valueText(value, column, profile.unit)}`
    reasons.push({ for: false, text: `other lines of the function gave ${bytesText(freed)} of it back` })
  }
  return {
    ...base(profile, place),
    paths: pattern === 'old-objects' && path !== undefined ? [path] : [],
    verdict,
    pattern,
    title,
    reasons,
    retainedBytes: column === 'liveBytes' ? value : undefined,
    advice: 'take a second profile after more work and compare: stillhere diff FIRST SECOND.',
  }
}

/** What grew between profiles. Two looks make a suspect; three or more that rise each time, and go on rising, a leak. */
export function judgeGrowth(profiles: readonly AllocationProfile[], changes: readonly PlaceChange[], column: ValueColumn): Finding[] {
  const unit = profiles.at(-1)!.unit
  const grown = changes.reduce((sum, { growth }) => sum + Math.max(0, growth), 0)
  return ownFirst(changes.filter(({ rises, growth }) => rises !== 'no' && growth >= SMALL_SHARE * grown), ({ place }) => place)
    .slice(0, MAX_FINDINGS)
    .map((change) => {
      const { place, values, counts, growth, doubt, rises } = change
      const steps = values.slice(1).map((value, step) => value - values[step]!)
      const isSteady = steps.length >= 2 && rises === 'at every step' && (steps.at(-1) ?? 0) >= growth / steps.length / 3
      const reasons: Reason[] = [{ for: true, text: `${values.map((value) => valueText(value, column, unit)).join(' → ')}` }]
      if (counts !== undefined) reasons.push({ for: true, text: `${counts.map((count) => countText(count)).join(' → ')} ${unit}` })
      if (rises === 'in sum') reasons.push({ for: false, text: 'it does not rise at every step' })
      if (doubt > 0) reasons.push({ for: false, text: `sampled: the growth is known to ± ${bytesText(doubt)}` })
      if (steps.length < 2) reasons.push({ for: false, text: 'two looks cannot tell growth from warming up; a third one decides' })
      else if (!isSteady) reasons.push({ for: false, text: 'it slows down towards the end' })
      const goroutines = unit === 'goroutines' ? goroutineWords(profiles.at(-1)!, place, values.at(-1) ?? 0, placeName(place)) : undefined
      const cost = goroutines === undefined ? undefined : stackCost(profiles.at(-1)!, growth)
      if (cost !== undefined) reasons.push({ for: true, text: `those that came take ${stackCostText(cost)}` })
      if (goroutines !== undefined) reasons.push(...goroutines.reasons.filter((reason) => reason.for))
      return {
        ...base(profiles.at(-1)!, place),
        verdict: isSteady ? 'leak' : 'suspect',
        pattern: goroutines?.pattern ?? 'growing-site',
        title: `${growing(profiles.at(-1)!, place)} by ${valueText(growth, column, unit)}`,
        reasons,
        growth: { bytes: column.endsWith('Bytes') ? growth / steps.length : Number.NaN, count: counts === undefined ? (column.endsWith('Count') ? growth / steps.length : Number.NaN) : ((counts.at(-1) ?? 0) - (counts[0] ?? 0)) / steps.length, per: 'snapshot' },
        retainedBytes: column === 'liveBytes' ? values.at(-1) : undefined,
        advice: goroutines?.advice ?? 'look at who keeps what this line makes: a map or list without an end, a cache without a limit, a callback nobody removes.',
      }
    })
}

/**
 * Bytes of each place that were given back for certain: what it allocated beyond all that the program ever held at once
 * (sampled values are only trusted to a quarter); or, where a profile is of growth line by line, what other lines of its
 * function gave back.
 */
function freedForSure(profile: AllocationProfile, places: readonly AllocationPlace[]): Map<AllocationPlace, number> {
  const { totals, samplingIntervalBytes, source } = profile
  if (source.notices.some(({ code }) => code === 'process-growth')) {
    const net = new Map<string, number>()
    const functionOf = ({ functionName, location }: AllocationPlace): string => `${functionName} ${location?.file ?? ''}`
    for (const place of places) net.set(functionOf(place), (net.get(functionOf(place)) ?? 0) + (place.values.liveBytes ?? 0))
    return new Map(places.map((place) => [place, Math.max(0, (place.values.liveBytes ?? 0) - Math.max(0, net.get(functionOf(place))!))]))
  }
  const bound = mainColumn(profile) === 'allocatedBytes' && totals?.peakBytes !== undefined ? totals.peakBytes * (samplingIntervalBytes === undefined ? 1 : 1.25) : Number.POSITIVE_INFINITY
  return new Map(places.map((place) => [place, Math.max(0, (place.values.allocatedBytes ?? 0) - bound)]))
}

/** What may still be all there comes before what was freed, in part or whole, for certain. */
export function temporaryLast(profile: AllocationProfile, places: readonly AllocationPlace[]): readonly AllocationPlace[] {
  const column = mainColumn(profile)
  const freed = freedForSure(profile, places)
  if ([...freed.values()].every((bytes) => bytes === 0)) return places
  const left = (place: AllocationPlace): number => (place.values[column] ?? 0) - freed.get(place)!
  if (column === 'liveBytes') return places.toSorted((a, b) => left(b) - left(a))
  return places.toSorted((a, b) => Number(freed.get(a)! > 0) - Number(freed.get(b)! > 0))
}

/** The program's own lines and classes before the runtime's: byte[] is always the largest, and never the cause. */
function ownFirst<Item>(items: readonly Item[], placeOf: (item: Item) => AllocationPlace): Item[] {
  return items.toSorted((a, b) => Number(placeOf(b).isOwn) - Number(placeOf(a).isOwn))
}

/** A place is a line of code, or, in a profile without stacks, a class or category. */
function growing(profile: AllocationProfile, place: AllocationPlace): string {
  if (profile.unit === 'goroutines') return `the number that wait at ${placeName(place)} grows`
  const hasStacks = profile.siteParent.some((parent) => parent !== 0)
  return hasStacks ? `what ${placeName(place)} allocates grows` : `${placeName(place)} grows`
}

function stateReasons(profile: AllocationProfile, place: AllocationPlace, column: ValueColumn): Reason[] {
  if (place.states.size === 0) return []
  const states = [...place.states].toSorted((a, b) => b[1] - a[1]).slice(0, 6)
  return [{ for: true, text: states.map(([state, value]) => `${state}: ${valueText(value, column, profile.unit)}`).join('; ') }]
}

function base(profile: AllocationProfile, place: AllocationPlace): Omit<Finding, 'verdict' | 'pattern' | 'title' | 'reasons' | 'advice'> {
  const allocatedAt = callersOf(profile, place.heaviestSite, 5)
  return {
    category: 'other',
    subject: { kind: 'site', className: '', functionName: place.functionName },
    paths: [],
    allocatedAt: allocatedAt.length === 0 ? undefined : allocatedAt,
    fingerprint: textHash(`${place.functionName} ${place.location?.file.slice(place.location.file.lastIndexOf('/') + 1) ?? ''}`),
  }
}
