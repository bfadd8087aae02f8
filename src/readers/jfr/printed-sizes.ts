const UNITS: Readonly<Record<string, number>> = { byte: 1, bytes: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 }

/** `520 bytes`, `24.0 kB` as `jfr print` writes them (its kB is 1 024 bytes); undefined for what is no size. */
export function bytesOfText(text: string): number | undefined {
  const [, number, unit] = /^([\d.,]+) (bytes?|kB|MB|GB|TB)\s*$/.exec(text) ?? []
  if (number === undefined || unit === undefined) return undefined
  const value = Number(number.replace(',', '.'))
  return Number.isNaN(value) ? undefined : Math.round(value * UNITS[unit]!)
}
