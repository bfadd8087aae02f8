import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { runCommand } from '../support/run-command.ts'

test('tests that are stopped by Ctrl-C end with 130 and say nothing of leaks', async () => {
  expect(await runCommand(['test', '--', 'sleep', '30'], { interrupt: { afterMs: 2500 } })).toMatchObject({ code: 130, stdout: '' })
}, 60_000)

test('a confirmation that is stopped by Ctrl-C says what it was at, and does not wait for the next collection', async () => {
  const program = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' })
  try {
    const stopped = await runCommand(['confirm', '--pid', String(program.pid), '--collect', '--every', '60s'], { interrupt: { afterMs: 4000 } })
    expect(stopped).toMatchObject({ code: 130, stdout: '' })
    expect(stopped.stderr).toContain('stopped while forcing collections')
  } finally {
    program.kill()
  }
}, 60_000)
