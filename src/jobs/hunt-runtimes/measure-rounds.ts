import { join } from 'node:path'
import { CaptureRefused, ProbeError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import { isRising } from '../../analysis/rounds/judge.ts'
import { measureRise } from '../../analysis/rounds/rise.ts'
import { FIRST_ROUNDS, nextRounds } from '../../analysis/rounds/round-plan.ts'
import type { MemoryReading } from '../../model/memory-reading.ts'
import { atMost } from '../../probes/at-most.ts'
import { endShort } from '../hunt/end-short.ts'
import type { HuntEvent, HuntPlan } from '../hunt/hunt-plan.ts'
import type { Measured } from '../hunt/measure.ts'
import type { Operation } from '../hunt/operation.ts'
import { pause } from '../hunt/target.ts'
import { waitIdle } from '../hunt/wait-idle.ts'
import { warmUp } from '../hunt/warm-up.ts'
import type { WitnessedProgram } from './open-program.ts'
import type { Reading } from './witness.ts'

const OWN_PACE = { warmUpMs: 1000, roundMs: 500 } as const
/** The middle of the first rounds: growth must go on behind it. */
const HALF_WAY = 3
/** What a hunt may add to the heap, and how long it may take, to confirm what it saw. */
const CONFIRM_BYTES = 48e6
const CONFIRM_MS = 10_000
/** Two collections that differ by less found the same floor; how long to wait for late garbage between them. */
const STEADY_BYTES = 2048
const PATIENCE_MS = [0, 30, 100, 300] as const

export interface RoundsContext {
  plan: HuntPlan
  program: WitnessedProgram
  operation: Operation
  /** Where graphs and profiles go. */
  folder: string
  tell: (event: HuntEvent) => void
}

/**
 * The rounds of a hunt for runtimes other than Node, which cost about the same each time and need no ladder of refusals:
 * warm-up, rounds with full collections, a mark (graph or profile) before, in the middle, after, and when more rounds
 * confirmed what rose.
 * @throws ProbeError when the program goes away before two marks were taken; Cancelled
 */
export async function measureRounds(context: RoundsContext, run: Run): Promise<Measured> {
  const rounds = new Rounds(context, run)
  const { program } = context
  try {
    await rounds.warmUp()
    await rounds.measure()
  } catch (error) {
    if (error instanceof ProbeError && program.launched !== undefined) await atMost(program.launched.exited, 1000)
    endShort(error, { result: rounds.result, program }, run)
  }
  return rounds.result
}

class Rounds {
  readonly result: Measured = { floors: [], marks: [], perRound: [], failed: 0, notices: [] }
  readonly #context: RoundsContext
  readonly #run: Run
  readonly #startedMs = Date.now()
  #before: Reading | undefined
  #count = 1
  readonly #roundMs: number[] = []

  constructor(context: RoundsContext, run: Run) {
    this.#context = context
    this.#run = run
  }

  async warmUp(): Promise<void> {
    const { plan, operation, tell } = this.#context
    this.#run.progress({ step: 'warming up', done: 0 })
    this.#count = await warmUp({ plan, operation }, (count) => this.#perform(count), OWN_PACE)
    await operation.rest()
    const reading = await this.#readFloor()
    tell({ kind: 'warm-up', done: operation.done(), noun: operation.noun, memory: memoryOf(reading) })
    await this.#mark()
    // Taking it may have loaded code and filled tables of the runtime's own.
    this.#pushFloor(await this.#readFloor())
  }

  async measure(): Promise<void> {
    const { plan } = this.#context
    const total = plan.rounds ?? FIRST_ROUNDS
    const middle = plan.rounds === undefined ? HALF_WAY : Math.max(1, Math.floor(total / 2))
    for (let round = 1; round <= total; round++) {
      await this.#round(round)
      if (round === middle && round < total) await this.#mark()
    }
    await this.#mark()
    if (plan.rounds === undefined) await this.#confirm()
    if (isRising(this.result.floors)) await this.#trace()
  }

  /** More rounds of the same while the floor rises: what is filling or warming up slows down, a leak does not. */
  async #confirm(): Promise<void> {
    const { plan, operation } = this.#context
    const { perRound, floors } = this.result
    const first = perRound.length
    const started = Date.now()
    let leftBytes = CONFIRM_BYTES
    while (isRising(floors)) {
      const from = perRound.length
      const roundBytes = Math.max(0, measureRise(floors.map(({ done }) => done), floors.map(({ heapUsedBytes }) => heapUsedBytes)).perUnit * this.#count)
      const total = nextRounds(from, {
        roundMs: this.#roundMs.reduce((sum, ms) => sum + ms, 0) / this.#roundMs.length,
        roundBytes,
        leftMs: Math.min(CONFIRM_MS - (Date.now() - started), plan.budgetMs - (Date.now() - this.#startedMs) - 2 * (this.result.marks.at(-1)?.pauseMs ?? 0)),
        leftBytes,
      })
      if (total === from) break
      leftBytes -= roundBytes * (total - from)
      for (let round = from + 1; round <= total; round++) await this.#round(round)
    }
    if (perRound.length === first) return
    if (!operation.selfDriven && isRising(floors)) await this.#idle()
    await this.#mark()
  }

  async #idle(): Promise<void> {
    const { floors } = this.result
    await waitIdle(
      {
        gainedBytes: floors.at(-1)!.heapUsedBytes - floors[0]!.heapUsedBytes,
        floorBytes: this.#before!.heapUsedBytes,
        readFloor: async () => (await this.#readFloor()).heapUsedBytes,
        fell: (bytes) => (this.result.wentAwayBytes = (this.result.wentAwayBytes ?? 0) + bytes),
      },
      this.#run,
    )
  }

  /** One more round, in which the runtime remembers where it allocates. */
  async #trace(): Promise<void> {
    const { program, operation, folder } = this.#context
    this.#run.progress({ step: 'looking where memory is allocated', done: 0 })
    this.result.allocations = await program.witness.traceRound?.(
      async () => {
        await this.#perform(this.#count)
        await operation.rest()
      },
      join(folder, 'allocations'),
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
    const reading = await this.#readFloor()
    this.#pushFloor(reading)
    this.result.perRound.push(this.result.floors.at(-1)!.done - doneBefore)
    this.#roundMs.push(performance.now() - started)
    tell({ kind: 'round', number, done: this.result.perRound.at(-1)!, noun: operation.noun, memory: memoryOf(reading), before: memoryOf(before) })
  }

  async #perform(count: number): Promise<void> {
    const { failed, firstFailure } = await this.#context.operation.perform(count, this.#run)
    this.result.failed += failed
    this.result.firstFailure ??= firstFailure
  }

  /** The memory that is left when everything that can be collected is. */
  async #readFloor(): Promise<Reading> {
    const { operation, program } = this.#context
    const started = performance.now()
    let reading = await program.witness.collectAndRead(this.#run)
    for (const ms of operation.selfDriven ? [] : PATIENCE_MS) {
      this.#run.checkpoint()
      await pause(ms)
      const again = await program.witness.collectAndRead(this.#run)
      const isSteady = Math.abs(again.heapUsedBytes - reading.heapUsedBytes) < STEADY_BYTES && again.goroutineCount === reading.goroutineCount
      reading = again
      if (isSteady) break
    }
    operation.discount(performance.now() - started)
    this.#before = reading
    return reading
  }

  #pushFloor(reading: Reading): void {
    const { heapCommittedBytes: _, heapLimitBytes: __, mallocedBytes: ___, ...kept } = memoryOf(reading)
    this.result.floors.push({ ...kept, done: this.#context.operation.done(), atMs: Date.now() })
  }

  async #mark(): Promise<void> {
    const { plan, operation, folder, tell, program } = this.#context
    const { marks, notices } = this.result
    const done = operation.done()
    if (marks.at(-1)?.done === done) return
    const number = marks.length + 1
    try {
      const { path, takenAtMs, sizeBytes, pauseMs } = await program.witness.mark(join(folder, String(number)), { snapshots: plan.snapshots }, this.#run)
      operation.discount(pauseMs)
      marks.push({ path, done, planted: 0, takenAtMs, sizeBytes, pauseMs })
      tell({ kind: 'snapshot', number, sizeBytes, pauseMs })
    } catch (error) {
      // The first refusal ends the hunt, later ones are told.
      if (marks.length === 0 || !(error instanceof CaptureRefused)) throw error
      notices.push({ code: 'snapshot-refused', count: 1, message: error.message })
    }
  }
}

/** In the words of a hunt; what these runtimes do not tell is not a number. `handleCount`: goroutines. */
function memoryOf({ heapUsedBytes, rssBytes, goroutineCount, stackBytes }: Reading): MemoryReading {
  const unknown = Number.NaN
  return {
    heapUsedBytes,
    rssBytes,
    codeBytes: 0, // these heaps hold objects only
    handleCount: goroutineCount ?? unknown,
    ...(stackBytes === undefined ? {} : { stackBytes }),
    heapCommittedBytes: unknown,
    heapLimitBytes: unknown,
    externalBytes: unknown,
    arrayBuffersBytes: unknown,
    mallocedBytes: unknown,
    contextCount: unknown,
    detachedContextCount: unknown,
  }
}
