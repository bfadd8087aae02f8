import { bytesText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'

/** Rows of any query, in three forms. Contents are untrusted; in each form they stay inside their cell. */

const WIDEST_CELL = 100
const NARROWEST_CELL = 16
const GAP = 2

/**
 * Rows for a person, in the order and under the names the query gave. Columns that end in `bytes` are sizes; all other
 * numbers stand as they are. `columns` is the room; what does not fit shortens the widest cells.
 */
export function rowsText(names: readonly string[], rows: readonly (readonly unknown[])[], { columns }: { columns: number }): string[] {
  const isNumber = names.map((_, at) => rows.some((row) => typeof row[at] === 'number') && rows.every((row) => row[at] === null || typeof row[at] === 'number'))
  const cells = rows.map((row) => names.map((name, at) => cellText(name, row[at])))
  const widths = names.map((name, at) => Math.max(safeText(name, WIDEST_CELL).length, ...cells.map((row) => row[at]!.length)))
  for (let over = total(widths) - columns; over > 0; over = total(widths) - columns) {
    const widest = widths.reduce((best, width, at) => (isNumber[at] !== true && (best < 0 || width > widths[best]!) ? at : best), -1)
    if (widest < 0 || widths[widest]! <= NARROWEST_CELL) break
    widths[widest] = Math.max(NARROWEST_CELL, widths[widest]! - over)
  }
  const line = (row: readonly string[]): string =>
    row.map((text, at) => (isNumber[at] === true ? fitted(text, widths[at]!).padStart(widths[at]!) : fitted(text, widths[at]!).padEnd(widths[at]!))).join(' '.repeat(GAP)).trimEnd()
  return [line(names.map((name) => safeText(name, WIDEST_CELL))), ...cells.map(line)]
}

const total = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width + GAP, -GAP)
const fitted = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text)

function cellText(name: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return /bytes$/i.test(name) ? bytesText(value) : Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))
  if (typeof value === 'string') return safeText(value, WIDEST_CELL)
  return safeText(JSON.stringify(value), WIDEST_CELL)
}

/** One line of CSV (RFC 4180), exact numbers; characters that steer a terminal are written as escapes. */
export function rowCsv(row: readonly unknown[]): string {
  return `${row.map(csvCell).join(',')}\n`
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = text.split('\n').map((line) => safeText(line, Number.POSITIVE_INFINITY)).join('\n')
  return /[",\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** One row as a JSON object. What steers a terminal is escaped, so the text read back is the same. */
export function rowJson(names: readonly string[], row: readonly unknown[]): string {
  const text = JSON.stringify(Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])))
  return text.replace(/[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
