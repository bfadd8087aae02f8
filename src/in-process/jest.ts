/**
 * `stillhere/jest` in `setupFilesAfterEnv`: matchers that fail with the path. Jest loads ES modules only when Node runs
 * with `--experimental-vm-modules`.
 */
import { checkGoesAway, checkLeavesNothing } from './assertions.ts'
import type { AssertionOptions, AssertionOutcome } from './assertions.ts'
import { shouldGoAway } from './should-go-away.ts'

export { shouldGoAway } from './should-go-away.ts'

interface JestGlobals {
  expect?: { extend(matchers: Record<string, (received: unknown, options?: AssertionOptions) => unknown>): void; getState(): { assertionCalls: number } }
  afterEach?: (hook: () => Promise<void>) => void
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

/** Checks after each test that everything it watched has gone away. */
export function expectAllGoneAfterEach(options: AssertionOptions = {}): void {
  const { afterEach } = globalThis as JestGlobals
  afterEach?.(() => shouldGoAway.allGone(options))
}

const { expect } = globalThis as JestGlobals
if (expect !== undefined) extendExpect(expect)

function toResult({ pass, message }: AssertionOutcome): { pass: boolean; message: () => string } {
  return { pass, message: () => message }
}
