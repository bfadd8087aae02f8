import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compiledPackage } from '../support/compiled-package.ts'
import { nodeBinary } from '../support/node-binaries.ts'

const root = join(import.meta.dirname, '..', '..')
let place = ''

beforeAll(() => {
  // Beside the installed package, as a user's project has it.
  const { home } = compiledPackage()
  place = mkdtempSync(join(home, 'examples-'))
  cpSync(join(root, 'examples'), place, { recursive: true })
  for (const runner of ['vitest', 'jest', 'node-test']) {
    const home = join(place, `${runner}-holders`)
    cpSync(join(root, 'test', 'in-process', 'programs', 'runners', runner), home, { recursive: true })
    cpSync(join(root, 'examples', runner, 'package.json'), join(home, 'package.json'))
  }
})

afterAll(() => rmSync(place, { recursive: true, force: true }))

/** Counted in the file, not in what a runner made of it. */
const lineOfListener = readFileSync(join(root, 'examples', 'vitest', 'panel.mjs'), 'utf8').split('\n').findIndex((line) => line.includes("bus.on('resize', () =>")) + 1

interface Outcome {
  code: number
  text: string
}

function run(file: string, args: readonly string[], cwd: string, more: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const { NODE_OPTIONS: _options, VITEST: _vitest, NODE_ENV: _env, FORCE_COLOR: _color, ...env } = process.env
  return new Promise((resolve) => {
    execFile(file, args, { cwd, env: { ...env, ...more, NO_COLOR: '1', CI: '1' }, timeout: 190_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, text: stdout + stderr })
    })
  })
}

/** Two of the four tests of each example hold a panel by a listener, and one of the two that watch by class; the others leave nothing. */
function expectTwoExplained({ code, text }: Outcome): void {
  expect(code).not.toBe(0)
  expect(text).toContain('"LeakyPanel" should have gone away, but is still here.')
  expect(text).toContain('"panel that was asked" should have gone away, but is still here.')
  expect(text).toContain('held by a listener that was never removed')
  expect(text).toMatch(/~~~/)
  expect(text).toContain(`panel.mjs:${lineOfListener}:`)
  expect(text).not.toContain('"panel" should have gone')
  expect(text).not.toContain('TidyPanel" should')
}

/** Each test of failed.test.mjs and holders.test.mjs says in its name or label what is expected of it. */
function expectHoldersNamed({ code, text }: Outcome, mock: string): void {
  expect(code).not.toBe(0)
  const said = text.replaceAll(/\s+/g, ' ')
  expect(said).toContain('its own error')
  // One panel is of a test that failed, one of a test that is told; neither is blamed on the test between.
  expect(said.match(/"Panel" should have gone away, but is still here/g)!.length).toBeGreaterThanOrEqual(1)
  expect(said).not.toContain('2 × "Panel"')
  for (const label of ['argument', 'result']) expect(said).toContain(`"${label}" is held by ${mock}`)
  // Nothing of the way from the runner through this library to the test.
  expect(text).not.toMatch(/Explainer|context\.extension\[/)
}

test('vitest: a failing matcher prints the path with the suspect and the line', async () => {
  const outcome = await run(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run'], join(place, 'vitest'))
  expectTwoExplained(outcome)
  expect(outcome.text).toMatch(/3 failed \| 3 passed/)
}, 200_000)

test('jest: a failing matcher prints the path with the suspect and the line', async () => {
  const outcome = await run(process.execPath, ['--experimental-vm-modules', join(root, 'node_modules', 'jest', 'bin', 'jest.js')], join(place, 'jest'))
  expectTwoExplained(outcome)
  expect(outcome.text).toMatch(/3 failed, 3 passed/)
  // An import of an ES module, not V8's records of it.
  expect(outcome.text).toContain('module variable : EventEmitter')
  expect(outcome.text).not.toContain('context.extension[')
}, 200_000)

test.each([20, 26] as const)('node:test on Node %i: a failing assertion prints the path with the suspect and the line', async (major) => {
  const outcome = await run(nodeBinary(major), ['--test'], join(place, 'node-test'))
  expectTwoExplained(outcome)
  expect(outcome.text).toMatch(/pass 3[^]*fail 3/)
}, 200_000)

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file))

test.skipIf(chromium === undefined && process.env['STILLHERE_REQUIRE_TOOLS'] === undefined)('playwright: a failing matcher prints the path through the page, and what was logged or closed is gone', async () => {
  expect(chromium, 'a Chromium of the system').toBeDefined()
  const { code, text } = await run(process.execPath, [join(root, 'node_modules', '@playwright', 'test', 'cli.js'), 'test'], join(place, 'playwright'), { CHROMIUM: chromium })
  expect(code).not.toBe(0)
  expect(text).toMatch(/1 failed[^]*a leaky panel leaves nothing[^]*2 passed/)
  expect(text).toContain('"LeakyPanel", "the panel on the screen" should have gone away, but are still here.')
  expect(text).toContain('"LeakyPanel" is held by a listener that was never removed from an EventTarget')
  const line = readFileSync(join(root, 'examples', 'playwright', 'panels.js'), 'utf8').split('\n').findIndex((each) => each.includes("window.addEventListener('resize', () =>")) + 1
  expect(text).toContain(`panels.js:${line}:`)
  expect(text).toMatch(/~~~/)
  expect(text).not.toContain('TidyPanel')
}, 200_000)

test("vitest: what mocks, a spy and the task hold is named as the runner's, and a failed test is not checked", async () => {
  const outcome = await run(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run'], join(place, 'vitest-holders'))
  expectHoldersNamed(outcome, 'a mock of Vitest (vi.fn or vi.spyOn)')
  const said = outcome.text.replaceAll(/\s+/g, ' ')
  expect(said).toContain('"this" is held by a mock of Vitest')
  expect(said).toContain('"in the task" is held by Vitest\'s record of the running test')
  expect(outcome.text).toMatch(/✓ is not blamed for the one before/)
}, 200_000)

test("jest: what mocks and a spy hold is named as the runner's, and a failed test is not checked", async () => {
  const outcome = await run(process.execPath, ['--experimental-vm-modules', join(root, 'node_modules', 'jest', 'bin', 'jest.js'), '--verbose'], join(place, 'jest-holders'))
  expectHoldersNamed(outcome, 'a mock of Jest (jest.fn or jest.spyOn)')
  expect(outcome.text.replaceAll(/\s+/g, ' ')).toContain('"this" is held by a mock of Jest')
  expect(outcome.text).toMatch(/✓ is not blamed for the one before/)
}, 200_000)

test.each([22, 26] as const)("node:test on Node %i: what mocks hold is named as the runner's, and a failed test is not checked", async (major) => {
  const outcome = await run(nodeBinary(major), ['--test', '--test-reporter=spec'], join(place, 'node-test-holders'))
  expectHoldersNamed(outcome, 'a mock of node:test (mock.fn or mock.method)')
  expect(outcome.text).toMatch(/✔ is not blamed for the one before/)
}, 200_000)
