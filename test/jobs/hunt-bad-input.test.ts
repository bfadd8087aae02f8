import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../support/run-command.ts'

// What a hunted program may do to us: each ends in a clear error, the right exit code, and nothing left behind.

const PROGRAM = join(import.meta.dirname, '..', 'programs', 'hunt', 'troubled.mjs')
// In the command line of everything these tests start, so that what is left over can be told from others' processes.
const TOKEN = `hunt-bad-input-${process.pid}`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), `${TOKEN}-`))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const hunted = (trouble: string): string[] => ['--', 'node', PROGRAM, trouble, TOKEN]

/** Node processes that a hunt started and did not end. */
function leftOver(): string[] {
  try {
    return execFileSync('pgrep', ['-af', `troubled.mjs .*${TOKEN}`], { encoding: 'utf8' }).split('\n').filter((line) => line !== '' && !line.includes('pgrep') && !line.includes('main.ts'))
  } catch {
    return [] // pgrep ends with 1 when there is none
  }
}

test('a program that exits at once: its exit code and its last words', async () => {
  const { code, stdout, stderr } = await runCommand(['hunt', '--request', '/', ...hunted('exits at once')])
  expect([code, stdout]).toEqual([4, ''])
  expect(stderr).toMatch(/the program ended with exit code 3\n(.|\n)*cannot read config\.json/)
  expect(leftOver()).toEqual([])
})

test('a program that crashes midway: the error it died of', async () => {
  const { code, stderr } = await runCommand(['hunt', '--request', '/', '--warmup', '10', '--ops', '20', ...hunted('crashes midway')])
  expect(code).toBe(4)
  expect(stderr).toMatch(/the program ended with exit code 1\n(.|\n)*the database is gone/)
})

test('a command that does not exist', async () => {
  const { code, stderr } = await runCommand(['hunt', '--', 'no-such-command-here', TOKEN])
  expect(code).toBe(4)
  expect(stderr).toContain('no-such-command-here: starting the program: no such command')
})

test('a program that never listens, when a path is asked for', async () => {
  const { code, stderr } = await runCommand(['hunt', '--request', '/', '--start-timeout', '2s', ...hunted('never listens')])
  expect(code).toBe(4)
  expect(stderr).toContain('it listens on no TCP port after 2 s')
  expect(stderr).toContain('leave --request out')
  expect(leftOver()).toEqual([])
})

test('something that is no Node program', async () => {
  const { code, stderr } = await runCommand(['hunt', '--start-timeout', '1s', '--', 'sleep', '30'])
  expect(code).toBe(4)
  expect(stderr).toContain('no Node process in it opened an inspector within 1 s')
})

test('the inspector port asked for is taken', async () => {
  const holder: Server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => holder.once('listening', resolve))
  const { port } = holder.address() as { port: number }
  try {
    const { code, stderr } = await runCommand(['hunt', '--', 'node', `--inspect=127.0.0.1:${port}`, PROGRAM, 'serves', TOKEN])
    expect(code).toBe(4)
    expect(stderr).toMatch(new RegExp(`127\\.0\\.0\\.1:${port}.*address already in use`))
    expect(leftOver()).toEqual([])
  } finally {
    holder.close()
  }
})

test('a URL that answers 500, one that is not there, and one that hangs', async () => {
  const failing = await runCommand(['hunt', '--request', '/', ...hunted('answers 500')])
  expect(failing.code).toBe(4)
  expect(failing.stderr).toMatch(/GET http:\/\/127\.0\.0\.1:\d+\/: warming up: each of the first 5 requests failed: answered 500/)
  expect(failing.stderr).toContain('--any-status')
  const hanging = await runCommand(['hunt', '--request', '/', '--request-timeout', '200ms', ...hunted('hangs')])
  expect(hanging.code).toBe(4)
  expect(hanging.stderr).toContain('failed: no answer within 0.2 s')
  expect(leftOver()).toEqual([])
})

test('a program that finishes before anything can be decided', async () => {
  const { code, stderr } = await runCommand(['hunt', ...hunted('finishes early')])
  expect(code).toBe(4)
  expect(stderr).toMatch(/finished|ended|came to its end/)
})

test('Ctrl-C ends the program too, also one that refuses, and leaves no file behind', async () => {
  const out = join(folder, 'interrupted')
  const { code, stdout } = await runCommand(['hunt', '--json', '--request', '/', '--out', out, ...hunted('refuses to end')], { interrupt: { afterMs: 2500 } })
  expect([code, stdout]).toEqual([130, ''])
  expect(leftOver()).toEqual([])
  expect(existsSync(out) ? readdirSync(out).filter((name) => !/^\d\.heapsnapshot$/.test(name)) : []).toEqual([])
})

test('pids that are no program of ours: none, not Node, and one that handles SIGUSR1 itself', async () => {
  const gone = await runCommand(['hunt', '--pid', '4194300'])
  expect([gone.code, gone.stderr.includes('no such process')]).toEqual([4, true])
  const sleeper = spawn('sleep', ['30'])
  const handler = spawn('node', [PROGRAM, 'handles SIGUSR1', TOKEN], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const other = await runCommand(['snapshot', '--pid', String(sleeper.pid), '--out', join(folder, 'none.heapsnapshot')])
    expect(other.code).toBe(4)
    expect(other.stderr).toContain('it is not a Node process but')
    expect(sleeper.exitCode).toBeNull() // SIGUSR1 would have killed it
    await new Promise((resolve) => handler.stdout.once('data', resolve))
    const refused = await runCommand(['snapshot', '--pid', String(handler.pid), '--out', join(folder, 'none.heapsnapshot')])
    expect(refused.code).toBe(4)
    expect(refused.stderr).toContain('sent SIGUSR1, but no inspector opened')
    expect(handler.exitCode).toBeNull()
    expect(readdirSync(folder)).not.toContain('none.heapsnapshot')
  } finally {
    sleeper.kill()
    handler.kill()
  }
})

test('arguments that cannot mean anything', async () => {
  writeFileSync(join(folder, 'no-operation.mjs'), 'export const operations = 1\n')
  for (const [args, words] of [
    [['--request', 'login', ...hunted('serves')], 'Did you mean /login?'],
    [['--header', 'a: b', ...hunted('serves')], 'expected --request /path beside it'],
    [['--request', '/', '--op', 'x.mjs', ...hunted('serves')], 'one kind of operation'],
    [['--request', '/'], 'a command after --'],
    [['--pid', '1', ...hunted('serves')], 'more than one'],
    [['--every', 'soon', ...hunted('serves')], 'It must be a time'],
    [['--op', join(folder, 'no-operation.mjs'), ...hunted('serves')], 'a module that exports a function'],
  ] as const) {
    const { code, stderr } = await runCommand(['hunt', ...args])
    expect([code, stderr.includes(words)], `${args.join(' ')}\n${stderr}`).toEqual([2, true])
  }
  expect(leftOver()).toEqual([])
})
