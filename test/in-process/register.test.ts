import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compiledPackage } from '../support/compiled-package.ts'
import { nodeBinary } from '../support/node-binaries.ts'

const scratch = mkdtempSync(join(tmpdir(), 'stillhere-register-'))
const program = join(import.meta.dirname, 'programs', 'registered.mjs')
let register = ''

beforeAll(() => {
  register = pathToFileURL(join(compiledPackage().dist, 'in-process', 'register.js')).href
})

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test.each([22, 26] as const)('on Node %i classes by name and closed sockets are watched without a change of the code, and a signal explains them', async (major) => {
  const folder = join(scratch, String(major))
  const { stdout, stderr } = await promisify(execFile)(nodeBinary(major), ['--import', register, program, 'signal', '6'], {
    env: { ...process.env, STILLHERE_WATCH: 'sockets,Session,Visit', STILLHERE_WITHIN: '200', STILLHERE_EXPLAIN: 'ask', STILLHERE_SIGNAL: 'SIGUSR2', STILLHERE_FOLDER: folder },
    timeout: 180_000,
  })
  // Two of six closed sockets, three of six closed sessions, one of six visits are kept by the program.
  expect(JSON.parse(stdout)).toEqual({ retained: { 'socket after close (Socket)': 2, Session: 3, Visit: 1 } })
  expect(stderr).toContain('3 × "Session" are held by an array')
  expect(readdirSync(folder)).toContain('report.json')
}, 200_000)

test('on Node 20 closed sockets are watched, and what cannot be is said', async () => {
  const { stdout, stderr } = await promisify(execFile)(nodeBinary(20), ['--import', register, program, 'plain', '2'], {
    env: { ...process.env, STILLHERE_WATCH: 'sockets,Session', STILLHERE_WITHIN: '200', STILLHERE_EXPLAIN: 'ask' },
    timeout: 180_000,
  })
  expect(JSON.parse(stdout)).toEqual({ retained: { 'socket after close (Socket)': 2 } })
  expect(stderr).toContain('classes by name (Session) need Node 22.15 or newer')
}, 200_000)

test('wrong settings are warnings, and the program runs on', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', register, '-e', 'console.log("ran")'], {
    env: { ...process.env, STILLHERE_SIGNAL: 'SIGNONSENSE', STILLHERE_EXPLAIN: 'maybe', STILLHERE_WITHIN: 'soon', STILLHERE_NEAR_LIMIT: 'x' },
  })
  expect(stdout).toBe('ran\n')
  expect(stderr).toContain('STILLHERE_SIGNAL')
  expect(stderr).toContain('STILLHERE_EXPLAIN: expected never, ask or auto, found maybe')
  expect(stderr).toContain('STILLHERE_WITHIN: expected milliseconds, 0 or more, found soon; it is left out')
  expect(stderr).toContain('STILLHERE_NEAR_LIMIT: expected how many snapshots, 0 or more, found x; it is left out')
})
