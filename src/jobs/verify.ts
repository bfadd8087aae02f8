import { type Compared, type Comparison, compareFindings, type SideOfComparison } from '../analysis/verify/compare-findings.ts'
import type { ControlOutcome } from '../analysis/verify/take-out-control.ts'
import { bytesText } from '../base/bytes-text.ts'
import type { Run } from '../base/run.ts'
import type { Growth } from '../model/finding.ts'
import { type Report, REPORT_SCHEMA } from '../model/report.ts'
import type { Notice } from '../model/source.ts'
import { hunt } from './hunt.ts'
import type { HuntEvent, HuntPlan } from './hunt/hunt-plan.ts'
import { failedShare } from './verify/recorded-hunt.ts'

/** Hunts once more, with a planted control, and compares with the report from before the fix. @throws UsageError, ProbeError, ReadError, StoreError, Cancelled */
export async function verifyByHunt(before: Report, plan: HuntPlan, run: Run, tell?: (event: HuntEvent) => void): Promise<Report> {
  const after = await hunt({ ...plan, control: 'planted' }, run, tell)
  const control = after.details?.['control'] as ControlOutcome | undefined
  // In other runtimes nothing can be planted.
  if (control === undefined && after.sources.some(({ runtime }) => runtime !== 'node')) return verifyReports(before, after, { version: plan.version })
  // A hunt that says nothing of its control has not shown anything.
  return verifyReports(before, after, { version: plan.version, control: control ?? { isSeen: false, plantedRate: Number.NaN } })
}

/** Compares two reports of the same operation; without a control that was planted, silence of the second is taken as it is. */
export function verifyReports(before: Report, after: Report, { version, control }: { version: string; control?: ControlOutcome | undefined }): Report {
  const comparison = compareFindings(sideOf(before), sideOf(after), control)
  const [doubt, ...moreDoubts] = comparison.doubts
  return {
    schema: REPORT_SCHEMA,
    tool: { name: 'stillhere', version },
    command: 'verify',
    verdict: comparison.verdict,
    summary: summaryOf(comparison, control),
    wouldDecide: doubt === undefined ? undefined : 'the same hunt once more, after what stands in the notices is mended',
    sources: after.sources,
    findings: after.findings,
    notices: [...[doubt, ...moreDoubts].flatMap(doubtNotice), ...controlNotice(control, comparison.rows[0]), ...after.notices],
    details: {
      comparison: comparison.rows.map(rowOf),
      ...(control === undefined ? {} : { control }),
      ...(after.details?.['repeat'] === undefined ? {} : { repeat: after.details['repeat'] }),
      ...(after.details?.['rounds'] === undefined ? {} : { rounds: after.details['rounds'] }),
    },
  }
}

function sideOf(report: Report): SideOfComparison {
  return { verdict: report.verdict, findings: report.findings, failedShare: failedShare(report) }
}

function summaryOf({ verdict, rows, doubts }: Comparison, control: ControlOutcome | undefined): string {
  const [first] = doubts
  if (verdict === 'undecided') return `not shown to be gone: ${first ?? 'the hunt does not say'}.`
  const said = rows.map(inWords).join('; ')
  if (verdict === 'leak') return `${said}.`
  return control === undefined ? `${said}.` : `${said}. A leak planted in the same run was seen.`
}

function inWords({ change, title, before, after, ratio, isNoise }: Compared): string {
  switch (change) {
    case 'gone':
      return `gone: ${title}${rateText(before, ', it was ')}`
    case 'reduced':
      return `reduced by ${Math.round(100 * (1 - (ratio ?? 0)))} %${isNoise ? ', below noise' : ''}: ${title}`
    case 'same':
      return `${ratio !== undefined && ratio > 1.25 ? `still here, ${ratio.toFixed(1)} times as fast` : 'still here, as fast as before'}: ${title}`
    case 'new':
      return `new: ${title}${rateText(after, ', ')}`
    case 'unknown':
      return `unknown: ${title}`
  }
}

function rateText(growth: Growth | undefined, lead: string): string {
  return growth === undefined ? '' : `${lead}${bytesText(growth.bytes)} per ${growth.per}`
}

function rowOf({ change, fingerprint, title, before, after }: Compared): Record<string, unknown> {
  return {
    change,
    beforeBytes: before?.bytes,
    afterBytes: after?.bytes ?? (change === 'gone' ? 0 : undefined),
    beforeCount: before?.count,
    afterCount: after?.count ?? (change === 'gone' ? 0 : undefined),
    per: (after ?? before)?.per,
    title,
    fingerprint,
  }
}

function doubtNotice(doubt: string | undefined): Notice[] {
  return doubt === undefined ? [] : [{ code: 'not-proven', count: 1, message: doubt }]
}

function controlNotice(control: ControlOutcome | undefined, row: Compared | undefined): Notice[] {
  if (control === undefined) return [{ code: 'no-control', count: 1, message: 'no leak was planted to show that the second measurement would have seen one: two finished reports were compared, or a program that is not of Node' }]
  if (!control.isSeen) return []
  return [{ code: 'control-seen', count: 1, message: `the planted control was found: ${control.foundRate?.toFixed(2)} objects per ${(row?.after ?? row?.before)?.per ?? 'unit'}, planted ${control.plantedRate.toFixed(2)}; it is not among the findings` }]
}
