import { explainGcLine } from '../analysis/gc/explain-line.ts'
import { renderGcCharts } from '../render/gc-charts.ts'
import { renderExplainedLine } from '../render/explained-line.ts'
import { renderTerminalChart } from '../render/terminal-chart.ts'
import type { GcLogAnswer } from './read-gc-log.ts'

/** A read log as pictures: SVG, and the live heap for a terminal of some columns. */
export function drawGcCharts({ log, collections, summary }: GcLogAnswer): { svg(): string; terminal(columns: number): string } {
  return {
    svg: () => renderGcCharts({ log, collections, floor: summary.floor }),
    terminal: (columns) =>
      renderTerminalChart({ title: 'heap after collections', bytes: Array.from(collections, (collection) => log.usedAfterBytes[collection]!), columns }),
  }
}

/** One line of a log with its fields explained, as text or JSON. */
export function explainLine(line: string, form: 'text' | 'json'): string {
  const explained = explainGcLine(line)
  return form === 'json' ? `${JSON.stringify(explained, null, 2)}\n` : renderExplainedLine(explained)
}
