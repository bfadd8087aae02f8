import { expect, test } from 'vitest'
import { runCommand } from '../support/run-command.ts'

test('tests that are stopped by Ctrl-C end with 130 and say nothing of leaks', async () => {
  expect(await runCommand(['test', '--', 'sleep', '30'], { interrupt: { afterMs: 2500 } })).toMatchObject({ code: 130, stdout: '' })
}, 60_000)
