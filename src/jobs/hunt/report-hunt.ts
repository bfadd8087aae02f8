import type { TrackedCollection } from '../../analysis/collections/collection-tracker.ts'
import { lifeRow } from '../../analysis/collections/tell-collections.ts'
import type { GrowthResult } from '../../analysis/diff/growth-tracker.ts'
import { objectBytes } from '../../analysis/rounds/floor.ts'
import type { Judgement } from '../../analysis/rounds/judge.ts'
import { bytesText, countText } from '../../base/bytes-text.ts'
import type { Finding, Growth } from '../../model/finding.ts'
import { type Report, REPORT_SCHEMA } from '../../model/report.ts'
import type { Notice } from '../../model/source.ts'
import type { ControlOutcome } from '../../analysis/verify/take-out-control.ts'
import type { RuntimeFacts } from '../../probes/node-inspector.ts'
import type { CatchOutcome } from './catch-writes.ts'
import type { HuntPlan } from './hunt-plan.ts'
import type { Measured } from './measure.ts'
import type { Operation } from './operation.ts'
import { memoryParts, nativeText, type NativeTriage, triageNative } from '../../analysis/rounds/triage.ts'
import { processFinding } from './process-finding.ts'

export interface HuntOutcome {
  plan: HuntPlan
  target: string
  /** The worker thread it is about. */
  thread?: string | undefined
  runtime: RuntimeFacts
  /** Where the numbers come from, when not from Node's inspector. */
  source?: { format: string; runtime: string } | undefined
  operation: Operation
  address?: string | undefined
  measured: Measured
  growth: GrowthResult
  judgement: Judgement
  /** Absent where the runtime’s collections are not read. */
  collections?: readonly TrackedCollection[] | undefined
  control?: ControlOutcome | undefined
  /** Absent when nothing was watched. */
  caught?: readonly CatchOutcome[] | undefined
  lastedMs: number
}

const MOST_ROWS = 8
const FEWEST_CAME = 5
const MOST_WORKERS = 32

/** What was measured and judged, as the report a person and a script read. */
export function reportHunt({ plan, target, thread, runtime, source = { format: 'node-inspector', runtime: 'node' }, operation, address, measured, growth, judgement, collections = [], control, caught, lastedMs }: HuntOutcome): Report {
  const { floors, marks, perRound } = measured
  return {
    schema: REPORT_SCHEMA,
    tool: { name: 'stillhere', version: plan.version },
    command: 'hunt',
    verdict: judgement.verdict,
    summary: `${thread === undefined ? '' : `in ${thread}: `}${summaryOf({ operation, measured, growth, judgement })}`,
    wouldDecide: judgement.wouldDecide,
    sources: [
      { name: target, ...source, ...(runtime.version === '' ? {} : { runtimeVersion: runtime.version }), takenAtMs: floors[0]?.atMs, idsAreStable: source.runtime === 'node', notices: [] },
    ],
    findings: findingsOf(growth, judgement, operation.per, nativeOf(measured)),
    notices: [
      ...measured.notices,
      ...failureNotices(measured, operation),
      ...cutsNotice(growth),
      ...growth.notLeaks.map((text) => ({ code: 'not-a-leak', count: 1, message: `no leak, and not counted: ${text}` })),
    ],
    details: {
      operation: address ?? (operation.selfDriven ? 'what the program does by itself' : 'module'),
      lastedMs,
      repeat: repeatOf(plan, measured),
      ...(control === undefined ? {} : { control }),
      ...(growth.cuts === undefined || growth.cuts.length === 0 ? {} : { cuts: growth.cuts.map(({ cuts, freedBytes, inAllBytes }) => ({ findings: cuts.map((at) => at + 1).join(' and '), freedBytes, inAllBytes })) }),
      ...collectionsTable(collections),
      ...(caught === undefined || caught.length === 0 ? {} : { watchedWrites: caught }),
      ...memoryTable(measured, operation.per),
      ...workersTable(measured),
      // Nested, so that it stays in the JSON: the summary says it for people.
      evidence: { reasons: judgement.reasons, heap: judgement.heap, external: judgement.external, code: judgement.code, detachedContexts: judgement.detachedContexts, snapshots: growth.total },
      rounds: floors.map((floor, round) => ({
        round,
        [`${operation.noun}s`]: round === 0 ? Math.round(floor.done) : Math.round((perRound[round - 1] ?? 0) * 10) / 10,
        floorBytes: floor.heapUsedBytes,
        ...(round === 0 ? {} : { gainedBytes: floor.heapUsedBytes - floors[round - 1]!.heapUsedBytes }),
        ...known({ codeBytes: floor.codeBytes, externalBytes: floor.externalBytes }),
        more: known({
          done: floor.done,
          objectBytes: objectBytes(floor),
          arrayBuffersBytes: floor.arrayBuffersBytes,
          rssBytes: floor.rssBytes,
          handles: floor.handleCount,
          stackBytes: floor.stackBytes ?? Number.NaN,
          contexts: floor.contextCount,
          detachedContexts: floor.detachedContextCount,
        }),
      })),
      snapshots: marks.map(({ path, done, sizeBytes, pauseMs }, index) => ({
        snapshot: index + 1,
        [`after${operation.noun[0]!.toUpperCase()}${operation.noun.slice(1)}s`]: Math.round(done * 10) / 10,
        sizeBytes,
        pauseMs,
        ...(plan.keepIn === undefined ? {} : { file: path }),
      })),
    },
  }
}

