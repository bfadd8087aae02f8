import { safeText } from '../base/safe-text.ts'
import type { Finding } from '../model/finding.ts'
import { renderFinding } from './finding-text.ts'
import { xmlText } from './xml-text.ts'

/** One case of a JUnit report: a leak that fails the build, or one that is known and skipped. */
export interface JunitCase {
  finding: Finding
  outcome: 'failed' | 'known'
  /** Why it is tolerated, or that its day has passed. */
  note?: string | undefined
}

/**
 * Leaks as JUnit XML, one suite, as CI servers read it (the common part of the Jenkins and Ant dialects). A report
 * without leaks is one passed case, so that the suite does not vanish.
 */
export function renderJunit(cases: readonly JunitCase[]): string {
  const failed = cases.filter((each) => each.outcome === 'failed').length
  const skipped = cases.length - failed
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="stillhere" tests="${Math.max(1, cases.length)}" failures="${failed}" errors="0" skipped="${skipped}">`,
    `  <testsuite name="stillhere" tests="${Math.max(1, cases.length)}" failures="${failed}" errors="0" skipped="${skipped}">`,
  ]
  if (cases.length === 0) lines.push('    <testcase classname="stillhere" name="nothing leaks"/>')
  for (const { finding, outcome, note } of cases) {
    const place = finding.location === undefined ? '' : ` file="${escape(finding.location.file)}" line="${finding.location.line}"`
    lines.push(`    <testcase classname="stillhere.${escape(finding.pattern)}" name="${escape(`${finding.title} (${finding.fingerprint})`)}"${place}>`)
    if (outcome === 'failed') lines.push(`      <failure type="${escape(finding.pattern)}" message="${escape([finding.title, note].filter((text) => text !== undefined).join('; '))}">${escape(renderFinding(finding, 100))}</failure>`)
    else lines.push(`      <skipped message="${escape(note ?? 'known')}"/>`)
    lines.push('    </testcase>')
  }
  lines.push('  </testsuite>', '</testsuites>')
  return `${lines.join('\n')}\n`
}

/** Line by line, so that the lines stay; what XML 1.0 cannot hold becomes an escape that can be read. */
function escape(text: string): string {
  return xmlText(text.split('\n').map((line) => safeText(line, 4000)).join('\n')).replace(/[\ufffe\uffff]/g, '\ufffd')
}
