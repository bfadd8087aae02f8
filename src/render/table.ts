import { bytesText, countText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import type { SourceLocation } from '../model/heap-graph.ts'
import { placeText } from './node-text.ts'
import { wrap } from './wrap.ts'

export interface TableOptions {
  columns: number
  /** Rows shown; the rest is counted in the last line. 50 when absent. */
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
export function renderTable(rows: readonly Row[], { columns, limit = 50 }: TableOptions): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => !name.endsWith('Node') && rows.some((row) => cellText(name, row[name]) !== undefined))
  const shown = rows.slice(0, limit)
  const fields = names.map((name): Field => {
    const cells = shown.map((row) => cellText(name, row[name]) ?? '')
    const kind = rows.some((row) => typeof row[name] === 'number') ? 'number' : rows.some((row) => isPlace(row[name])) ? 'place' : 'words'
    return withTitle({ kind, title: [], cells, width: 0 }, [titleOf(name)])
  })
  const fitted = fit(fields, columns - 2)
  const height = Math.max(1, ...fitted.map(({ title }) => title.length))
  const lines = Array.from({ length: height }, (_, row) => line(fitted, ({ title }) => title[row - height + title.length] ?? ''))
  for (const row of shown.keys()) lines.push(line(fitted, ({ cells }) => cells[row]!))
  if (rows.length > limit) lines.push(`  … and ${countText(rows.length - limit)} more, all in --json`)
  return lines
}

interface Field {
  kind: 'number' | 'words' | 'place'
  title: readonly string[]
  cells: readonly string[]
  width: number
}

const NARROWEST_WORDS = 16

/**
 * Numbers first: they are narrow and whole. Places last, and only when there is room for all of them: half a path
 * leads nowhere. What does not fit otherwise shortens the words.
 */
function fit(fields: readonly Field[], room: number): Field[] {
  const of = (kind: Field['kind']): Field[] => fields.filter((field) => field.kind === kind)
  const widthOf = (some: readonly Field[]): number => some.reduce((total, { width }) => total + width + 2, -2)
  const all = [...of('number'), ...of('words'), ...of('place')]
  if (widthOf(all) <= room) return all
  const high = all.map((field) => withTitle(field, titleLines(field)))
  if (widthOf(high) <= room) return high
  const fitted = high.filter(({ kind }) => kind !== 'place')
  for (let index = fitted.length - 1; index >= 0 && widthOf(fitted) > room; index--) {
    const field = fitted[index]!
    if (field.kind === 'words') fitted[index] = { ...field, width: Math.max(NARROWEST_WORDS, field.width - (widthOf(fitted) - room)) }
  }
  return fitted
}

function line(fields: readonly Field[], cellOf: (field: Field) => string): string {
  const cells = fields.map((field) => {
    const text = cellOf(field)
    const cell = text.length > field.width ? `${text.slice(0, field.width - 1)}…` : text
    return field.kind === 'number' ? cell.padStart(field.width) : cell.padEnd(field.width)
  })
  return `  ${cells.join('  ')}`.trimEnd()
}

function withTitle(field: Field, title: readonly string[]): Field {
  return { ...field, title, width: Math.max(...[...title, ...field.cells].map(({ length }) => length)) }
}

/** A title that is wider than what stands below it, on two lines or more. */
function titleLines({ title, cells }: Field): string[] {
  const words = title.join(' ')
  return wrap(words, Math.max(...cells.map(({ length }) => length), ...words.split(' ').map(({ length }) => length)))
}

/** `retainedBytes` → `retained`, `className` → `class`, `bytesPerOperation` → `bytes per operation`. */
function titleOf(field: string): string {
  const words = field.replace(/(?<=.)(Bytes|Ms|Name|Id)$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
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
  if (typeof value === 'string') return safeText(value, 100)
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
