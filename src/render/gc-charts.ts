import type { GcLog } from '../model/gc-log.ts'
import { renderLineCharts } from './line-chart-svg.ts'

/** What the picture needs beside the log: the floor that was judged, and which collections belong together. */
export interface GcChartInput {
  log: GcLog
  collections: ArrayLike<number>
  floor?: { timeMs: ArrayLike<number>; bytes: ArrayLike<number> } | undefined
}

/** A GC log as SVG: heap before and after with the goal and the floor; below, the pauses; below, the share of time stopped. */
export function renderGcCharts({ log, collections, floor }: GcChartInput): string {
  const pick = (column: Float64Array | undefined): number[] => (column === undefined ? [] : Array.from(collections, (collection) => column[collection]))
  const known = pick(log.startMs).every((time) => !Number.isNaN(time))
  const x = known ? pick(log.startMs) : Array.from(collections, (_, order) => order * 1000) // no clock in the log: by order
  return renderLineCharts(`${log.source.name} (${log.collector}, ${collections.length} collections)`, [
    {
      title: known ? 'heap' : 'heap (the log has no times: by order)',
      unit: 'bytes',
      lines: [
        { name: 'before', x, y: pick(log.usedBeforeBytes), color: '#9aa5b1' },
        { name: 'after', x, y: pick(log.usedAfterBytes), color: '#1f77b4' },
        { name: 'committed', x, y: pick(log.committedAfterBytes), color: '#c5a46d', style: 'dashed' },
        { name: 'goal', x, y: pick(log.goalBytes), color: '#2ca02c', style: 'dashed' },
        ...(floor === undefined || !known ? [] : [{ name: 'live floor', x: floor.timeMs, y: floor.bytes, color: '#d62728', style: 'line' as const }]),
      ],
    },
    { title: 'pauses', unit: 'ms', lines: [{ name: 'stopped', x, y: pick(log.pauseMs), color: '#d62728', style: 'points' }] },
    { title: 'share of time in collections, around each', unit: 'share', lines: [{ name: 'stopped', x, y: stoppedShare(x, pick(log.pauseMs)), color: '#7f3fbf' }] },
  ])
}

/** Pauses over time in a window of 2 % of the log, at least of 5 collections. */
function stoppedShare(x: number[], pause: number[]): number[] {
  const half = Math.max(2, Math.round(x.length / 100))
  const before = new Float64Array(x.length + 1) // stopped before each collection, added up
  for (let at = 0; at < x.length; at++) before[at + 1] = before[at]! + (Number.isNaN(pause[at]!) ? 0 : pause[at]!)
  return x.map((_, at) => {
    const from = Math.max(0, at - half)
    const to = Math.min(x.length - 1, at + half)
    const span = x[to]! - x[from]!
    return span > 0 ? Math.min(1, (before[to]! - before[from]!) / span) : Number.NaN
  })
}
