import { sumOf } from '../../analysis/allocation/call-tree-totals.ts'
import { growingPlaces } from '../../analysis/allocation/growing-places.ts'
import { judgeGrowth, placeName } from '../../analysis/allocation/judge-profile.ts'
import { callersOf } from '../../analysis/allocation/allocation-places.ts'
import { costOfMore } from '../../analysis/goroutines/goroutine-cost.ts'
import { judgeRounds } from '../../analysis/rounds/judge.ts'
import { measureRise } from '../../analysis/rounds/rise.ts'
import { bytesText, countText } from '../../base/bytes-text.ts'
import type { Run } from '../../base/run.ts'
import type { AllocationProfile } from '../../model/allocation-profile.ts'
import type { Finding, Growth } from '../../model/finding.ts'
import { GoPprof } from '../../probes/go-pprof.ts'
import { residentBytes } from '../../probes/linux-process.ts'
import type { Explained } from '../hunt/explain-growth.ts'
import type { Measured } from '../hunt/measure.ts'
import { processFinding } from '../hunt/process-finding.ts'
import { writeWholeFile } from '../write-whole-file.ts'
import type { Witness } from './witness.ts'

/** Rounds in which the number of goroutines must have risen, each, to call it a leak. */
const ENOUGH_ROUNDS = 5

/**
 * A Go program that serves net/http/pprof: `HeapAlloc` after collections gives the floors, exactly; heap profiles the
 * sites, as samples; goroutine profiles where goroutines wait.
 * @throws ProbeError, Cancelled
 */
export async function witnessGo(url: string, pid: number | undefined, run: Run): Promise<Witness> {
  const go = await GoPprof.open(url, run)
  const heaps: AllocationProfile[] = []
  const goroutines: AllocationProfile[] = []
  let lastCount = Number.NaN
  return {
    runtime: 'go',
    title: 'Go',
    version: '',
    pid: pid ?? Number.NaN,
    format: 'pprof',
    async collectAndRead() {
      const memory = await go.readMemory(run)
      lastCount = memory.goroutines
      return { heapUsedBytes: memory.heapAllocBytes, rssBytes: pid === undefined ? Number.NaN : (residentBytes(pid) ?? Number.NaN), goroutineCount: lastCount, stackBytes: memory.stackBytes }
    },
    async mark(stem) {
      const takenAtMs = Date.now()
      const heap = await go.heap(run)
      const pauseMs = Date.now() - takenAtMs
      const waiting = await go.goroutines(run)
      await Promise.all([writeWholeFile(`${stem}.pb.gz`, heap.bytes), writeWholeFile(`${stem}-goroutines.pb.gz`, waiting.bytes)])
      heaps.push(heap.profile)
      goroutines.push(waiting.profile)
      return { path: `${stem}.pb.gz`, nodeCount: undefined, sizeBytes: heap.bytes.length, pauseMs, takenAtMs }
    },
    explain: (measured, { per }) => Promise.resolve(explainProfiles({ heaps, goroutines, measured, per })),
    close: () => Promise.resolve(),
  }
}

interface Evidence {
  heaps: readonly AllocationProfile[]
  goroutines: readonly AllocationProfile[]
  measured: Measured
  per: Growth['per']
}

