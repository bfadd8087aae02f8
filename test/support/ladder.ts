import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GrowthTracker, type GrowthResult } from '../../src/analysis/diff/growth-tracker.ts'
import { startRun } from '../../src/base/run.ts'
import { findHolderLines } from '../../src/jobs/holder-lines.ts'
import { loadHeap } from '../../src/jobs/load-heap.ts'
import type { Finding } from '../../src/model/finding.ts'
import type { Expected } from '../patterns/expected.ts'

const PROGRAMS = join(import.meta.dirname, '..', 'programs', 'patterns')

/** The planted programs, by name. */
export function patternPrograms(): string[] {
  return readdirSync(PROGRAMS).filter((file) => file.endsWith('.mjs') && file !== 'run.mjs').map((file) => file.slice(0, -'.mjs'.length)).sort()
}

/** What grew over a ladder of graphs of any runtime, however little: many programs share it. */
async function explainLadder(files: readonly string[], operations: readonly number[]): Promise<GrowthResult> {
  const run = startRun()
  const tracker = new GrowthTracker()
  for (const [rung, file] of files.entries()) {
    const { graph } = await loadHeap(file, run)
    tracker.add(graph, { operations: operations[rung]! }, run)
  }
  return tracker.explain({ per: 'operation', mostFindings: 200, leastShare: 0 }, run)
}

export async function grownOver(files: readonly string[], operations: readonly number[]): Promise<Finding[]> {
  return (await explainLadder(files, operations)).findings
}

/** The programs whose expected finding is not among these. */
export function missedOf(expected: Readonly<Record<string, Expected>>, findings: readonly Finding[]): string[] {
  return Object.entries(expected)
    .filter(([, { pattern, category, className }]) => !findings.some((each) => each.verdict === 'leak' && each.pattern === pattern && each.category === category && each.subject.className.startsWith(className)))
    .map(([name]) => name)
}

/** Runs the programs side by side in one process of `binary`, and says what grew over its ladder of three snapshots. */
export async function runLadder(binary: string, kind: 'leak' | 'healthy', names: readonly string[]): Promise<GrowthResult> {
  const folder = mkdtempSync(join(tmpdir(), 'stillhere-ladder-'))
  const run = startRun()
  try {
    const printed = execFileSync(binary, ['--expose-gc', join(PROGRAMS, 'run.mjs'), kind, folder, ...names], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' })
    const operations = JSON.parse(printed) as number[]
    const result = await explainLadder(operations.map((_, rung) => join(folder, `${rung}.heapsnapshot`)), operations)
    result.findings = await findHolderLines(result.findings, run)
    return result
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
