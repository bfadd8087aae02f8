import { join } from 'node:path'
import type { Protocol } from 'devtools-protocol'
import { CaptureRefused, ProbeError } from '../../base/errors.ts'
import { bytesText } from '../../base/bytes-text.ts'
import type { Run } from '../../base/run.ts'
import { objectBytes, type Floor } from '../../analysis/rounds/floor.ts'
import { isRising } from '../../analysis/rounds/judge.ts'
import { gainedBetweenSnapshots, nativeBytes } from '../../analysis/rounds/triage.ts'
import { measureRise } from '../../analysis/rounds/rise.ts'
import type { WorkersSeen } from '../../analysis/rounds/worker-rises.ts'
import { FIRST_ROUNDS, LADDER, nextRounds } from '../../analysis/rounds/round-plan.ts'
import type { AllocationProfile } from '../../model/allocation-profile.ts'
import type { Notice } from '../../model/source.ts'
import { atMost } from '../../probes/at-most.ts'
import { captureHeapSnapshot, forecastCapture, refuseCostlyCapture } from '../../probes/heap-capture.ts'
import { memoryRoom } from '../../probes/linux-process.ts'
import type { MemoryReading } from '../../probes/node-inspector.ts'
import type { PlantedControl } from '../../probes/planted-control.ts'
import { allocationsOfSampling } from '../../readers/v8-heapprofile.ts'
import { endShort } from './end-short.ts'
import { floorOf, readFloor } from './floor.ts'
import type { HuntEvent, HuntPlan } from './hunt-plan.ts'
import type { Operation } from './operation.ts'
import type { Target } from './target.ts'
import { waitIdle } from './wait-idle.ts'
import { warmUp } from './warm-up.ts'
import { WorkerWatch } from './watch-workers.ts'

/** One snapshot on the ladder, and how much had been done when it was taken. */
export interface Mark {
  path: string
  done: number
  /** Objects of the control that there were. */
  planted: number
  takenAtMs: number
  sizeBytes: number
  pauseMs: number
}

/** Everything a hunt measured, before anything is concluded from it. */
export interface Measured {
  /** The first is the one after warm-up, then one per round. */
  floors: Floor[]
  /** Of rounds after the last snapshot, when memory outside the heap seemed to rise: they are heard for that alone. */
  quietFloors?: Floor[] | undefined
  marks: Mark[]
  /** Of the main thread only: what its worker threads kept meanwhile. */
  workers?: WorkersSeen | undefined
  /** Operations (or seconds) in each round, in order. */
  perRound: number[]
  failed: number
  firstFailure?: string | undefined
  allocations?: AllocationProfile | undefined
  /** The same as the inspector gave it: the content of a `.heapprofile` file. */
  sampling?: Protocol.HeapProfiler.SamplingHeapProfile | undefined
  /** Of what the rounds left, so much went away by itself afterwards, when nothing was asked of the program. */
  wentAwayBytes?: number | undefined
  /** Why the measuring ended before it was done. */
  cutShort?: string | undefined
  notices: Notice[]
}

// What a hunt may add to the heap to confirm what it saw; snapshots cost 13 times as much while they are taken.
const CONFIRM_BYTES = 16e6
/** The middle of the first rounds, and how many there are when they cost too much. */
const HALF_WAY = 3
const FEWEST_ROUNDS = 5
const CONFIRM_MS = 10_000
const SAMPLING_INTERVAL_BYTES = 8192
/** What a process may gain outside its heap before that is looked into, and how long. */
const NATIVE_DOUBT_BYTES = 4e6
const NATIVE_MS = 15_000
const MOST_QUIET_ROUNDS = 29
/** A connection takes some memory itself, and work that is not quite done a little more; beyond both of these it is told. */
const ON_CONNECTIONS_BYTES = 200e3
const ON_CONNECTIONS_EACH_BYTES = 200
const BURST_MS = 2500
const ROUNDS_PER_BURST = 8
const OWN_PACE = { warmUpMs: 600, roundMs: 300 } as const
/** A program on its own clock may end at any time: it is looked at early and often. */
const OWN_PACE_MARKS = [3, 5, 7] as const

