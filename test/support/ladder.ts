import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GrowthTracker, type GrowthResult } from '../../src/analysis/diff/growth-tracker.ts'
import { startRun } from '../../src/base/run.ts'
import { findHolderLines } from '../../src/jobs/holder-lines.ts'
import { loadHeap } from '../../src/jobs/load-heap.ts'

const PROGRAMS = join(import.meta.dirname, '..', 'programs', 'patterns')

/** The planted programs, by name. */
export function patternPrograms(): string[] {
  return readdirSync(PROGRAMS).filter((file) => file.endsWith('.mjs') && file !== 'run.mjs').map((file) => file.slice(0, -'.mjs'.length)).sort()
}

/** Runs the programs side by side in one process of `binary`, and says what grew over its ladder of three snapshots. */
export async function runLadder(binary: string, kind: 'leak' | 'healthy', names: readonly string[]): Promise<GrowthResult> {
  const folder = mkdtempSync(join(tmpdir(), 'stillhere-ladder-'))
  const run = startRun()
  try {
    const printed = execFileSync(binary, ['--expose-gc', join(PROGRAMS, 'run.mjs'), kind, folder, ...names], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' })
    const operations = JSON.parse(printed) as number[]
    const tracker = new GrowthTracker()
    for (const [rung, done] of operations.entries()) {
      const { graph } = await loadHeap(join(folder, `${rung}.heapsnapshot`), run)
      tracker.add(graph, { operations: done }, run)
    }
    const result = tracker.explain({ per: 'operation', mostFindings: 200, leastShare: 0 }, run)
    result.findings = await findHolderLines(result.findings, run)
    return result
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
