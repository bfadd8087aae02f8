import type { AllocationProfile } from '../../model/allocation-profile.ts'
import type { DataColumn, DataTable } from '../../model/data-table.ts'
import { NONE } from '../../model/heap-graph.ts'
import { siteTotals, stackOf, VALUE_COLUMNS, type ValueColumn } from '../allocation/call-tree-totals.ts'
import { numbers, picked, rowNumbers, wholes, words } from './columns.ts'

const COLUMN_NAMES = { liveBytes: 'live_bytes', liveCount: 'live_count', allocatedBytes: 'allocated_bytes', allocatedCount: 'allocated_count', peakBytes: 'peak_bytes' } as const satisfies Record<ValueColumn, string>
const MOST_FRAMES_IN_TEXT = 100

/** Where memory was allocated: the call tree, a site a row. */
export function sitesTable(profile: AllocationProfile): DataTable {
  const { siteCount, siteParent, siteFrame, frames, strings } = profile
  const frameOf = (site: number): number => siteFrame[site]!
  const frameCount = frames.functionName.length
  const columns: DataColumn[] = [
    rowNumbers('site', 'its number; 0 is the root of the call tree'),
    wholes('parent', 'the site that called', () => {
      const parents = siteParent.slice()
      parents[0] = NONE
      return parents
    }),
    picked(words('function', 'name of the function', frameCount, strings, (frame) => frames.functionName[frame]!), 'function', frameOf),
    picked(words('file', 'its file', frameCount, strings, (frame) => frames.file[frame]!), 'file', frameOf),
    picked(wholes('line', 'from 1', frames.line, 0), 'line', frameOf),
    picked(wholes('col', 'column, from 1', frames.column, 0), 'col', frameOf),
  ]
  for (const name of VALUE_COLUMNS) {
    const column = profile[name]
    if (column === undefined) continue
    let totals: Float64Array | undefined
    columns.push(numbers(COLUMN_NAMES[name], 'at this site itself', column, { isWhole: false }), numbers(`total_${COLUMN_NAMES[name]}`, 'with all it calls', () => (totals ??= siteTotals(profile, name)), { isWhole: false }))
  }
  columns.push({
    name: 'stack',
    about: 'functions from the outermost in, joined by ;',
    type: 'text',
    text: (site) => (site === 0 ? undefined : stackOf(profile, site).slice(-MOST_FRAMES_IN_TEXT).map((each) => strings.get(frames.functionName[siteFrame[each]!]!)).join(';')),
  })
  const { siteVerdict } = profile
  if (siteVerdict !== undefined) columns.push({ name: 'verdict', about: "the recording tool's own judgement", type: 'text', text: (site) => (siteVerdict[site] === NONE ? undefined : strings.get(siteVerdict[site]!)) })
  return { name: 'sites', about: 'a place in the program that allocates, reached by one chain of calls', rowCount: siteCount, columns }
}
