import { safeText } from '../base/safe-text.ts'
import type { Finding } from '../model/finding.ts'
import { renderFinding } from './finding-text.ts'
import { placeInRepository } from './sarif.ts'

/**
 * Leaks as workflow commands of GitHub Actions, which shows them beside the line
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
 */
export function renderGithubAnnotations(findings: readonly Finding[], level: 'error' | 'notice'): string {
  return findings.map((finding) => {
    const place = placeInRepository(finding)
    const where = place === undefined ? '' : `file=${property(place.file)},line=${place.line}${place.column === undefined ? '' : `,col=${place.column}`},`
    return `::${level} ${where}title=${property(safeText(finding.title, 200))}::${data(renderFinding(finding, 100).trimEnd())}\n`
  }).join('')
}

/** What ends a command or begins another must not come out of the data. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