/** Collections in which entries came and went while the program worked; none is no table. */
function collectionsTable(collections: readonly TrackedCollection[]): { collections?: Record<string, unknown>[] } {
  const rows = collections.filter(({ life }) => life !== undefined && life.came >= FEWEST_CAME).slice(0, MOST_ROWS).map(lifeRow)
  return rows.length === 0 ? {} : { collections: rows }
}

/** Without what the runtime does not tell. */
function known(numbers: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => !Number.isNaN(value)))
}

/** Where several references would have to go: which first. */
function cutsNotice({ cuts = [], findings }: GrowthResult): Notice[] {
  const [first, ...more] = cuts
  if (first === undefined || findings.length < 2) return []
  const named = (positions: readonly number[]): string => positions.map((at) => String(at + 1)).join(' and ') + (positions.length > 1 ? ' together' : '')
  const then = more.map(({ cuts: next, inAllBytes }) => `, then ${named(next)} (${bytesText(inAllBytes)} in all)`).join('')
  return [{ code: 'what-to-cut', count: 1, message: `to free most with least: first ${named(first.cuts)} (${bytesText(first.freedBytes)})${then}; sizes are exact, the order is chosen greedily` }]
}

/** The worker threads seen beside the main thread. */
function workersTable({ workers }: Measured): { workers?: Record<string, unknown>[] } {
  if (workers === undefined || workers.threads.length === 0) return {}
  return {
    workers: workers.threads.slice(0, MOST_WORKERS).map(({ label, floors, left }) => ({
      worker: label,
      ...(floors.length === 0 ? {} : { floorBytes: floors.at(-1)!.heapUsedBytes, gainedBytes: objectBytes(floors.at(-1)!) + floors.at(-1)!.externalBytes - objectBytes(floors[0]!) - floors[0]!.externalBytes }),
      looks: floors.length,
      ended: left ?? '',
    })),
  }
}

function nativeOf({ floors, quietFloors = [], marks }: Measured): NativeTriage {
  return triageNative(floors, quietFloors, marks.map(({ takenAtMs }) => takenAtMs))
}

/** The parts of the process that changed at all: which of them rise says what kind of leak it is. */
function memoryTable(measured: Measured, per: Growth['per']): { memory?: Record<string, unknown>[] } {
  const parts = memoryParts(measured.floors, nativeOf(measured)).filter(({ course }) => course !== 'flat')
  if (parts.length === 0) return {}
  const isCount = (part: string): boolean => part.endsWith('(count)')
  return { memory: parts.map(({ part, gained, lateRate, course, advice }) => ({ part, course, gained: isCount(part) ? countText(gained) : bytesText(gained), [`latePer${per[0]!.toUpperCase()}${per.slice(1)}`]: isCount(part) ? lateRate.toFixed(2) : bytesText(lateRate), advice, more: { gained, lateRate } })) }
}

