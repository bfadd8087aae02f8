/**
 * The other process of `leakTest`: is told which snapshots to compare, answers with one message and ends.
 * Read one after the other, so that no process holds more than two.
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

const request = await new Promise<Request>((resolve) => {
  process.once('message', (message) => resolve(message as Request))
  process.once('disconnect', () => process.exit(0))
})
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
let answer: object
try {
  const report = await diffHeaps({ ...request, version: manifest.version, cwd: process.cwd(), classes: 0 }, startRun())
  const { STILLHERE_BASELINE: baselinePath, STILLHERE_RESULTS: results } = process.env
  if (results !== undefined) writeFileSync(join(results, `${process.pid}-${Date.now()}.json`), JSON.stringify(report))
  const known = baselinePath === undefined ? [] : judgeAgainstBaseline(report.findings, await readBaseline(baselinePath), new Date().toISOString().slice(0, 10)).known
  const tolerated = new Set(known.map(({ leak }) => leak.fingerprint))
  const leaks = report.findings.filter((finding) => finding.verdict === 'leak' && !tolerated.has(finding.fingerprint))
  answer = { result: { verdict: leaks.length > 0 ? 'leak' : report.verdict === 'leak' ? 'healthy' : report.verdict, summary: report.summary, findings: leaks, text: leaks.map((finding) => renderFinding(finding, 100)).join('\n') } }
} catch (error) {
  answer = { failure: error instanceof Error ? error.message : String(error) }
}
if (process.connected) process.send!(answer, undefined, undefined, () => process.exit(0))
else process.exit(0)
