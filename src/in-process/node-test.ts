/** For `node:test`: assertions that fail with the path. */
import { AssertionError } from 'node:assert'
import { afterEach, beforeEach } from 'node:test'
import { checkGoesAway, checkLeavesNothing } from './assertions.ts'
import type { AssertionOptions, AssertionOutcome } from './assertions.ts'
import type { Ticket } from './should-go-away.ts'
import { SuiteWatch } from './suite-watch.ts'
import type { SuiteOptions } from './suite-watch.ts'

export { shouldGoAway } from './should-go-away.ts'

/** Runs `scenario`; nothing may be left of what it watches or returns. @throws AssertionError with the paths */
export async function leavesNothing(scenario: () => unknown, options?: AssertionOptions): Promise<void> {
  expectPass(await checkLeavesNothing(scenario, options), leavesNothing)
}

/** What the ticket watches or the WeakRef refers to must be collected. @throws AssertionError with the path */
export async function goesAway(ticketOrRef: Ticket | WeakRef<WeakKey>, options?: AssertionOptions): Promise<void> {
  expectPass(await checkGoesAway(ticketOrRef, options), goesAway)
}

/**
 * Checks after each test of this file or suite that passed that everything it watched has gone away, and every instance
 * of `classes` that it made. Call it before other hooks.
 */
export function expectAllGoneAfterEach(options: SuiteOptions = {}): void {
  const watch = new SuiteWatch(options)
  beforeEach(() => watch.begin())
  // Whether it passed is known from Node 22 on; before, a failed test is checked as well.
  afterEach((context) => watch.end((context as { passed?: boolean }).passed === false ? 'failed' : 'passed'))
}

function expectPass({ pass, message }: AssertionOutcome, above: (...given: never[]) => unknown): void {
  if (!pass) throw new AssertionError({ message, operator: above.name, stackStartFn: above as (...given: unknown[]) => unknown })
}
