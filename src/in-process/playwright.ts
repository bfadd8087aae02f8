/**
 * For Playwright with Chromium: the page says what should go away, the test asks whether it did and gets the path.
 * Loads nothing of Playwright: what a page must be able to do stands in `PageLike`.
 */
import { PassThrough } from 'node:stream'
import { safeText } from '../base/safe-text.ts'
import type { AssertionOptions } from './assertions.ts'
import { checkOptions, MILLISECONDS, TEXT } from './check-options.ts'
import type { Rules } from './check-options.ts'
import { DEFAULT_EXPLAIN, ExplainPolicy } from './explain-policy.ts'
import type { Explanation } from './explanation.ts'
import { pause } from './force-collection.ts'
import { forecastSnapshotBytes, measureHeadroom } from './headroom.ts'
import { installInPage } from './page-script.ts'
import type { PageWatch, PageWatches } from './page-script.ts'
import { stillHereText } from './still-here-error.ts'

/** As much of Playwright's `CDPSession` as is needed. */
export interface CdpSessionLike {
  // oxlint-disable-next-line typescript/no-explicit-any -- Playwright types each command by its name.
  send(method: any, params?: any): Promise<any>
  on(event: string, listener: (params: { chunk: string }) => void): unknown
  off(event: string, listener: (params: { chunk: string }) => void): unknown
  detach(): Promise<void>
}

export interface FrameLike {
  evaluate<Result, Argument>(work: (argument: Argument) => Result | Promise<Result>, argument: Argument): Promise<Result>
}

/** As much of Playwright's `Page` as is needed. */
export interface PageLike extends FrameLike {
  addInitScript(script: () => void): Promise<unknown>
  frames(): FrameLike[]
  url(): string
  context(): { newCDPSession(page: never): Promise<CdpSessionLike> }
}

/** As much of Playwright's `Locator` or `ElementHandle` as is needed. */
export interface ElementLike {
  evaluate<Result>(work: (element: never, label: string | undefined) => Result, label: string | undefined): Promise<Result>
}

export interface PageOptions extends AssertionOptions {
  /** Reports, `.dot` and `.svg` of each finding are written here. */
  folder?: string | undefined
}

/** Still here in the page: what was watched, and what a snapshot of the page says of it. */
export interface PageAnswer {
  here: readonly PageWatch[]
  explanation: Explanation | undefined
}

const PATIENCE_MS = 2000
const PAGE_RULES: Rules<PageOptions> = { patienceMs: MILLISECONDS, folder: TEXT }
const FEWEST_COLLECTIONS = 3

/** Gives the page `window.shouldGoAway(object, label)`, now and after every navigation. Call it before `page.goto`. */
export async function installShouldGoAway(page: PageLike): Promise<void> {
  await page.addInitScript(installInPage)
  for (const frame of page.frames()) await frame.evaluate(installInPage, undefined).catch(() => undefined)
}

/** Watches the element of a locator: `await shouldGoAway(page.locator('.panel'), 'panel')`. */
export async function shouldGoAway(element: ElementLike, label?: string): Promise<void> {
  await element.evaluate((node: WeakKey, given: string | undefined) => {
    const { shouldGoAway: watch } = globalThis as { shouldGoAway?: (object: WeakKey, label?: string) => void }
    if (watch === undefined) throw new Error('call installShouldGoAway(page) first')
    watch(node, given)
  }, label)
}

/**
 * Collects the page's garbage several times and says what is still here of all that it watches; of that, one snapshot of
 * the page is streamed to another process, which finds the paths.
 */
