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
    execFile(file, args, { cwd, env: { ...env, ...more, NO_COLOR: '1', CI: '1' }, timeout: 100_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, text: stdout + stderr })
    })
  })
}

/** Two of the four tests of each example hold a panel by a listener; the other two leave nothing. */
function expectTwoExplained({ code, text }: Outcome): void {
  expect(code).not.toBe(0)
  expect(text).toContain('"LeakyPanel" should have gone away, but is still here.')
  expect(text).toContain('"panel that was asked" should have gone away, but is still here.')
  expect(text).toContain('held by a listener that was never removed')
  expect(text).toMatch(/~~~/)
  expect(text).toContain(`panel.mjs:${lineOfListener}:`)
  expect(text).not.toContain('"panel" should have gone')
}

test('vitest: a failing matcher prints the path with the suspect and the line', async () => {
  const outcome = await run(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run'], join(place, 'vitest'))
  expectTwoExplained(outcome)
  expect(outcome.text).toMatch(/2 failed \| 2 passed/)
})

test('jest: a failing matcher prints the path with the suspect and the line', async () => {
  const outcome = await run(process.execPath, ['--experimental-vm-modules', join(root, 'node_modules', 'jest', 'bin', 'jest.js')], join(place, 'jest'))
  expectTwoExplained(outcome)
  expect(outcome.text).toMatch(/2 failed, 2 passed/)
})

test.each([20, 26] as const)('node:test on Node %i: a failing assertion prints the path with the suspect and the line', async (major) => {
  const outcome = await run(nodeBinary(major), ['--test'], join(place, 'node-test'))
  expectTwoExplained(outcome)
  expect(outcome.text).toMatch(/pass 2[^]*fail 2/)
})

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
