import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { importSeries } from '../../src/jobs/history.ts'
import { openHealthyRecording } from '../../src/jobs/watch/healthy-recording.ts'
import type { SeriesVerdict } from '../../src/model/series-verdict.ts'
import { Store } from '../../src/store/store.ts'
import { runCommand } from '../support/run-command.ts'

/** `stillhere watch` as a user types it. */

const folder = mkdtempSync(join(tmpdir(), 'watch-command-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function csv(name: string, level: (second: number) => number, every = 1): string {
  const path = join(folder, name)
  const lines = Array.from({ length: 600 }, (_, i) => `${i * every},${Math.round((level(i) + ((i * 7919) % 101) * 1000) / 1024)}`)
  writeFileSync(path, `t,anon\n${lines.join('\n')}\n`)
  return path
}

// Starting the command from its sources takes its time on a busy machine.
describe.runIf(process.platform === 'linux')('stillhere watch', { timeout: 120_000 }, () => {
  test.concurrent('begins with what it watches and ends with the last word', async () => {
    const { code, stdout } = await runCommand(['watch', '--every', '20ms', '--for', '3s', '--', 'sleep', '60'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}watching sleep 60 \(pid \d+\)\n[\s\S]*the time was up\n\nsleep 60 \(pid \d+\), \d s, \d+ samples\n/)
  })

  test.concurrent('prints one object a line when asked to, with a healthy recording by its id in the store beside the verdict', async () => {
    const store = join(folder, 'baseline.sqlite')
    const id = await importSeries(csv('healthy.csv', () => 600_000, 0.05), store, startRun())
    const { stdout } = await runCommand(['watch', '--json', '--baseline', String(id), '--store', store, '--every', '50ms', '--for', '5s', '--', 'sleep', '60'])
    const events = stdout.trim().split('\n').map((line) => JSON.parse(line) as { event: string; verdict?: SeriesVerdict })
    expect([events[0]!.event, events[1]!.event, events.at(-2)!.event, events.at(-1)!.event]).toEqual(['started', 'sample', 'ended', 'result'])
    expect(events.at(-1)!.verdict!.reasons.at(-1)!.text).toMatch(/healthy recording/)
  })

  test.concurrent('wants exactly one target', async () => {
    expect(await runCommand(['watch', '--pid', '1', '--name', 'x'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/found more than one[\s\S]*/) as string })
  })

  test.concurrent('a disk that is full ends the keeping, in words, but not the watch: its verdict is given, and the code is 5', async (context) => {
    const mount = join(folder, 'small-disk')
    mkdirSync(mount)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=320k', 'tmpfs', mount], { stdio: 'ignore' })
    } catch {
      return context.skip('this user may not mount a small disk')
    }
    context.onTestFinished(() => void execFileSync('umount', ['-l', mount]))
    const others = join(mount, 'others')
    writeFileSync(others, Buffer.alloc(100_000))
    const path = join(mount, 'store.sqlite')
    const { code, stdout, stderr } = await runCommand(['watch', '--store', path, '--every', '5ms', '--for', '8s', '--fail-on', 'never', '--', 'sleep', '30'])
    expect(stderr).toMatch(/disk is full|disk I\/O error/)
    expect(stderr).toMatch(/the watch goes on without keeping what it sees/)
    expect(stdout).toMatch(/the time was up/)
    expect(stdout).toMatch(/\nstable|\nplateau|\nundecided/i)
    expect(code).toBe(5)
    // What was written before is there.
    rmSync(others)
    using store = await Store.open(path)
    expect(store.list()[0]!.sampleCount).toBeGreaterThan(10)
  })

  test.concurrent('two watches of one process keep both what they see in one store', async () => {
    const path = join(folder, 'shared.sqlite')
    const watch = async (): Promise<unknown> => runCommand(['watch', '--pid', String(process.pid), '--store', path, '--every', '50ms', '--for', '3s'])
    await Promise.all([watch(), watch()])
    using store = await Store.open(path)
    const [only, ...others] = store.list()
    expect(others).toEqual([])
    expect(only!.sampleCount).toBeGreaterThan(40)
  })

  test.concurrent('a store of a newer schema is refused before anything is watched', async () => {
    const path = join(folder, 'newer.sqlite')
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(path)
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect(await runCommand(['watch', '--pid', String(process.pid), '--store', path, '--for', '1s'])).toMatchObject({ code: 5, stderr: expect.stringMatching(/newer stillhere \(schema 99/) as string })
  })

  test.concurrent('--all lists what grew, with verdicts, and keeps those it followed closely', async () => {
    const path = join(folder, 'all.sqlite')
    const { code, stdout } = await runCommand(['watch', '--all', '--every', '50ms', '--for', '5s', '--store', path, '--fail-on', 'never'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ +pid +growth +rate +now +verdict +command\n/)
    using store = await Store.open(path)
    expect(store.list().length).toBeGreaterThan(0)
  })
})

test('a healthy recording is found by its file or its id, and a word said where it is not', async () => {
  const store = join(folder, 'recordings.sqlite')
  const file = csv('by-file.csv', () => 5e6)
  const id = await importSeries(file, store, startRun())
  expect((await openHealthyRecording(file, store, startRun())).sampleCount).toBe(600)
  expect((await openHealthyRecording(String(id), store, startRun())).sampleCount).toBe(600)
  await expect(openHealthyRecording('99', store, startRun())).rejects.toThrow(/an id of the store/)
  await expect(openHealthyRecording(join(folder, 'missing.csv'), store, startRun())).rejects.toThrow(/missing\.csv/)
})
