import { safeText } from '../base/safe-text.ts'
import type { Report } from '../model/report.ts'

export interface TextOptions {
  color: boolean
  columns: number
}

/** The report for a person: the first line is the answer. */
export function renderText(report: Report, _options: TextOptions): string {
  const lines = [`${report.verdict.toUpperCase()}  ${safeText(report.summary, 400)}`]
  for (const [index, finding] of report.findings.entries()) lines.push('', `${index + 1}  ${safeText(finding.title, 400)}`)
  return `${lines.join('\n')}\n`
}
