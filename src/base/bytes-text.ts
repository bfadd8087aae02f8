const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** A size for people: `512 B`, `7.1 kB`, `74.2 MB`. Decimal units; the sign is kept; NaN is `?`. */
export function bytesText(bytes: number): string {
  if (Number.isNaN(bytes)) return '?'
  let value = Math.abs(bytes)
  let unit = 0
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit === 0 ? String(Math.round(value)) : value.toFixed(value < 99.95 ? 1 : 0)
  return `${bytes < 0 ? '-' : ''}${digits} ${UNITS[unit]}`
}

/** A count with groups of three: `10 907`. */
export function countText(count: number): string {
  const rounded = Math.abs(count) >= 100 || Number.isInteger(count) ? Math.round(count).toString() : count.toFixed(1)
  return rounded.replace(/\B(?=(\d{3})+(?!\d))/g, ' ')
}
