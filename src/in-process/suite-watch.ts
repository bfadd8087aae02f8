import { checkOptions, LIST, MILLISECONDS, oneOf } from './check-options.ts'
import type { Rules } from './check-options.ts'
import { visitInstances } from './live-instances.ts'
import type { WatchedClass } from './live-instances.ts'
import { shouldGoAway } from './should-go-away.ts'
import type { Ticket } from './should-go-away.ts'
import type { AssertionOptions } from './assertions.ts'

export interface SuiteOptions extends AssertionOptions {
  /** Instances of these classes that are made in a test should be gone after it, without a call of `shouldGoAway`. */
  classes?: readonly WatchedClass[] | undefined
  /** Check after tests that passed (default), or after every test: a failed one keeps its error, and with it what the error holds. */
  after?: 'success' | 'every test' | undefined
}

const RULES: Rules<SuiteOptions> = { classes: LIST, after: oneOf('success', 'every test'), patienceMs: MILLISECONDS }

/** What a test runner's hooks do around each test. Tests that run at the same time cannot be told apart. */
export class SuiteWatch {
  readonly #options: SuiteOptions
  #gathered: (() => Ticket[]) | undefined
  #before = new WeakSet<object>()

  /** @throws UsageError for options that mean nothing */
  constructor(options: SuiteOptions) {
    checkOptions('expectAllGoneAfterEach', options, RULES)
    this.#options = options
  }

  async begin(): Promise<void> {
    this.#gathered?.()
    this.#gathered = shouldGoAway.gather()
    const { classes = [] } = this.#options
    if (classes.length === 0) return
    this.#before = new WeakSet()
    await visitInstances(classes, (instance) => this.#before.add(instance))
  }

  /** @throws StillHereError with the paths */
  async end(outcome: 'passed' | 'failed'): Promise<void> {
    const { classes = [], after = 'success', patienceMs } = this.#options
    const isChecked = outcome === 'passed' || after === 'every test'
    if (isChecked && classes.length > 0) {
      await visitInstances(classes, (instance, { name }) => {
        if (!this.#before.has(instance)) shouldGoAway(instance, name)
      })
    }
    const tickets = this.#gathered?.() ?? []
    this.#gathered = undefined
    if (isChecked) await shouldGoAway.allGone({ tickets, patienceMs })
  }
}