export async function pageLeavesNothing(page: PageLike, options: PageOptions = {}): Promise<PageAnswer> {
  checkOptions('pageLeavesNothing', options, PAGE_RULES)
  const { patienceMs = PATIENCE_MS, folder } = options
  const session = await page.context().newCDPSession(page as never)
  try {
    // Nothing is here where nothing was watched: a test that forgot to install must not pass.
    if (!(await page.evaluate(() => 'stillhereWatches' in globalThis, undefined))) throw new Error('the page watches nothing: call installShouldGoAway(page) before page.goto')
    const startedMs = performance.now()
    let here = await pendingIn(page)
    for (let round = 0; here.length > 0 && (round < FEWEST_COLLECTIONS || performance.now() - startedMs < patienceMs); round++) {
      await collectOnce(page, session, patienceMs)
      await pause(Math.min(2 ** round * 10, 200))
      here = await pendingIn(page)
    }
    if (here.length === 0) return { here, explanation: undefined }
    const explanation = await explain(session, { here, folder, url: page.url() })
    const gone = new Set([...explanation.gone, ...explanation.findings.flatMap((finding) => (finding.known === undefined ? [] : finding.tickets))])
    return { here: here.filter(({ ticket }) => !gone.has(ticket)), explanation }
  } finally {
    await session.detach().catch(() => undefined)
  }
}

/** For `expect.extend(pageMatchers)`: `await expect(page).toLeaveNothing()`. */
export const pageMatchers = {
  async toLeaveNothing(page: PageLike, options?: PageOptions): Promise<{ pass: boolean; message: () => string }> {
    const { here, explanation } = await pageLeavesNothing(page, options)
    if (here.length === 0 || explanation === undefined) return { pass: true, message: () => 'Something that the page watches should still be here, but all of it went away.' }
    const text = stillHereText(here.map(({ ticket, label, stack }) => ({ id: ticket, label: safeText(label, 120), stack })), explanation)
    return { pass: false, message: () => text }
  },
}

async function pendingIn(page: PageLike): Promise<PageWatch[]> {
  // A frame may be gone, or have a document that is not the page's.
  const lists = await Promise.all(page.frames().map((frame) => frame.evaluate(() => (globalThis as { stillhereWatches?: PageWatches }).stillhereWatches?.pending() ?? [], undefined).catch(() => [])))
  return lists.flat()
}

/** What was logged is held by the inspector that Playwright is, until its console is cleared. */
async function collectOnce(page: PageLike, session: CdpSessionLike, patienceMs: number): Promise<void> {
  const told = page.frames().map((frame) => frame.evaluate((ms: number) => (globalThis as { stillhereWatches?: PageWatches }).stillhereWatches?.collected(ms), patienceMs).catch(() => undefined))
  // So that the tokens are there before the collection begins.
  await page.evaluate(() => undefined, undefined)
  await session.send('Runtime.discardConsoleEntries').catch(() => undefined)
  await session.send('HeapProfiler.collectGarbage')
  await Promise.all(told)
}

async function explain(session: CdpSessionLike, { here, folder, url }: { here: readonly PageWatch[]; folder: string | undefined; url: string }): Promise<Explanation> {
  try {
    const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number }
    const reason = new ExplainPolicy({ ...DEFAULT_EXPLAIN }, Date.now, () => ({ headroom: measureHeadroom(), forecastBytes: forecastSnapshotBytes(usedSize) })).objection('by-request')
    if (reason !== undefined) return { outcome: 'declined', reason, findings: [], gone: [] }
    const { explainInOtherProcess } = await import('./snapshot-process.ts')
    return await explainInOtherProcess({
      request: { tickets: here.map(({ ticket }) => ticket), folder, command: url, sourceMaps: undefined },
      hold: 'process',
      snapshot: () => snapshotOf(session),
    })
  } catch (error) {
    return { outcome: 'failed', reason: error instanceof Error ? error.message : String(error), findings: [], gone: [] }
  }
}

/** The page's heap as a stream; a browser that ends meanwhile ends it as an error. */
function snapshotOf(session: CdpSessionLike): PassThrough {
  const stream = new PassThrough()
  const add = ({ chunk }: { chunk: string }): void => void stream.write(chunk)
  session.on('HeapProfiler.addHeapSnapshotChunk', add)
  session.send('HeapProfiler.enable')
    .then(() => session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false }))
    .then(() => stream.end(), (error: Error) => stream.destroy(error))
    .finally(() => {
      session.off('HeapProfiler.addHeapSnapshotChunk', add)
    })
  return stream
}