/** The floors say how much grows, exactly; the profiles say where, as far as their samples reach. */
function explainProfiles({ heaps, goroutines, measured, per }: Evidence): Explained {
  const { marks, floors } = measured
  const operations = (marks.at(-1)?.done ?? 0) - (marks[0]?.done ?? 0)
  const perUnit = (finding: Finding, total: number, column: 'bytes' | 'count'): Finding => ({
    ...finding,
    growth: { bytes: Number.NaN, count: Number.NaN, ...finding.growth, [column]: total / operations, ...(column === 'bytes' ? { count: ((finding.growth?.count ?? Number.NaN) * (marks.length - 1)) / operations } : {}), per },
  })
  const changes = growingPlaces(heaps, 'liveBytes')
  const bySite = judgeGrowth(heaps, changes, 'liveBytes').map((finding) => perUnit(finding, (finding.growth?.bytes ?? 0) * (marks.length - 1), 'bytes'))
  const heapRise = sumOf(heaps.at(-1)?.liveBytes) - sumOf(heaps[0]?.liveBytes)
  const judgement = judgeRounds({ per, floors, findings: bySite, snapshotBytes: Math.max(0, floors.at(-1)!.heapUsedBytes - floors[0]!.heapUsedBytes) / Math.max(1, operations), snapshotCount: marks.length })
  let findings = bySite
  if (judgement.unexplained !== undefined) {
    const [most] = changes.filter(({ growth }) => growth > 0)
    const whole = processFinding(judgement.unexplained, judgement, per)
    findings = [
      {
        ...whole,
        title: `the heap rises steadily${most === undefined ? '' : `; most of what was sampled at ${placeName(most.place)}`}`,
        reasons: [...whole.reasons, ...(most === undefined ? [] : [{ for: false, text: `sampled: ${placeName(most.place)} gained ${bytesText(most.growth)} ± ${bytesText(most.doubt)}` }])],
        ...(most === undefined ? {} : { allocatedAt: callersOf(heaps.at(-1)!, most.place.heaviestSite, 5) }),
        advice: 'More operations (--ops, --rounds) let the samples say where; or set runtime.MemProfileRate = 4096 at the start of main.',
      },
    ]
    delete judgement.unexplained
  }
  const waiting = goroutineFinding({ goroutines, measured, per, operations })
  if (waiting !== undefined) {
    // What the heap gains without a site that shows it is what those goroutines hold.
    findings = [waiting, ...(judgement.verdict === 'leak' && findings === bySite ? bySite : [])]
    judgement.verdict = 'leak'
    judgement.wouldDecide = undefined
    judgement.reasons.push(waiting.reasons[0]!)
  } else if (judgement.verdict === 'healthy') findings = []
  return { growth: { findings, total: { bytes: Math.max(0, heapRise) / Math.max(1, operations), count: Number.NaN }, notLeaks: [], isSameProcess: true }, judgement, collections: [] }
}

/** More goroutines after every round: they are what keeps memory, stacks included, and never end. */
function goroutineFinding({ goroutines, measured, per, operations }: Omit<Evidence, 'heaps'> & { operations: number }): Finding | undefined {
  const counted = measured.floors.filter(({ handleCount }) => !Number.isNaN(handleCount))
  const rise = measureRise(counted.map(({ done }) => done), counted.map(({ handleCount }) => handleCount))
  if (rise.steps < ENOUGH_ROUNDS || rise.rose < rise.steps) return undefined
  const [finding] = judgeGrowth(goroutines, growingPlaces(goroutines, 'liveCount'), 'liveCount')
  if (finding === undefined) return undefined
  const reasons = [{ for: true, text: `goroutines: +${countText(Math.round(rise.perUnit * 100) / 100)} per ${per}; their number rose in ${countText(rise.rose)} of ${countText(rise.steps)} rounds` }, ...costReasons(counted), ...finding.reasons]
  return { ...finding, verdict: 'leak', reasons, subject: { kind: 'site', className: 'goroutine', functionName: finding.subject.kind === 'site' ? finding.subject.functionName : '' }, growth: { bytes: Number.NaN, count: ((finding.growth?.count ?? 0) * (goroutines.length - 1)) / operations, per } }
}

/** What each goroutine that came costs, from the floors: the process tells what all stacks take, and what lives. */
function costReasons(counted: Measured['floors']): Finding['reasons'] {
  const [first, last] = [counted[0]!, counted.at(-1)!].map(({ handleCount, heapUsedBytes, stackBytes = Number.NaN }) => ({ goroutines: handleCount, stackBytes, heapBytes: heapUsedBytes }))
  const cost = costOfMore(first!, last!)
  if (cost === undefined) return []
  const heap = cost.heapBytesEachAtMost > 0 ? `; of the heap each keeps ${bytesText(cost.heapBytesEachAtMost)} at the most, if all that it gained is theirs` : ''
  return [{ for: true, text: `each takes about ${bytesText(cost.stackBytesEach)} of stack: stacks grew by ${bytesText(cost.stackBytesEach * cost.more)} while ${countText(cost.more)} came${heap}` }]
}
