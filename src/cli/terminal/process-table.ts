import { bytesText } from '../../base/bytes-text.ts'
import { safeText } from '../../base/safe-text.ts'
import type { WatchedProcess } from '../../jobs/watch-all.ts'

/** The orders of the table, as the key for it goes through them. */
export const TABLE_ORDERS = ['growth', 'rate', 'now', 'pid', 'command'] as const
export type TableOrder = (typeof TABLE_ORDERS)[number]

const BIGGEST_FIRST: Readonly<Record<TableOrder, (a: WatchedProcess, b: WatchedProcess) => number>> = {
  growth: (a, b) => b.toBytes - b.fromBytes - (a.toBytes - a.fromBytes),
  rate: (a, b) => perHour(b) - perHour(a),
  now: (a, b) => b.toBytes - a.toBytes,
  pid: (a, b) => a.pid - b.pid,
  command: (a, b) => (a.command < b.command ? -1 : a.command > b.command ? 1 : a.pid - b.pid),
}

export function sortProcesses(processes: readonly WatchedProcess[], order: TableOrder): WatchedProcess[] {
  return processes.toSorted(BIGGEST_FIRST[order])
}

/** Growth an hour: the leak's own rate where a verdict knows one, else what was gained over the time it was watched. */
function perHour({ verdict, fromBytes, toBytes, seconds }: WatchedProcess): number {
  return verdict?.rate?.value ?? (seconds > 0 ? ((toBytes - fromBytes) / seconds) * 3600 : 0)
}

/** The head and one line for each process, in `columns`; of a program only its name, not its folder. The order is marked by a `v` behind the name of its column. */
export function tableLines(processes: readonly WatchedProcess[], { columns = 80, order }: { columns?: number; order?: TableOrder | undefined } = {}): string[] {
  const head = (name: TableOrder, width: number, at: 'left' | 'right' = 'right'): string => {
    const text = order === name ? `${name} v` : name
    return at === 'right' ? text.padStart(width) : text.padEnd(width)
  }
  const lines = [`${head('pid', 8)}  ${head('growth', 9)}  ${head('rate', 11)}  ${head('now', 8)}  ${'verdict'.padEnd(11)}  ${head('command', 0, 'left')}`]
  for (const each of processes) {
    const { pid, command, fromBytes, toBytes, verdict, seconds } = each
    const gained = toBytes - fromBytes
    const growth = gained === 0 ? '' : `${gained > 0 ? '+' : '−'}${bytesText(Math.abs(gained))}`
    // Over a few seconds a rate is no rate.
    const rate = verdict?.rate === undefined && (seconds < 10 || gained <= 0) ? '' : `${bytesText(perHour(each))}/h`
    const word = verdict === undefined ? '' : verdict.verdict === 'leak' ? `LEAK ${verdict.confidence.toFixed(2)}` : verdict.verdict
    lines.push(`${String(pid).padStart(8)}  ${growth.padStart(9)}  ${rate.padStart(11)}  ${bytesText(toBytes).padStart(8)}  ${word.padEnd(11)}  ${safeText(command.replace(/^\S*\//, ''), Math.max(12, columns - 60))}`)
  }
  return lines
}
