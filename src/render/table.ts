import { bytesText, countText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import type { SourceLocation } from '../model/heap-graph.ts'
import { placeText } from './node-text.ts'

export interface TableOptions {
  columns: number
  /** Rows shown; the rest is counted in the last line. 25 when absent. */
  limit?: number | undefined
}

type Row = Readonly<Record<string, unknown>>

/** A list of records that can be shown as a table: the form of every table in `report.details`. */
export function isTable(value: unknown): value is readonly Row[] {
  return Array.isArray(value) && value.length > 0 && value.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row))
}

/**
 * A table of plain records for the terminal. The names of the fields say how they are written: `…Bytes` as sizes,
 * `…Ms` as durations, `…Id` as `@id`, numbers as counts, places as `file:line:column`. Fields that are nested or are
 * node ordinals (`…Node`: meaningless outside the process) are left to the JSON.
 */
export function renderTable(rows: readonly Row[], { columns, limit = 25 }: TableOptions): string[] {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((field) => !field.endsWith('Node') && rows.some((row) => cellText(field, row[field]) !== undefined))
  const numeric = fields.map((field) => rows.some((row) => typeof row[field] === 'number'))
  // Numbers first: they are narrow and keep their columns; words end the line and may be cut.
  const order = [...fields.keys()].sort((a, b) => Number(numeric[b]) - Number(numeric[a]) || a - b)
  const shown = rows.slice(0, limit).map((row) => order.map((field) => cellText(fields[field]!, row[fields[field]!]) ?? ''))
  const titles = order.map((field) => titleOf(fields[field]!))
  const widths = titles.map((title, column) => Math.max(title.length, ...shown.map((cells) => cells[column]!.length)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (numeric[order[column]!] === true ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  ').trimEnd()
  const lines = [titles, ...shown].map((cells) => `  ${line(cells)}`).map((text) => (text.length > columns ? `${text.slice(0, columns - 1)}…` : text))
  if (rows.length > limit) lines.push(`  … and ${countText(rows.length - limit)} more, all in --json`)
  return lines
}

/** `retainedBytes` → `retained`, `className` → `class`, `bytesPerOperation` → `bytes per operation`. */
function titleOf(field: string): string {
  const words = field.replace(/(?<=.)(Bytes|Ms|Name)$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return safeText(words, 40)
}

/** The cell's text, or undefined when the value cannot stand in a cell. */
function cellText(field: string, value: unknown): string | undefined {
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return '?'
    if (/bytes/i.test(field)) return bytesText(value)
    if (field.endsWith('Ms')) return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`
    if (/(^id|Id)$/.test(field)) return `@${value}`
    return countText(value)
  }
  if (typeof value === 'string') return safeText(value, 60)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (isPlace(value)) return placeText(value)
  return undefined
}

function isPlace(value: unknown): value is SourceLocation {
  return typeof value === 'object' && value !== null && 'file' in value && 'line' in value && typeof value.file === 'string' && typeof value.line === 'number'
}

/** Everything in `details` that reads as a table or as one value, under its name; the rest is left to the JSON. */
export function renderDetails(details: Readonly<Record<string, unknown>>, options: TableOptions): string[] {
  const lines: string[] = []
  const single = Object.entries(details).flatMap(([name, value]) => {
    const text = cellText(name, value)
    return text === undefined ? [] : [`  ${titleOf(name)}  ${text}`]
  })
  if (single.length > 0) lines.push('', ...single)
  for (const [name, value] of Object.entries(details)) if (isTable(value)) lines.push('', titleOf(name), ...renderTable(value, options))
  return lines
}
