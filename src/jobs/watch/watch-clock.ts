/** What happened to the clock between two looks at it. */
export type ClockEvent =
  /** The machine slept, or its clock was set forward: no program grew meanwhile, as far as anyone saw. */
  | { kind: 'slept'; ms: number }
  /** The machine was too busy for us to look, or we were stopped. */
  | { kind: 'late'; ms: number }
  /** Somebody set the clock back. */
  | { kind: 'set-back'; ms: number }

/**
 * Times for samples that never go back. Two clocks are compared: the wall clock, which people and daylight saving's friends
 * may set, and the monotonic one, which nobody sets and which stands still while the machine sleeps.
 * A wall clock that goes back is not followed; one that jumps ahead is, as after a sleep.
 */
export class WatchClock {
  readonly #wallMs: () => number
  readonly #steadyMs: () => number
  #lastMs: number
  #lastSteadyMs: number

  constructor({ wallMs = Date.now, steadyMs = () => performance.now() }: { wallMs?: () => number; steadyMs?: () => number } = {}) {
    this.#wallMs = wallMs
    this.#steadyMs = steadyMs
    this.#lastMs = wallMs()
    this.#lastSteadyMs = steadyMs()
  }

  /** The time now, and what happened since it was asked last; `everyMs` is how often it is asked. */
  tick(everyMs: number): { nowMs: number; event?: ClockEvent | undefined } {
    const steady = this.#steadyMs()
    const passed = steady - this.#lastSteadyMs
    const ahead = this.#wallMs() - (this.#lastMs + passed)
    this.#lastSteadyMs = steady
    // A few ms of drift are what two clocks are; ntpd slews by at most half a ms a second.
    const jump = Math.abs(ahead) < JUMP_MS ? 0 : ahead
    // After the clock was set back, ours goes on alone, so that order and distances stay true.
    this.#lastMs += passed + Math.max(0, jump)
    const gap = Math.max(10 * everyMs, 10_000)
    if (jump < 0 && !this.#isBehind) {
      this.#isBehind = true
      return { nowMs: Math.round(this.#lastMs), event: { kind: 'set-back', ms: -jump } }
    }
    if (jump >= 0) this.#isBehind = false
    if (passed + jump > gap && jump > 0) return { nowMs: Math.round(this.#lastMs), event: { kind: 'slept', ms: passed + jump } }
    if (passed > gap) return { nowMs: Math.round(this.#lastMs), event: { kind: 'late', ms: passed } }
    return { nowMs: Math.round(this.#lastMs) }
  }

  #isBehind = false
}

const JUMP_MS = 2000
