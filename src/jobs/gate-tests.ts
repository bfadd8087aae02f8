import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Gate, judgeAgainstBaseline } from '../analysis/gate.ts'
import { ProbeError, ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { Baseline } from '../model/baseline.ts'
import type { Finding } from '../model/finding.ts'
import { REPORT_SCHEMA, type Report } from '../model/report.ts'
import { readBaseline } from './baseline-file.ts'

export interface GatePlan {
  /** Tests to run; empty: only the reports count. */
  command: readonly string[]
  /** Reports that other commands wrote with --json. */
  reports: readonly string[]
  baselinePath: string
  /** Where the tests' own output goes. */
  output: 'stdout' | 'stderr'
  version: string
  today: string
}

export interface GateResult {
  report: Report
  gate: Gate
  baseline: Baseline
  /** How the tests ended; undefined when none were run. */
  exitCode: number | undefined
}

/**
 * Runs tests that use `shouldGoAway`, gathers what they found and what reports say, and judges it by the baseline.
 * Every process below the command writes its findings into one folder, and tolerates what the baseline knows.
 * @throws ReadError for a report or baseline that is none, ProbeError when the command cannot be started
 */
export async function gateTests(plan: GatePlan, run: Run): Promise<GateResult> {
  const baseline = await readBaseline(plan.baselinePath)
  const results = await mkdtemp(join(tmpdir(), 'stillhere-results-'))
  try {
    const exitCode = plan.command.length === 0 ? undefined : await runCommand(plan, results, run)
    run.checkpoint() // tests that were stopped say nothing of leaks
    const files = [...plan.reports, ...(await readdir(results)).toSorted().map((name) => join(results, name))]
    const reports = await Promise.all(files.map(readReport))
    const findings = onePerFingerprint(reports.flatMap((report) => report.findings))
    const gate = judgeAgainstBaseline(findings, baseline, plan.today)
    return { report: reportOf(gate, { exitCode, reports, version: plan.version }), gate, baseline, exitCode }
  } finally {
    await rm(results, { recursive: true, force: true })
  }
}

function runCommand({ command, baselinePath, output }: GatePlan, results: string, run: Run): Promise<number> {
  const [file, ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(file!, args, {
      stdio: ['inherit', output === 'stdout' ? 'inherit' : 2, 'inherit'],
      env: { ...process.env, STILLHERE_RESULTS: results, STILLHERE_BASELINE: baselinePath },
    })
    const stop = (): void => void child.kill('SIGTERM')
    run.signal?.addEventListener('abort', stop, { once: true })
    child.on('error', (cause) => reject(new ProbeError({ target: command.join(' '), step: 'start', problem: cause.message, cause })))
    child.on('exit', (code) => {
      run.signal?.removeEventListener('abort', stop)
      resolve(code ?? 1)
    })
  })
}

async function readReport(file: string): Promise<Report> {
  const refuse = (found: string, cause?: unknown): never => {
    throw new ReadError({ file, format: 'report', position: { kind: 'whole' }, expected: `a report of stillhere (--json), schema ${REPORT_SCHEMA}`, found, cause })
  }
  const text = await readFile(file, 'utf8').catch((error: Error) => refuse(error.message, error))
  try {
    const report = JSON.parse(text) as Report
    return report.schema === REPORT_SCHEMA && Array.isArray(report.findings) ? report : refuse(`schema ${String(report.schema)}`)
  } catch (error) {
    if (error instanceof ReadError) throw error
    return refuse('something that is not JSON', error)
  }
}

/** The same bug found by many tests is one: the finding with most objects stands for it. */
function onePerFingerprint(findings: readonly Finding[]): Finding[] {
  const best = new Map<string, Finding>()
  const weight = ({ subject }: Finding): number => (subject.kind === 'nodes' ? subject.count : 0)
  for (const finding of findings) {
    const known = best.get(finding.fingerprint)
    if (known === undefined || weight(finding) > weight(known)) best.set(finding.fingerprint, finding)
  }
  return [...best.values()]
}

function reportOf(gate: Gate, { exitCode, reports, version }: { exitCode: number | undefined; reports: readonly Report[]; version: string }): Report {
  const failing = gate.fresh.length + gate.expired.length
  const parts = [
    failing === 0 ? 'No new leak' : `${failing} ${failing === 1 ? 'leak' : 'leaks'} to fix`,
    ...(gate.expired.length > 0 ? [`${gate.expired.length} of them known, but their day has passed`] : []),
    ...(gate.known.length > 0 ? [`${gate.known.length} known`] : []),
    ...(gate.fixed.length > 0 ? [`${gate.fixed.length} fixed since the baseline was written, thank you: ${gate.fixed.map((leak) => leak.title).join('; ')}`] : []),
    ...(exitCode !== undefined && exitCode !== 0 ? [`the tests ended with exit code ${exitCode}`] : []),
  ]
  const known = gate.known.map(({ finding, leak }): Finding => ({ ...finding, verdict: 'healthy', title: `${finding.title}; known: ${leak.reason}${leak.expires === undefined ? '' : `, until ${leak.expires}`}` }))
  const expired = gate.expired.map(({ finding, leak }): Finding => ({ ...finding, reasons: [...finding.reasons, { for: true, text: `tolerated until ${leak.expires}: ${leak.reason}` }] }))
  return {
    schema: REPORT_SCHEMA,
    tool: { name: 'stillhere', version },
    command: 'test',
    verdict: failing > 0 ? 'leak' : exitCode !== undefined && exitCode !== 0 ? 'undecided' : 'healthy',
    summary: `${parts.join('; ')}.`,
    sources: reports.flatMap((report) => report.sources),
    findings: [...gate.fresh, ...expired, ...known],
    notices: reports.flatMap((report) => report.notices),
  }
}
