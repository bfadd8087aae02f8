import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../support/run-command.ts'

// Each number of docs/exit-codes.md, from the real command; the mapping as a whole stands in src/cli/exit-code.test.ts.

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'stillhere-exit-'))
  writeFileSync(join(home, 'idle.js'), "require('node:http').createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')\n")
  writeFileSync(join(home, 'text.log'), 'no log of any collector\n')
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Processes whose command line names our folder: what a command started and should have ended. */
const left = (): string => {
  try {
    return execFileSync('pgrep', ['-af', join(home, 'idle.js')], { encoding: 'utf8' })
  } catch {
    return '' // pgrep ends with 1 when there is none
  }
}

test('2: the command line is not understood', async () => {
  for (const args of [['nonsense'], ['hunt'], ['hunt', '--rounds', 'many', '--', 'node', 'x.js'], ['hunt', '--fail-on', 'monday', '--', 'node', 'x.js']]) {
    const { code, stdout, stderr } = await runCommand(args)
    expect([args.join(' '), code, stdout]).toEqual([args.join(' '), 2, ''])
    expect(stderr).toMatch(/^stillhere: /)
  }
})

test('3: a file is missing, or of no format we know', async () => {
  const missing = await runCommand(['gc', join(home, 'none.log')])
  expect(missing).toMatchObject({ code: 3, stdout: '' })
  expect(missing.stderr).toBe(`stillhere: ${join(home, 'none.log')}: file: expected a readable file, found no such file\n`)
  expect(await runCommand(['gc', join(home, 'text.log')])).toMatchObject({ code: 3, stdout: '' })
})

test('4: a process cannot be reached, or ends before it can be measured', async () => {
  const gone = await runCommand(['hunt', '--pid', '99999999'])
  expect(gone).toMatchObject({ code: 4, stdout: '' })
  expect(gone.stderr).toContain('pid 99999999')
  expect(await runCommand(['hunt', '--', 'no-such-program-of-ours'])).toMatchObject({ code: 4, stdout: '' })
})

test('5: nothing can be written where it should go', async () => {
  const { code, stderr } = await runCommand(['hunt', '--request', '/', '--out', join(home, 'text.log', 'out'), '--', 'node', join(home, 'idle.js')])
  expect(stderr).toContain(join(home, 'text.log', 'out'))
  expect(code).toBe(5)
  expect(left()).toBe('')
})

test('130: stopped by Ctrl-C, and what was started is ended', async () => {
  const { code, stdout, stderr } = await runCommand(['hunt', '--request', '/', '--', 'node', join(home, 'idle.js')], { interrupt: { afterMs: 3000 } })
  expect(stderr).toContain('stillhere: stopped while')
  expect([code, stdout]).toEqual([130, ''])
  expect(left()).toBe('')
})
