import { sumOf } from '../../analysis/allocation/call-tree-totals.ts'
import { growingPlaces } from '../../analysis/allocation/growing-places.ts'
import { placeName } from '../../analysis/allocation/judge-profile.ts'
import { allocationPlaces } from '../../analysis/allocation/allocation-places.ts'
import { stackCost, stackCostText } from '../../analysis/goroutines/goroutine-cost.ts'
import { bytesText, countText } from '../../base/bytes-text.ts'
import type { Run } from '../../base/run.ts'
import type { AllocationProfile } from '../../model/allocation-profile.ts'
import { GoPprof } from '../../probes/go-pprof.ts'
import { writeWholeFile } from '../write-whole-file.ts'
import { refuseToOverwrite, type SnapshotPlan, type SnapshotTaken } from './snapshot-plan.ts'

const MOST_ROWS = 5

/**
 * Two heap profiles of a Go program, `afterMs` apart and each after a collection, and what its goroutines wait for.
 * Profiles are kept by the program all the time: asking costs it a collection and no memory to speak of.
 * @throws UsageError when a file it would write exists; ProbeError, StoreError, Cancelled
 */
export async function takeGoSnapshot(url: string, path: string, { afterMs }: Pick<SnapshotPlan, 'afterMs'>, run: Run): Promise<SnapshotTaken> {
  const stem = path.replace(/(\.pb)?\.gz$|\.pprof$/, '')
  const firstPath = `${stem}-before.pb.gz`
  const goroutinePath = `${stem}-goroutines.pb.gz`
  refuseToOverwrite([firstPath, goroutinePath])
  const go = await GoPprof.open(url, run)
  const before = await go.heap(run)
  await writeWholeFile(firstPath, before.bytes)
  for (const until = Date.now() + afterMs; Date.now() < until; ) {
    run.checkpoint()
    run.progress({ step: 'letting the program run between two profiles', done: 0 })
    await new Promise((resolve) => setTimeout(resolve, Math.min(100, Math.max(1, until - Date.now()))))
  }
  const takenAtMs = Date.now()
  const after = await go.heap(run)
  const pauseMs = Date.now() - takenAtMs
  await writeWholeFile(path, after.bytes)
  const goroutines = await go.goroutines(run)
  await writeWholeFile(goroutinePath, goroutines.bytes)
  const stackBytes = await go.stackBytes(run)
  const waits: AllocationProfile = Number.isNaN(stackBytes) ? goroutines.profile : { ...goroutines.profile, totals: { stackBytes } }
  const count = sumOf(waits.liveCount)
  const cost = stackCost(waits, count)
  const grown = growingPlaces([before.profile, after.profile], 'liveBytes').filter(({ rises }) => rises !== 'no')
  const waiting = allocationPlaces(goroutines.profile).slice(0, MOST_ROWS)
  return {
    path,
    nodeCount: undefined,
    sizeBytes: after.bytes.length,
    pauseMs,
    takenAtMs,
    target: go.base.href,
    runtime: 'Go',
    also: [
      { path: firstPath, what: `the heap ${Math.round(afterMs / 100) / 10} s before`, sizeBytes: before.bytes.length },
      { path: goroutinePath, what: 'goroutines', sizeBytes: goroutines.bytes.length },
    ],
    firstEvidence: [
      `${bytesText(sumOf(before.profile.liveBytes))} → ${bytesText(sumOf(after.profile.liveBytes))} live; ${grown.length === 0 ? 'no site grew beyond doubt' : 'what grew:'}`,
      ...grown.slice(0, MOST_ROWS).map(({ place, growth, doubt }) => `${`+${bytesText(growth)}`.padStart(10)}${doubt > 0 ? ` ± ${bytesText(doubt)}` : ''}  ${placeName(place)}`),
      `${countText(count)} goroutines${cost === undefined ? '' : `, ${stackCostText(cost)}`}:`,
      ...waiting.map((place) => `${countText(place.values.liveCount ?? Number.NaN).padStart(10)}  ${bytesText(stackCost(waits, place.values.liveCount ?? Number.NaN)?.bytes ?? Number.NaN).padStart(8)}  ${placeName(place)}`),
    ],
    notices: after.profile.source.notices,
  }
}