export interface MeasureContext {
  plan: HuntPlan
  target: Target
  operation: Operation
  control?: PlantedControl | undefined
  /** Where snapshots go. */
  folder: string
  tell: (event: HuntEvent) => void
}

/**
 * Warms up, then runs rounds; after each everything is collected and memory is read. Snapshots are taken after the
 * warm-up, after the first rounds, and at the end.
 * @throws ProbeError when the program goes away before two snapshots were taken; Cancelled
 */
export async function measure(context: MeasureContext, run: Run): Promise<Measured> {
  const measuring = new Measuring(context, run)
  const { target } = context
  try {
    await measuring.warmUp()
    await measuring.rounds()
  } catch (error) {
    // The connection is lost a moment before the end of the process is known.
    if (error instanceof ProbeError && target.ended() !== undefined && target.launched !== undefined) await atMost(target.launched.exited, 2000)
    endShort(error, { result: measuring.result, program: target }, run)
  } finally {
    await measuring.leaveWorkers()
  }
  return measuring.result
}

class Measuring {
  readonly result: Measured = { floors: [], marks: [], perRound: [], failed: 0, notices: [] }
  readonly #context: MeasureContext
  readonly #run: Run
  readonly #startedMs = Date.now()
  #before: MemoryReading | undefined
  #count = 1
  #roundMs: number[] = []
  #bytesPerNode: number | undefined
  #isSampling = false
  readonly #workers: WorkerWatch | undefined

  constructor(context: MeasureContext, run: Run) {
    this.#context = context
    this.#run = run
    if (context.target.thread !== undefined) return
    this.#workers = new WorkerWatch(context.target.inspector, () => context.operation.done(), run)
    this.result.workers = this.#workers.seen
  }

  async warmUp(): Promise<void> {
    const { plan, operation, target, tell } = this.#context
    this.#run.progress({ step: 'warming up', done: 0 })
    this.#count = await warmUp({ plan, operation }, (count) => this.#perform(count), OWN_PACE)
    await operation.rest()
    await this.#context.control?.plantUpTo(operation.done())
    const memory = await this.#readFloor()
    tell({ kind: 'warm-up', done: operation.done(), noun: operation.noun, memory })
    await this.#mark(memory)
    await target.inspector.startSampling(SAMPLING_INTERVAL_BYTES)
    this.#isSampling = true
    // The snapshot itself flattens strings and drops code: the first floor is the one after it.
    this.#pushFloor(await this.#readFloor())
    await this.#lookAtWorkers()
  }

