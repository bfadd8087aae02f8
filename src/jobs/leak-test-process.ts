/**
 * The other process of `leakTest`: is told which snapshots to compare, answers each question with one message, and ends
 * with its parent. Read one after the other, so that it never holds more than two.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { judgeAgainstBaseline } from '../analysis/gate.ts'
import { startRun } from '../base/run.ts'
import { renderFinding } from '../render/finding-text.ts'
import { readBaseline } from './baseline-file.ts'
import { diffHeaps } from './diff-heaps.ts'

interface Request {
  files: readonly string[]
  operations: number
}

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
process.on('message', (message) => {
  void answer(message as Request).then((reply) => {
    if (process.connected) process.send!(reply)
  })
})
process.once('disconnect', () => process.exit(0))

async function answer(request: Request): Promise<object> {
  try {
    const report = await diffHeaps({ ...request, version: manifest.version, cwd: process.cwd(), classes: 0 }, startRun())
    const { STILLHERE_BASELINE: baselinePath, STILLHERE_RESULTS: results } = process.env
    // Two snapshots only tell whether there is anything to look for.
    if (request.files.length > 2 && results !== undefined) writeFileSync(join(results, `${process.pid}-${Date.now()}.json`), JSON.stringify(report))
    const known = baselinePath === undefined ? [] : judgeAgainstBaseline(report.findings, await readBaseline(baselinePath), new Date().toISOString().slice(0, 10)).known
    const tolerated = new Set(known.map(({ leak }) => leak.fingerprint))
    const leaks = report.findings.filter((finding) => finding.verdict === 'leak' && !tolerated.has(finding.fingerprint))
    return { result: { verdict: leaks.length > 0 ? 'leak' : report.verdict === 'leak' ? 'healthy' : report.verdict, summary: report.summary, findings: leaks, text: leaks.map((finding) => renderFinding(finding, 100)).join('\n') } }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}
