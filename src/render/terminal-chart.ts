import { plot } from 'asciichart'
import { bytesText } from '../base/bytes-text.ts'

const HEIGHT = 10
const AXIS = 12

/** A column of sizes as a chart of characters; thinned to the lowest of each column of the terminal. */
export function renderTerminalChart({ title, bytes, columns }: { title: string; bytes: readonly number[]; columns: number }): string {
  const known = bytes.filter((value) => !Number.isNaN(value))
  if (known.length < 2) return `${title}: fewer than two sizes, nothing to draw\n`
  const wide = Math.max(10, Math.min(known.length, columns - AXIS - 2))
  const points = Array.from({ length: wide }, (_, at) => Math.min(...known.slice(Math.floor((at * known.length) / wide), Math.max(Math.floor((at * known.length) / wide) + 1, Math.floor(((at + 1) * known.length) / wide)))))
  return `${title}\n${plot(points, { height: HEIGHT, format: (value: number) => bytesText(Math.max(0, value)).padStart(AXIS - 3) })}\n`
}