  async rounds(): Promise<void> {
    const { plan } = this.#context
    let total = plan.rounds ?? FIRST_ROUNDS
    for (let round = 1; round <= total; round++) {
      await this.#round(round)
      if (plan.rounds === undefined && round === HALF_WAY && this.#isCostly()) total = FEWEST_ROUNDS
      if (round < total && this.#wantsMark(round, total)) await this.#mark(this.#before!)
    }
    await this.#mark(this.#before!)
    if (plan.rounds === undefined) {
      await this.#confirm()
      await this.#confirmNative()
    }
    await this.#context.target.inspector.stopSampling()
  }

  /** Whether a snapshot is due in the middle of the first rounds. */
  #wantsMark(round: number, total: number): boolean {
    if (this.#context.operation.selfDriven) return OWN_PACE_MARKS.includes(round as 3)
    if (this.#context.plan.rounds !== undefined) return round === Math.max(1, Math.floor(total / 2))
    // Where there will be no time or room for more rounds, the middle is now.
    return round === HALF_WAY && (this.#isCostly() || this.#roundBytes() * (LADDER[1] - FIRST_ROUNDS) > CONFIRM_BYTES)
  }

  /** Rounds that leave very much, or take very long: fewer must do. */
  #isCostly(): boolean {
    return this.#roundBytes() * FIRST_ROUNDS > 1.5 * CONFIRM_BYTES || Date.now() - this.#startedMs > 0.5 * this.#context.plan.budgetMs
  }

  /** What the heap gains in one round. */
  #roundBytes(): number {
    const { floors } = this.result
    return Math.max(0, measureRise(floors.map(({ done }) => done), floors.map(objectBytes)).perUnit * this.#count)
  }

  /** More rounds of the same: what is only filling or warming up slows down, a leak does not. */
  async #confirm(): Promise<void> {
    const { plan, operation } = this.#context
    const first = this.result.perRound.length
    const started = Date.now()
    let leftBytes = CONFIRM_BYTES
    for (;;) {
      const from = this.result.perRound.length
      const total = nextRounds(from, {
        roundMs: this.#roundMs.reduce((sum, ms) => sum + ms, 0) / this.#roundMs.length,
        roundBytes: this.#roundBytes(),
        // A snapshot is still to come, and reading it takes about as long again.
        leftMs: Math.min(CONFIRM_MS - (Date.now() - started), plan.budgetMs - (Date.now() - this.#startedMs) - 2 * (this.result.marks.at(-1)?.pauseMs ?? 0)),
        leftBytes,
      })
      if (total === from) break
      leftBytes -= this.#roundBytes() * (total - from)
      for (let round = from + 1; round <= total; round++) {
        // Longer rounds see through noise; what rises clearly needs none.
        if (operation.per === 'second' && plan.everyMs === undefined && !isRising(this.result.floors)) this.#count *= 1.25
        await this.#round(round)
      }
      if (!isRising(this.result.floors)) break
    }
    if (this.result.perRound.length === first) return
    if (!operation.selfDriven && isRising(this.result.floors)) await this.#idle()
    await this.#mark(this.#before!)
  }

  /**
   * A burst of operations without a snapshot where the heap is flat, and rounds of them where the process grew by it: a
   * snapshot leaves the allocator with free pages, in which a native leak hides until they are full.
   */
  async #confirmNative(): Promise<void> {
    const { plan, operation } = this.#context
    const { floors, marks } = this.result
    // What the process has outside the main thread's heap may be the heap of a worker.
    if (operation.selfDriven || isRising(floors) || this.#workers === undefined || this.#workers.isRising) return
    this.#run.progress({ step: 'looking at native memory', done: 0 })
    const before = this.#floorOf(await this.#readFloor())
    // Many operations at once: the allocator's free pages must be filled before anything shows.
    for (const until = Date.now() + BURST_MS; Date.now() < until; ) await this.#perform(this.#count)
    const open = this.#floorOf(await this.#readFloor())
    const burst = await this.#restAndRead()
    this.#tellConnections(objectBytes(open) - objectBytes(burst), burst.done - before.done)
    const gained = Math.max(nativeBytes(burst) - nativeBytes(before), gainedBetweenSnapshots(floors, marks.map(({ takenAtMs }) => takenAtMs)))
    if (!(gained >= NATIVE_DOUBT_BYTES)) return
    const count = Math.max(this.#count, Math.round((burst.done - before.done) / ROUNDS_PER_BURST))
    const until = Math.min(Date.now() + NATIVE_MS, this.#startedMs + Math.max(plan.budgetMs, 1.5 * (Date.now() - this.#startedMs)))
    const quiet = [burst]
    for (let round = 1; round <= MOST_QUIET_ROUNDS && Date.now() < until; round++) {
      this.#run.progress({ step: `looking at native memory, round ${round}`, done: 0 })
      await this.#perform(count)
      quiet.push(await this.#restAndRead())
    }
    this.result.quietFloors = quiet
  }

  /** Rounds end with their connections closed. What goes with those piles up where clients keep theirs. */
  #tellConnections(bytes: number, operations: number): void {
    if (bytes < ON_CONNECTIONS_BYTES || bytes < ON_CONNECTIONS_EACH_BYTES * operations) return
    this.result.notices.push({
      code: 'kept-by-connections',
      count: 1,
      message: `${bytesText(bytes / operations)} per ${this.#context.operation.noun} stayed as long as the connection was open, and went when it was closed: with clients that keep theirs (proxies, pools, browsers) it piles up. Look for listeners on the socket of a request that are not removed when it is answered`,
    })
  }

  async #restAndRead(): Promise<Floor> {
    const { operation, control } = this.#context
    await operation.rest()
    await control?.plantUpTo(operation.done())
    return this.#floorOf(await this.#readFloor())
  }

  async #idle(): Promise<void> {
    const { floors } = this.result
    await waitIdle(
      {
        gainedBytes: objectBytes(floors.at(-1)!) - objectBytes(floors[0]!),
        floorBytes: objectBytes(this.#before!),
        readFloor: async () => objectBytes(await this.#readFloor()),
        fell: (bytes) => (this.result.wentAwayBytes = (this.result.wentAwayBytes ?? 0) + bytes),
      },
      this.#run,
    )
  }

  async #round(number: number): Promise<void> {
    const { operation, tell } = this.#context
    const started = performance.now()
    this.#run.progress({ step: `round ${number}`, done: 0 })
    const before = this.#before!
    const doneBefore = this.result.floors.at(-1)!.done
    await this.#perform(this.#count)
    await operation.rest()
    await this.#context.control?.plantUpTo(operation.done())
    const memory = await this.#readFloor()
    this.#pushFloor(memory)
    this.result.perRound.push(this.result.floors.at(-1)!.done - doneBefore)
    this.#roundMs.push(performance.now() - started)
    await this.#lookAtWorkers()
    tell({ kind: 'round', number, done: this.result.perRound.at(-1)!, noun: operation.noun, memory, before })
  }

  async #perform(count: number): Promise<void> {
    const { failed, firstFailure } = await this.#context.operation.perform(count, this.#run)
    this.result.failed += failed
    this.result.firstFailure ??= firstFailure
  }

  async leaveWorkers(): Promise<void> {
    await this.#workers?.detach()
  }

  async #lookAtWorkers(): Promise<void> {
    const { operation } = this.#context
    const started = performance.now()
    await this.#workers?.look()
    operation.discount(performance.now() - started)
  }

  async #readFloor(): Promise<MemoryReading> {
    const { operation, target } = this.#context
    const started = performance.now()
    this.#before = await readFloor(target.inspector, operation.selfDriven ? 'working' : 'at-rest', this.#run)
    operation.discount(performance.now() - started)
    return this.#before
  }

  #pushFloor(memory: MemoryReading): void {
    this.result.floors.push(this.#floorOf(memory))
  }

  #floorOf(memory: MemoryReading): Floor {
    const { operation, target } = this.#context
    return floorOf(memory, operation.done(), target.thread === undefined ? 'process' : 'worker')
  }

  /** Takes a snapshot where the ladder asks for one. One that would cost too much is refused; the first refusal ends the hunt, later ones are told. */
  async #mark(memory: MemoryReading): Promise<void> {
    const { plan, target, operation, folder, tell } = this.#context
    const { marks, notices } = this.result
    const forecast = forecastCapture(memory, target.runtime.version, this.#bytesPerNode)
    if (plan.snapshots === 'careful') {
      try {
        refuseCostlyCapture(target.name, forecast, memoryRoom(target.runtime.pid))
      } catch (error) {
        if (marks.length === 0 || !(error instanceof CaptureRefused)) throw error
        notices.push({ code: 'snapshot-refused', count: 1, message: error.message })
        return
      }
    }
    // Beside every snapshot: a program on its own clock may be gone before the last.
    if (this.#isSampling) this.result.allocations = await this.#sampled()
    const done = operation.done()
    const number = marks.length + 1
    const capture = await captureHeapSnapshot(target.inspector, join(folder, `${number}.heapsnapshot`), this.#run)
    operation.discount(capture.pauseMs)
    this.#bytesPerNode = capture.nodeCount === undefined ? undefined : memory.heapUsedBytes / capture.nodeCount
    marks.push({ path: capture.path, done, planted: this.#context.control?.planted ?? 0, takenAtMs: capture.takenAtMs, sizeBytes: capture.sizeBytes, pauseMs: capture.pauseMs })
    tell({ kind: 'snapshot', number, sizeBytes: capture.sizeBytes, pauseMs: capture.pauseMs })
  }

  async #sampled(): Promise<AllocationProfile> {
    const { inspector, name, runtime } = this.#context.target
    const profile = await inspector.samplingProfile()
    this.result.sampling = profile
    const source = { name, format: 'v8-sampling-heap-profile', runtime: 'node', runtimeVersion: runtime.version, takenAtMs: Date.now(), idsAreStable: false, notices: [] }
    return allocationsOfSampling(profile.head, source, SAMPLING_INTERVAL_BYTES)
  }
}
