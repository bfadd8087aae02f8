import { safeText } from '../base/safe-text.ts'
import type { Finding } from '../model/finding.ts'
import { renderFinding } from './finding-text.ts'

export interface SarifOptions {
  version: string
  /** Where findings go whose own line is not known or lies outside: a file of the repository, such as the baseline. */
  fallback: { file: string; line: number }
}

/**
 * Leaks as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as GitHub's code scanning takes it: places
 * relative to the repository, one rule for each pattern, our fingerprint as the partial one. A URL or an absolute path
 * as a place makes the upload fail, so such findings go to the fallback's line, and say so.
 */
export function renderSarif(findings: readonly Finding[], { version, fallback }: SarifOptions): string {
  const rules = new Map<string, Finding>()
  for (const finding of findings) if (!rules.has(finding.pattern)) rules.set(finding.pattern, finding)
  const ids = [...rules.keys()]
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'stillhere',
            version,
            rules: [...rules].map(([id, { category, advice }]) => ({ id, name: id, shortDescription: { text: `Memory leak: ${id}` }, help: { text: advice === '' ? id : advice }, properties: { category } })),
          },
        },
        results: findings.map((finding) => {
          const place = placeInRepository(finding)
          return {
            ruleId: finding.pattern,
            ruleIndex: ids.indexOf(finding.pattern),
            level: 'error',
            message: { text: [renderFinding(finding, 100).trimEnd(), ...(place === undefined ? ['Its own line is not known; shown here instead.'] : [])].join('\n') },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: uriOf(place?.file ?? fallback.file) },
                  region: { startLine: place?.line ?? fallback.line, ...(place?.column === undefined ? {} : { startColumn: place.column }) },
                },
              },
            ],
            partialFingerprints: { 'stillhere/v1': finding.fingerprint },
          }
        }),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

/** The holder's line, else where it is added to or allocated, else the path's nearest; only inside the repository. */
export function placeInRepository({ location, addedAt, allocatedAt, paths }: Finding): { file: string; line: number; column?: number | undefined } | undefined {
  const steps = paths.flatMap((path) => path.steps.map((step) => step.location)).reverse()
  return [location, ...(addedAt ?? []), ...(allocatedAt ?? []), ...steps].find((place) => place !== undefined && !/^(?:[a-z][a-z+.-]*:|\/|\\|\.\.|\()/i.test(place.file) && !place.file.includes('node_modules'))
}

function uriOf(file: string): string {
  return safeText(file, 1000).replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')
}
