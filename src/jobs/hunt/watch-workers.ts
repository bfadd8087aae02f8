import { risingWorkers, type WorkerFloors, type WorkersSeen } from '../../analysis/rounds/worker-rises.ts'
import { KnownError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import { atMost } from '../../probes/at-most.ts'
import type { NodeInspector } from '../../probes/node-inspector.ts'
import { type WorkerThread, WorkerThreads } from '../../probes/worker-threads.ts'
import { floorOf, readFloor } from './floor.ts'

/** A collection needs a turn of the event loop: a thread that computes, or sleeps in Atomics.wait, may have one in the next round. */
const ANSWER_MS = 2000
/** Each takes some 50 ms a look; where there are more, the oldest stand for them. */
const MOST_THREADS = 12
/** When one of them sleeps, all of them may. */
const AFTER_SILENCE_MS = 200

/**
 * Reads the floors of all worker threads at the ends of rounds, while the program rests. They stay attached in between:
 * to attach anew for each look leaves some kilobytes in the heap of a worker every time, which look like a leak.
 */
export class WorkerWatch {
  readonly seen: WorkersSeen = { threads: [], live: [] }
  readonly #main: NodeInspector
  readonly #done: () => number
  readonly #run: Run
  readonly #asked = new Map<number, Promise<void>>()
  #attached: WorkerThreads | undefined

  constructor(main: NodeInspector, done: () => number, run: Run) {
    this.#main = main
    this.#run = run
    this.#done = done
  }

  get isRising(): boolean {
    return risingWorkers(this.seen).length > 0
  }

  /** @throws ProbeError when the program goes away */
  async look(): Promise<void> {
    this.#attached ??= await WorkerThreads.attach(this.#main)
    const { all } = this.#attached
    this.seen.live.push({ done: this.#done(), count: all.length, newest: all.at(-1)?.id ?? 0 })
    for (const thread of this.seen.threads) if (!all.some(({ id }) => id === thread.id)) thread.left = 'ended'
    // One after the other: collections at the same time share V8's helper threads, and then the pages they half fill hide a small leak.
    let patienceMs = this.seen.threads.some(({ left }) => left === 'silent') ? AFTER_SILENCE_MS : ANSWER_MS
    for (const thread of all.slice(0, MOST_THREADS)) if (!(await this.#answers(thread, patienceMs))) patienceMs = AFTER_SILENCE_MS
  }

  async detach(): Promise<void> {
    const attached = this.#attached
    this.#attached = undefined
    await attached?.detach()
  }

  async #answers(thread: WorkerThread, patienceMs: number): Promise<boolean> {
    let known = this.seen.threads.find(({ id }) => id === thread.id)
    if (known === undefined) this.seen.threads.push((known = { id: thread.id, label: thread.label, floors: [] }))
    const asked = this.#asked.get(thread.id) ?? this.#read(thread, known)
    this.#asked.set(thread.id, asked)
    known.left = 'silent'
    return (await atMost(asked.then(() => true), patienceMs)) ?? false
  }

  async #read({ id, inspector }: WorkerThread, known: WorkerFloors): Promise<void> {
    try {
      const memory = await readFloor(inspector, known.floors.length === 0 ? 'at-rest' : 'working', this.#run)
      known.floors.push(floorOf(memory, this.#done(), 'worker'))
      known.left = undefined
    } catch (error) {
      // Of one that ended while it was asked nothing more is to be known; whether the whole program did is seen by the next look.
      if (!(error instanceof KnownError)) throw error
      if (this.#attached !== undefined) known.left = 'ended'
    } finally {
      this.#asked.delete(id)
    }
  }
}
