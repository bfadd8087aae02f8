import { bytesText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import type { Finding } from '../model/finding.ts'
import { placeText } from './node-text.ts'
import { painter } from './paint.ts'
import { renderPath } from './path-text.ts'
import { hang } from './wrap.ts'

/** One finding alone, for the text of a failed assertion: what is held by what, the path, the way out. No colors. */
export function renderFinding(finding: Finding, columns: number): string {
  const lines = hang('', safeText(finding.title, 300), columns)
  for (const path of finding.paths.slice(0, 1)) lines.push(...renderPath(path, columns - 2, painter(false)).map((line) => `  ${line}`))
  if (finding.location !== undefined) lines.push(`  line   ${placeText(finding.location)}`)
  for (const reason of finding.reasons.slice(1)) lines.push(...hang(reason.for ? '  why    ' : '  but    ', safeText(reason.text, 600), columns))
  if (finding.advice !== '') lines.push(...hang('  fix    ', safeText(finding.advice, 1000), columns))
  const frees = finding.retainedBytes === undefined ? '' : `${bytesText(finding.retainedBytes)}, `
  lines.push(`  keeps  ${frees}fingerprint ${safeText(finding.fingerprint, 40)}`)
  return `${lines.join('\n')}\n`
}
