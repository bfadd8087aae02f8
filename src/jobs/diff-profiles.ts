import { bytesText } from '../base/bytes-text.ts'
import { UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { mainColumn, sumOf } from '../analysis/allocation/call-tree-totals.ts'
import { commonColumn, growingPlaces } from '../analysis/allocation/growing-places.ts'
import { stackCost, stackCostColumn, stackCostText } from '../analysis/goroutines/goroutine-cost.ts'
import { judgeGrowth, placeName, valueText } from '../analysis/allocation/judge-profile.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { REPORT_SCHEMA, type Report } from '../model/report.ts'
import { gravestOf } from './analyze-profile.ts'

const MAX_ROWS = 100

/**
 * What grew over two or more allocation profiles, in the order given; they may be of different formats as long as
 * they count the same (a pprof and a text heap profile of one Go service).
 * @throws UsageError when there is nothing to compare by
 */
export function diffProfiles(profiles: readonly AllocationProfile[], { version }: { version: string }, run: Run): Report {
  run.progress({ step: 'comparing sites', done: 0 })
  const last = profiles.at(-1)
  const column = commonColumn(profiles)
  if (last === undefined || profiles.length < 2 || column === undefined || profiles.some(({ unit }) => (unit === 'goroutines') !== (last.unit === 'goroutines'))) {
    throw new UsageError({
      argument: 'FILE',
      given: profiles.map((profile) => `${profile.source.format} of ${mainColumn(profile)}`).join(', ') || 'nothing',
      allowed: 'two or more profiles that measure the same',
    })
  }
  const changes = growingPlaces(profiles, column)
  const findings = judgeGrowth(profiles, changes, column)
  const totals = profiles.map((profile) => sumOf(profile[column]))
  const [first, final] = [totals[0] ?? 0, totals.at(-1) ?? 0]
  const grows = findings[0]
  const cost = final > first ? stackCost(last, final - first) : undefined
  return {
    schema: REPORT_SCHEMA,
    tool: { name: 'stillhere', version },
    command: 'diff',
    verdict: findings.length === 0 ? 'healthy' : gravestOf(findings),
    summary: `${totals.map((total) => valueText(total, column, last.unit)).join(' → ')} (${final < first ? '−' : '+'}${valueText(Math.abs(final - first), column, last.unit)}${cost === undefined ? '' : `, ${stackCostText(cost)}`}); ${grows === undefined ? 'no site grew beyond doubt' : grows.title}`,
    wouldDecide: profiles.length === 2 && findings.length > 0 ? 'a third profile after as much work again' : undefined,
    sources: profiles.map(({ source }) => source),
    findings,
    notices: mixedNotices(profiles),
    details: {
      unit: last.unit,
      ...stackCostColumn(cost),
      sites: changes
        .filter(({ growth }) => growth !== 0)
        .toSorted((a, b) => Math.abs(b.growth) - Math.abs(a.growth))
        .slice(0, MAX_ROWS)
        .map(({ place, values, growth, doubt, rises }) => ({
          ...(column.endsWith('Bytes') ? { growthBytes: growth, firstBytes: values[0], lastBytes: values.at(-1), ...(doubt > 0 ? { doubtBytes: doubt } : {}) } : { growth, first: values[0], last: values.at(-1) }),
          ...(growth > 0 ? stackCostColumn(stackCost(last, growth)) : {}),
          rises,
          site: placeName(place),
          ...(place.location === undefined ? {} : { stack: [place.location] }),
        })),
    },
  }
}

function mixedNotices(profiles: readonly AllocationProfile[]): Report['notices'] {
  const formats = [...new Set(profiles.map(({ source }) => source.format))]
  const notices: Report['notices'] = formats.length < 2 ? [] : [{ code: 'mixed-formats', count: 1, message: `the files are of different formats (${formats.join(', ')}): sites are matched by file and line, and the tools need not count the same blocks` }]
  const intervals = [...new Set(profiles.map(({ samplingIntervalBytes = 0 }) => samplingIntervalBytes))]
  if (intervals.length < 2) return notices
  return [...notices, { code: 'mixed-sampling', count: 1, message: `the profiles were not taken alike: sampled every ${intervals.map((interval) => (interval === 0 ? 'allocation' : bytesText(interval))).join(' and ')}` }]
}
