/** `import 'stillhere/vitest'` in a setup file or a test: matchers that fail with the path. */
import { afterEach, beforeEach, expect } from 'vitest'
import { checkGoesAway, checkLeavesNothing } from './assertions.ts'
import type { AssertionOptions } from './assertions.ts'
import { shouldGoAway } from './should-go-away.ts'
import { SuiteWatch } from './suite-watch.ts'
import type { SuiteOptions } from './suite-watch.ts'

export { shouldGoAway } from './should-go-away.ts'

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** After the scenario nothing is left of what it watches or returns. */
    toLeaveNothing(options?: AssertionOptions): Promise<void>
    /** What the ticket watches or the WeakRef refers to is collected. */
    toGoAway(options?: AssertionOptions): Promise<void>
  }
}

expect.extend({
  async toLeaveNothing(received: unknown, options?: AssertionOptions) {
    return toResult(await checkLeavesNothing(received, options))
  },
  async toGoAway(received: unknown, options?: AssertionOptions) {
    return toResult(await checkGoesAway(received, options))
  },
})

/**
 * Checks after each test that passed that everything it watched has gone away, and every instance of `classes` that it
 * made. Call it at the top of a file, or of a describe, before other hooks: then theirs have ended what they began.
 */
export function expectAllGoneAfterEach(options: SuiteOptions = {}): void {
  const watch = new SuiteWatch(options)
  beforeEach(() => watch.begin(), LONGEST_MS)
  afterEach(({ task: { result } }) => watch.end(result?.state === 'fail' ? 'failed' : 'passed'), LONGEST_MS)
}

/** For the hooks: a snapshot of a big heap and its analysis take longer than the runner's own limit. */
const LONGEST_MS = 300_000

/**
 * Vitest transforms modules in memory, so that V8 knows other lines than the file has. The maps stand in the runner's
 * own module table; when that looks different one day, the lines are those of the transformed code.
 */
function mapsOfTransformedModules(): Record<string, string> {
  const { __vitest_worker__: worker } = globalThis as { __vitest_worker__?: { evaluatedModules?: { idToModuleMap?: Map<string, { file?: string; meta?: { code?: string } | undefined }> } } }
  const maps: Record<string, string> = {}
  for (const [id, { file, meta }] of worker?.evaluatedModules?.idToModuleMap ?? []) {
    const base64 = /sourceMappingURL=data:application\/json;(?:charset=[^;]+;)?base64,([\w+/=]+)\s*$/m.exec(meta?.code ?? '')?.[1]
    if (base64 !== undefined) maps[file ?? id] = base64
  }
  return maps
}

shouldGoAway.configure({ sourceMaps: mapsOfTransformedModules })

function toResult({ pass, message }: { pass: boolean; message: string }): { pass: boolean; message: () => string } {
  return { pass, message: () => message }
}
