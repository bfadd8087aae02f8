import { safeText } from '../base/safe-text.ts'

/** A log line's fields, each with its meaning, and what stands out. */
export function renderExplainedLine({ collector, fields, remarks }: { collector: string; fields: readonly { field: string; meaning: string }[]; remarks: readonly string[] }): string {
  const shown = fields.map(({ field, meaning }) => ({ field: safeText(field, 60), meaning }))
  const width = Math.max(...shown.map(({ field }) => field.length))
  const lines = [`a line of ${collector}`, ...shown.map(({ field, meaning }) => `  ${field.padEnd(width)}  ${meaning}`)]
  if (remarks.length > 0) lines.push('what stands out', ...remarks.map((remark) => `  ${safeText(remark, 400)}`))
  return `${lines.join('\n')}\n`
}
