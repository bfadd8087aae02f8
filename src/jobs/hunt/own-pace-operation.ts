import { ProbeError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import type { BatchOutcome, Operation } from './operation.ts'

// `ops 300`, `processed: 1200`, `jobs=17`: a word for work and a number that only rises.
const COUNTER = /^\W*(ops|operations?|jobs?|requests?|iterations?|messages?|events?|tasks?|items?|processed|handled|count)\b[\s:=#]*(\d+)\b/i

/** Reads a program's own count of its work off the lines it prints. */
export class OutputCounter {
  #word: string | undefined
  #count = Number.NaN
  #seenAtMs = Number.NaN
  #perMs = Number.NaN
  #step = Number.NaN
  #sightings = 0

  /** Takes one line of output. */
  hear(line: string, nowMs: number = performance.now()): void {
    const match = COUNTER.exec(line)
    if (match === null) return
    const word = match[1]!.toLowerCase()
    const count = Number(match[2])
    if (this.#word !== undefined && (word !== this.#word || count <= this.#count)) return
    if (this.#word !== undefined) {
      this.#step = count - this.#count
      // Lines that come in one piece were printed earlier than they arrived; only real time between them tells a rate.
      if (nowMs > this.#seenAtMs + 1) this.#perMs = this.#step / (nowMs - this.#seenAtMs)
    }
    this.#word = word
    this.#count = count
    this.#seenAtMs = nowMs
    this.#sightings++
  }

  /** Two rising counts were seen: this program tells how far it is. */
  get isCounting(): boolean {
    return this.#sightings >= 2
  }

  /** The last count printed. */
  get printed(): number {
    return this.#count
  }

  /** The count now: the last one printed plus what its pace lets expect since, never past the next line due. */
  estimate(nowMs: number = performance.now()): number {
    if (Number.isNaN(this.#perMs)) return this.#count
    return this.#count + Math.min(this.#step, Math.max(0, nowMs - this.#seenAtMs) * this.#perMs)
  }
}

/**
 * A program that works by itself: rounds are as long as it takes for its own counter to rise, or simply time.
 * `hasEnded` is asked while waiting, so a program that finishes does not keep us.
 */
export class OwnPaceOperation implements Operation {
  readonly noun: 'operation' | 'second'
  readonly per: 'operation' | 'second'
  readonly selfDriven = true
  readonly #counter: OutputCounter | undefined
  readonly #hasEnded: () => boolean
  readonly #target: string
  #startedMs = performance.now()

  constructor({ counter, hasEnded, target }: { counter?: OutputCounter | undefined; hasEnded: () => boolean; target: string }) {
    this.#counter = counter
    this.#hasEnded = hasEnded
    this.#target = target
    this.noun = this.per = counter === undefined ? 'second' : 'operation'
  }

  /** Operations by the program's own count, else seconds. */
  done(): number {
    return this.#counter?.estimate() ?? (performance.now() - this.#startedMs) / 1000
  }

  discount(ms: number): void {
    this.#startedMs += ms
  }

  /** Waits until the program has done `count` more. @throws ProgramFinished when it ends before that; Cancelled */
  async perform(count: number, run: Run): Promise<BatchOutcome> {
    const from = this.done()
    while (this.done() < from + count) {
      run.checkpoint()
      if (this.#hasEnded()) throw new ProgramFinished(this.#target, this.done())
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    return { operations: this.done() - from, failed: 0 }
  }

  rest(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/** The program came to its end while we measured; what was measured until then still counts. */
export class ProgramFinished extends ProbeError {
  constructor(target: string, done: number) {
    super({
      target,
      step: 'measuring',
      problem: `the program finished after ${Math.round(done * 10) / 10}, before anything could be decided`,
      hint: 'Give it more work, or make it wait at its end; then hunt again.',
    })
  }
}