/** What `verify` needs to ask for the same once more. Headers and bodies may hold secrets: only that there were some is kept. */
function repeatOf({ operation, worker, warmup, operations, rounds, everyMs }: HuntPlan, { perRound, failed }: Measured): Record<string, unknown> {
  const asked = { worker, warmup, operations: operations ?? (operation.kind === 'none' ? undefined : perRound[0]), rounds, everyMs, failed }
  if (operation.kind !== 'request') return { ...operation, ...asked }
  const { headers, body, ...shown } = operation
  return { ...shown, headerNames: Object.keys(headers), hadBody: body !== undefined, ...asked }
}

/** The biggest first; those the floors agree with are leaks. A healthy program has none. Beside a rise that nobody was found for, what only the snapshots show is left open. */
function findingsOf(growth: GrowthResult, judgement: Judgement, per: Growth['per'], native: NativeTriage): Finding[] {
  if (judgement.verdict === 'healthy') return []
  if (judgement.unexplained !== undefined) {
    const open = growth.findings.filter(({ verdict }) => verdict === 'leak' || verdict === 'suspect')
    return [processFinding(judgement.unexplained, judgement, per, native), ...open.map((finding): Finding => ({ ...finding, verdict: 'undecided' }))]
  }
  return growth.findings
}

function summaryOf({ operation, measured, growth, judgement }: Pick<HuntOutcome, 'operation' | 'measured' | 'growth' | 'judgement'>): string {
  const { floors, perRound } = measured
  const { noun } = operation
  const rounds = `${countText(perRound.length)} rounds of ${countText(Math.round((perRound[0] ?? 0) * 10) / 10)} ${noun}s`
  const rate = (bytes: number): string => `${bytesText(bytes)} per ${noun}`
  switch (judgement.verdict) {
    case 'leak': {
      const [first, ...others] = growth.findings.filter(({ verdict }) => verdict === 'leak')
      const claimed = growth.total.bytes
      const objects = first?.growth === undefined || first.growth.count < 0.5 ? '' : ` and ${countText(Math.round(first.growth.count))} ${first.subject.className || 'object'}`
      if (judgement.unexplained === 'native') return `${nativeText(nativeOf(measured), noun)}; the heap is flat.`
      const seen = Math.max(judgement.heap.perUnit + judgement.external.perUnit, 0)
      // What a native object owns is in the snapshots and in the process, not in what the runtime says of its heap.
      const bytes = seen < 0.35 * claimed ? claimed : seen || claimed
      const share = first?.growth === undefined || others.length === 0 || claimed <= 0 ? '' : ` ${others.length + 1} causes, the first one ${Math.min(100, Math.round((100 * first.growth.bytes) / claimed))} %.`
      return `${bytesText(bytes)}${objects} per ${noun}, over ${rounds}.${share}`
    }
    case 'undecided':
      return `the floor rose by ${rate(judgement.lateUnit)} in the later of ${rounds}, ${growth.findings.length === 0 ? 'but nothing in the snapshots explains it' : 'and something grew in the snapshots, but that is not enough to call it a leak'}.`
    default:
      if (measured.wentAwayBytes !== undefined) {
        return `nothing stays: ${rounds} left ${bytesText(floors.at(-1)!.heapUsedBytes - floors[0]!.heapUsedBytes)} behind, and ${bytesText(measured.wentAwayBytes)} went away by itself when nothing more was asked of the program.`
      }
      return `nothing keeps growing: ${rounds}, floor ${bytesText(floors.at(-1)?.heapUsedBytes ?? Number.NaN)}, in the later half ${judgement.lateUnit >= 0 ? '+' : ''}${rate(judgement.lateUnit)}.`
  }
}

function failureNotices({ failed, firstFailure = 'no answer', cutShort, wentAwayBytes }: Measured, { noun }: Operation): Notice[] {
  const notices: Notice[] = []
  if (wentAwayBytes !== undefined) notices.push({ code: 'went-away', count: 1, message: `${bytesText(wentAwayBytes)} of what the rounds left went away by itself before the last snapshot` })
  if (failed > 0) notices.push({ code: 'failed-operations', count: failed, message: `${noun}s failed: ${firstFailure}` })
  if (cutShort !== undefined) notices.push({ code: 'program-ended', count: 1, message: `measuring ended early: ${cutShort}; what was measured until then was judged` })
  return notices
}
