import type { Run } from '../base/run.ts'
import { UsageError } from '../base/errors.ts'
import { stackCost } from '../analysis/goroutines/goroutine-cost.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import type { Verdict } from '../model/finding.ts'
import { type Report, REPORT_SCHEMA } from '../model/report.ts'
import { recognizeInput } from '../readers/open.ts'
import type { ModelName } from '../readers/reader.ts'
import { analyzeHeap, type AnalyzePlan } from './analyze-heap.ts'
import { analyzeProfile } from './analyze-profile.ts'
import { diffHeaps, type DiffPlan } from './diff-heaps.ts'
import { diffProfiles } from './diff-profiles.ts'
import { layoutUnfit } from './load-heap.ts'
import { exportProfile, type ProfileExports } from './export-profile.ts'
import { decompress, fileSource } from './file-source.ts'
import { readGcLog } from './read-gc-log.ts'
import { readProfile } from './read-profile.ts'
import { stacksOfMoment } from './stacks-of-moment.ts'
import { type FileVerdict, judgeFile } from './verdict.ts'

/** What kind of thing a file holds, from its beginning. @throws ReadError, UsageError */
async function kindOf(file: string, format: string | undefined): Promise<ModelName> {
  return (await recognizeInput(await fileSource(file), { decompress, format })).makes
}

/**
 * Looks at one file, whatever it holds, and answers in the same words: a heap graph, an allocation profile, a GC log
 * or memory over time. `exports` asks for a profile in other tools' forms as well; `stacksFrom` is a file that tells what
 * the stacks of the goroutines of a profile took in all.
 * @throws ReadError, UsageError, Cancelled
 */
export async function analyze(plan: AnalyzePlan & { exports?: ProfileExports | undefined; stacksFrom?: string | undefined }, run: Run): Promise<Report> {
  const { file, format, version, exports = {}, stacksFrom } = plan
  const kind = await kindOf(file, format)
  const wanted = Object.entries(exports).find(([, path]) => path !== undefined)?.[0]
  if (wanted !== undefined && kind !== 'allocation-profile') {
    throw new UsageError({ argument: `--${wanted}`, given: `a ${kind.replace('-', ' ')}`, allowed: 'an allocation profile', hint: kind === 'heap-graph' ? `For who holds a heap, in the same form: stillhere export FILE --as ${wanted} --out PATH` : 'A flame graph shows where memory was allocated, which this file does not say.' })
  }
  if (plan.javaLayout !== undefined && kind !== 'heap-graph') throw layoutUnfit(`a ${kind.replace('-', ' ')}`)
  if (stacksFrom !== undefined && kind !== 'allocation-profile') throw stacksUnfit(`a ${kind.replace('-', ' ')}`)
  switch (kind) {
    case 'heap-graph':
      return analyzeHeap(plan, run)
    case 'gc-log':
      return (await readGcLog({ files: [file], format, version }, run)).report
    case 'memory-series':
      return seriesReport(await judgeFile(file, run, { format }), version)
    case 'allocation-profile': {
      const read = await readProfile(file, run, { format })
      const profile = stacksFrom === undefined ? read : await withStacks(read, stacksFrom, run)
      const report = analyzeProfile(profile, { version }, run)
      if (stacksFrom !== undefined) tellUnusedStacks(report, profile, stacksFrom)
      const written = await exportProfile(profile, exports)
      for (const path of written) report.notices.push({ code: 'written', count: 1, message: `written: ${path}` })
      return report
    }
  }
}

/** A goroutine profile that knows what all stacks took when it was taken. */
async function withStacks(profile: AllocationProfile, stacksFrom: string, run: Run): Promise<AllocationProfile> {
  if (profile.unit !== 'goroutines') throw stacksUnfit(`a profile of ${profile.unit}`)
  return { ...profile, totals: { ...profile.totals, stackBytes: await stacksOfMoment(stacksFrom, run) } }
}

function tellUnusedStacks(report: Report, profile: AllocationProfile, stacksFrom: string): void {
  if (stackCost(profile, 1)?.basis === 'on average') return
  report.notices.push({ code: 'another-moment', count: 1, message: `${stacksFrom} tells of smaller stacks than so many goroutines have: it is of another moment or process, and was not used` })
}

function stacksUnfit(given: string): UsageError {
  return new UsageError({ argument: '--stacks-from', given, allowed: 'a goroutine profile or dump to share the stacks among' })
}

/** Compares files of one kind: heap graphs object by object or by path, allocation profiles by site. */
export async function diff(plan: DiffPlan & { stacksFrom?: string | undefined }, run: Run): Promise<Report> {
  const { stacksFrom } = plan
  const kinds = await Promise.all(plan.files.map(async (file) => kindOf(file, plan.format)))
  const [kind] = kinds
  if (kinds.some((each) => each !== kind) || (kind !== 'heap-graph' && kind !== 'allocation-profile')) {
    throw new UsageError({
      argument: 'file',
      given: [...new Set(kinds)].join(' and '),
      allowed: 'heap graphs only, or allocation profiles only',
      hint: kind === 'memory-series' ? 'For memory over time: stillhere verdict FILE' : kind === 'gc-log' ? 'For GC logs: stillhere gc FILE…' : '`stillhere formats` says what each format makes.',
    })
  }
  if (stacksFrom !== undefined && kind !== 'allocation-profile') throw stacksUnfit(`a ${kind.replace('-', ' ')}`)
  if (kind === 'heap-graph') return diffHeaps(plan, run)
  if (plan.javaLayout !== undefined) throw layoutUnfit(`a ${kind.replace('-', ' ')}`)
  const profiles: AllocationProfile[] = []
  for (const file of plan.files) profiles.push(await readProfile(file, run, { format: plan.format }))
  const last = profiles.at(-1)
  const costed = stacksFrom === undefined || last === undefined ? last : await withStacks(last, stacksFrom, run)
  const report = diffProfiles(costed === undefined ? [] : [...profiles.slice(0, -1), costed], { version: plan.version }, run)
  if (stacksFrom !== undefined && costed !== undefined) tellUnusedStacks(report, costed, stacksFrom)
  return report
}

const VERDICTS: Record<string, Verdict> = { leak: 'leak', growing: 'suspect', undecided: 'undecided' }

function seriesReport({ series, verdict }: FileVerdict, version: string): Report {
  const overall = VERDICTS[verdict.verdict] ?? 'healthy'
  return {
    schema: REPORT_SCHEMA,
    tool: { name: 'stillhere', version },
    command: 'analyze',
    verdict: overall,
    summary: `memory over time, ${series.sampleCount} samples: ${verdict.verdict} (probability of a leak ${verdict.confidence.toFixed(2)}). ${verdict.reasons[0]?.text ?? ''}`.trim(),
    wouldDecide: verdict.wouldDecide,
    sources: [series.source],
    findings:
      overall === 'healthy' || overall === 'undecided'
        ? []
        : [
            {
              verdict: overall,
              pattern: 'growing-process',
              category: 'other',
              title: `the process grows${verdict.kind === undefined ? '' : `: ${verdict.kind}`}`,
              reasons: verdict.reasons.map(({ for: supports, text }) => ({ for: supports, text })),
              subject: { kind: 'process', className: series.process.command ?? '', metric: verdict.kind ?? '' },
              ...(verdict.rate === undefined ? {} : { growth: { bytes: verdict.rate.value / 3600, count: Number.NaN, per: 'second' as const } }),
              paths: [],
              fingerprint: '',
              advice: verdict.advice,
            },
          ],
    notices: [],
    details: { metrics: [...series.metrics.keys()].join(', '), samples: series.sampleCount },
  }
}
