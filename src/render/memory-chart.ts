import { bytesText } from '../base/bytes-text.ts'

export interface ChartOptions {
  /** Characters for the drawing itself; the scale takes twelve more. */
  width: number
  height: number
  /** A line at this height, if it is near enough to be shown. */
  limitBytes?: number | undefined
  /** Live memory, drawn as dots on the same scale. */
  live?: ArrayLike<number> | undefined
}

/**
 * Memory over time in characters: `█` up to the lowest value of each column's share of the time, `░` up to the highest, `·` live
 * memory, `─` the limit. Readable without colours, in any width.
 */
export function drawMemoryChart(values: ArrayLike<number>, { width, height, limitBytes, live }: ChartOptions): string[] {
  const columns = rangesOf(values, width)
  const lives = live === undefined ? [] : rangesOf(live, width)
  const highest = columns.reduce((most, column) => Math.max(most, column?.high ?? 0), 0)
  if (highest === 0) return []
  const showLimit = limitBytes !== undefined && limitBytes <= highest * 2
  const top = showLimit ? Math.max(highest, limitBytes) * 1.02 : highest
  const rowOf = (bytes: number): number => Math.min(height - 1, Math.floor((bytes / top) * height))
  const lines: string[] = []
  for (let row = height - 1; row >= 0; row--) {
    const cells = Array.from({ length: width }, (_, i) => {
      const column = columns[i]
      const point = lives[i]
      if (point !== undefined && rowOf(point.low) === row) return '·'
      if (column !== undefined && row <= rowOf(column.low)) return '█'
      if (column !== undefined && row <= rowOf(column.high)) return '░'
      return showLimit && rowOf(limitBytes) === row ? '─' : ' '
    })
    const label = showLimit && rowOf(limitBytes) === row ? `lim ${bytesText(limitBytes)}` : row === height - 1 ? bytesText(top) : row === 0 ? '0 B' : ''
    lines.push(`${label.padStart(11)} ${cells.join('').trimEnd()}`)
  }
  return lines
}

function rangesOf(values: ArrayLike<number>, width: number): ({ low: number; high: number } | undefined)[] {
  const columns: ({ low: number; high: number } | undefined)[] = Array.from({ length: width }, () => undefined)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (Number.isNaN(value)) continue
    // Fewer values than columns: the newest stand at the right.
    const at = values.length < width ? width - values.length + i : Math.floor((i * width) / values.length)
    const column = columns[at]
    if (column === undefined) columns[at] = { low: value, high: value }
    else {
      column.low = Math.min(column.low, value)
      column.high = Math.max(column.high, value)
    }
  }
  return columns
}
