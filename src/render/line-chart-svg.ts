/**
 * Columns over time as a picture: lines, each with its name, over a common time axis, bytes or milliseconds upwards.
 * Scales and paths are d3's; no script, no style from outside, so the file opens anywhere.
 */
import { scaleLinear } from 'd3-scale'
import { line as linePath } from 'd3-shape'
import { bytesText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import { xmlText } from './xml-text.ts'

/** One line of a chart; a NaN breaks it. */
export interface ChartLine {
  name: string
  x: ArrayLike<number>
  y: ArrayLike<number>
  color: string
  style?: 'line' | 'dashed' | 'points' | undefined
}

export interface ChartPanel {
  title: string
  unit: 'bytes' | 'ms' | 'share'
  lines: readonly ChartLine[]
}

const WIDTH = 900
const PANEL_HEIGHT = 260
const LEFT = 72
const RIGHT = 150
const TOP = 34
const BOTTOM = 30
/** More points than columns of pixels show nothing more: each line is thinned to the lowest and highest of a column. */
const MOST_POINTS = 1200

/** Panels below each other over the same seconds. Lines without a single number are left out. */
export function renderLineCharts(title: string, panels: readonly ChartPanel[]): string {
  const drawn = panels.map((panel) => ({ ...panel, lines: panel.lines.map(thin).filter((line) => line.points.length > 0) })).filter(({ lines }) => lines.length > 0)
  const times = drawn.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(([x]) => x)))
  const first = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY)
  const last = times.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY)
  const x = scaleLinear([first, Math.max(last, first + 1)], [LEFT, WIDTH - RIGHT])
  const height = 28 + drawn.length * PANEL_HEIGHT
  const parts = drawn.map((panel, index) => renderPanel(panel, x, 28 + index * PANEL_HEIGHT))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="${LEFT}" y="20" font-size="15" font-weight="600">${xmlText(safeText(title, 120))}</text>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

function renderPanel(panel: { title: string; unit: ChartPanel['unit']; lines: Thinned[] }, x: ReturnType<typeof scaleLinear<number, number>>, top: number): string {
  const highest = Math.max(...panel.lines.flatMap(({ points }) => points.map(([, y]) => y)), 1e-9)
  const y = scaleLinear([0, highest], [top + PANEL_HEIGHT - BOTTOM, top + TOP]).nice(5)
  const text = (value: number): string => (panel.unit === 'bytes' ? bytesText(value) : panel.unit === 'share' ? `${Math.round(100 * value)} %` : `${value} ms`)
  const grid = y.ticks(5).map((tick) => {
    const at = y(tick).toFixed(1)
    return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="#ddd"/><text x="${LEFT - 6}" y="${at}" dy="4" text-anchor="end" fill="#555">${text(tick)}</text>`
  })
  const seconds = x.ticks(8).map((tick) => `<text x="${x(tick).toFixed(1)}" y="${top + PANEL_HEIGHT - BOTTOM + 16}" text-anchor="middle" fill="#555">${xmlText(timeText(tick))}</text>`)
  const path = linePath<[number, number]>((point) => x(point[0]), (point) => y(point[1])).defined((point) => !Number.isNaN(point[1]))
  const lines = panel.lines.map(({ line, points }) => {
    if (line.style === 'points') return points.map(([px, py]) => `<circle cx="${x(px).toFixed(1)}" cy="${y(py).toFixed(1)}" r="2" fill="${line.color}"/>`).join('')
    return `<path d="${path(points) ?? ''}" fill="none" stroke="${line.color}" stroke-width="1.6"${line.style === 'dashed' ? ' stroke-dasharray="5 4"' : ''}/>`
  })
  const names = panel.lines.map(({ line }, index) => `<text x="${WIDTH - RIGHT + 10}" y="${top + TOP + 12 + 18 * index}" fill="${line.color}">${xmlText(safeText(line.name, 24))}</text>`)
  return [`<text x="${LEFT}" y="${top + 20}" fill="#222">${xmlText(safeText(panel.title, 120))}</text>`, ...grid, ...seconds, ...lines, ...names].join('\n')
}

interface Thinned {
  line: ChartLine
  points: [number, number][]
}

function thin(line: ChartLine): Thinned {
  const points: [number, number][] = []
  const block = Math.max(1, Math.ceil((2 * line.x.length) / MOST_POINTS))
  for (let from = 0; from < line.x.length; from += block) {
    let low = -1
    let high = -1
    for (let at = from; at < Math.min(line.x.length, from + block); at++) {
      if (Number.isNaN(line.y[at]!) || Number.isNaN(line.x[at]!)) continue
      if (low < 0 || line.y[at]! < line.y[low]!) low = at
      if (high < 0 || line.y[at]! > line.y[high]!) high = at
    }
    for (const at of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) if (at >= 0) points.push([line.x[at]!, line.y[at]!])
  }
  return { line, points }
}

/** Milliseconds on the axis: seconds, minutes or hours, whichever reads well. */
function timeText(ms: number): string {
  if (ms < 120_000) return `${Number((ms / 1000).toPrecision(4))} s`
  return ms < 7_200_000 ? `${Number((ms / 60_000).toPrecision(4))} min` : `${Number((ms / 3_600_000).toPrecision(4))} h`
}
