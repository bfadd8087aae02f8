import type { Run } from '../base/run.ts'
import { type AllocationPlace, allocationPlaces } from '../analysis/allocation/allocation-places.ts'
import { mainColumn, sumOf, VALUE_COLUMNS } from '../analysis/allocation/call-tree-totals.ts'
import { stackCost, stackCostColumn, stackCostText } from '../analysis/goroutines/goroutine-cost.ts'
import { judgeProfile, placeName, samplingText, temporaryLast, valueText } from '../analysis/allocation/judge-profile.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import type { Finding, Verdict } from '../model/finding.ts'
import { NONE } from '../model/heap-graph.ts'
import { REPORT_SCHEMA, type Report } from '../model/report.ts'

/** Rows of the table of sites; what is beyond is a rounding error of the whole. */
const MAX_ROWS = 100

/** What one allocation profile of any format says: who holds most, what the writing tool proved, what to do next. */
export function analyzeProfile(profile: AllocationProfile, { version }: { version: string }, run: Run): Report {
  run.progress({ step: 'adding up sites', done: 0 })
  const places = temporaryLast(profile, allocationPlaces(profile))
  const column = mainColumn(profile)
  const total = sumOf(profile[column])
  const findings = judgeProfile(profile, places)
  // where the tool looked for lost memory and found none, nothing is lost
  const verdict = findings.length === 0 && profile.provesLoss === true ? 'healthy' : gravestOf(findings)
  const first = findings[0]
  const cost = stackCost(profile, total)
  return {
    schema: REPORT_SCHEMA,
    tool: { name: 'stillhere', version },
    command: 'analyze',
    verdict,
    summary: `${totalText(profile)}${cost === undefined ? '' : `, ${stackCostText(cost)}`}${first !== undefined ? `; ${first.title}` : verdict === 'healthy' ? '; nothing is lost' : ''}`,
    wouldDecide: verdict === 'undecided' ? 'a second profile of the same process after more work: stillhere diff FIRST SECOND' : undefined,
    sources: [profile.source],
    findings,
    notices: [],
    details: {
      ...Object.fromEntries(VALUE_COLUMNS.flatMap((name) => (profile[name] === undefined ? [] : [[name, sumOf(profile[name])]]))),
      ...stackCostColumn(cost),
      ...profile.totals, // what the tool tells of the whole program is more than its sites add up to
      ...(profile.provesLoss === true ? { verdicts: byVerdict(profile) } : {}),
      sampling: samplingText(profile),
      ...(profile.samplingIntervalBytes === undefined ? {} : { samplingIntervalBytes: profile.samplingIntervalBytes }),
      unit: profile.unit,
      sites: places.slice(0, MAX_ROWS).map((place) => ({ ...rowOf(place, total, place.values[column] ?? 0), ...stackCostColumn(stackCost(profile, place.values[column] ?? 0)) })),
    },
  }
}

/** `33.0 MB live in 6 146 objects`, `51 goroutines`. */
export function totalText(profile: AllocationProfile): string {
  const column = mainColumn(profile)
  const total = valueText(column === 'liveCount' ? sumOf(profile[column]) : (profile.totals?.[column] ?? sumOf(profile[column])), column, profile.unit)
  const word = { liveBytes: ' live', allocatedBytes: ' allocated', allocatedCount: ' allocated', peakBytes: ' at the peak', liveCount: '' }[column]
  const count = column === 'liveBytes' ? profile.liveCount : column === 'allocatedBytes' ? profile.allocatedCount : undefined
  return `${total}${word}${count === undefined ? '' : ` in ${valueText(sumOf(count), 'liveCount', profile.unit)}`}`
}

/** How much the tool found of each kind, as in its own summary. */
function byVerdict({ siteCount, siteVerdict, strings, liveBytes, liveCount }: AllocationProfile): Record<string, unknown>[] {
  const sums = new Map<string, { liveBytes: number; liveCount: number }>()
  for (let site = 0; site < siteCount; site++) {
    const verdict = siteVerdict?.[site]
    if (verdict === undefined || verdict === NONE) continue
    const name = strings.get(verdict)
    const sum = sums.get(name) ?? { liveBytes: 0, liveCount: 0 }
    sums.set(name, { liveBytes: sum.liveBytes + (liveBytes?.[site] ?? 0), liveCount: sum.liveCount + (liveCount?.[site] ?? 0) })
  }
  return [...sums].map(([verdict, sum]) => ({ verdict, ...sum })).toSorted((a, b) => b.liveBytes - a.liveBytes)
}

function rowOf(place: AllocationPlace, total: number, value: number): Record<string, unknown> {
  const { values, verdicts, states } = place
  return {
    ...values,
    sharePercent: total === 0 ? 0 : Math.round((1000 * value) / total) / 10,
    site: placeName(place),
    ...(verdicts.size === 0 ? {} : { verdict: [...verdicts.keys()].join(', ') }),
    ...(states.size === 0 ? {} : { state: [...states.keys()].slice(0, 3).join(', ') }),
    ...(place.location === undefined ? {} : { stack: [place.location] }),
  }
}

export function gravestOf(findings: readonly Finding[]): Verdict {
  for (const verdict of ['leak', 'suspect', 'undecided'] as const) if (findings.some((finding) => finding.verdict === verdict)) return verdict
  return 'undecided'
}
