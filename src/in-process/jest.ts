/**
 * `stillhere/jest` in `setupFilesAfterEnv`: matchers that fail with the path. Jest loads ES modules only when Node runs
 * with `--experimental-vm-modules`.
 */
import { checkGoesAway, checkLeavesNothing } from './assertions.ts'
import type { AssertionOptions, AssertionOutcome } from './assertions.ts'
import { SuiteWatch } from './suite-watch.ts'
import type { SuiteOptions } from './suite-watch.ts'

export { shouldGoAway } from './should-go-away.ts'

interface JestGlobals {
  expect?: { extend(matchers: Record<string, (received: unknown, options?: AssertionOptions) => unknown>): void; getState(): { assertionCalls: number } }
  beforeEach?: (hook: () => Promise<void>, timeoutMs: number) => void
  afterEach?: (hook: () => Promise<void>, timeoutMs: number) => void
}

const matchers = {
  async toLeaveNothing(received: unknown, options?: AssertionOptions): Promise<{ pass: boolean; message: () => string }> {
    return toResult(await checkLeavesNothing(received, options))
  },
  async toGoAway(received: unknown, options?: AssertionOptions): Promise<{ pass: boolean; message: () => string }> {
    return toResult(await checkGoesAway(received, options))
  },
}

/** Adds `toLeaveNothing` and `toGoAway` to an `expect`; to the global one this module does it by itself. */
export function extendExpect(expect: NonNullable<JestGlobals['expect']>): void {
  expect.extend(matchers)
}

/**
 * Checks after each test that passed that everything it watched has gone away, and every instance of `classes` that it
 * made. Call it before other hooks.
 */
export function expectAllGoneAfterEach(options: SuiteOptions = {}): void {
  const { beforeEach, afterEach } = globalThis as JestGlobals
  if (beforeEach === undefined || afterEach === undefined) throw new Error('expectAllGoneAfterEach needs Jest’s global beforeEach and afterEach: injectGlobals must not be false')
  const watch = new SuiteWatch(options)
  beforeEach(() => watch.begin(), LONGEST_MS)
  afterEach(() => watch.end(hasFailed() ? 'failed' : 'passed'), LONGEST_MS)
}

/** For the hooks: a snapshot of a big heap and its analysis take longer than the runner's own limit. */
const LONGEST_MS = 300_000

/** jest-circus tells hooks nothing of the test; its own state does. Another runner, or another day: then every test counts as passed. */
function hasFailed(): boolean {
  const state = Object.getOwnPropertySymbols(globalThis).find((symbol) => symbol.description === 'JEST_STATE_SYMBOL')
  const { currentlyRunningTest } = (state === undefined ? {} : (globalThis as unknown as Record<symbol, { currentlyRunningTest?: { errors?: unknown[] } }>)[state]) ?? {}
  return (currentlyRunningTest?.errors?.length ?? 0) > 0
}

const { expect } = globalThis as JestGlobals
if (expect !== undefined) extendExpect(expect)

function toResult({ pass, message }: AssertionOutcome): { pass: boolean; message: () => string } {
  return { pass, message: () => message }
}
