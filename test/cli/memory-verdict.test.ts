import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
const samples = join(import.meta.dirname, '..', 'readers')
const folder = mkdtempSync(join(tmpdir(), 'verdict-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const run = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env: { ...process.env, XDG_STATE_HOME: folder } })

describe('stillhere verdict', () => {
  test('prints one JSON object a file, in their order, and ends with 1 when one leaks', () => {
    const files = [join(samples, 'csv-series', 'node-restarted.csv'), join(samples, 'ps-loop', 'ps-rss.txt')]
    const { stdout, status } = run('verdict', '--json', ...files)
    const lines = stdout.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.map(({ file, verdict }) => [file, verdict])).toEqual([[files[0], 'leak'], [files[1], 'undecided']])
    // What the program itself counted, at its end: 445 MB an hour.
    expect(lines[0]!['leakRateBytesPerHour'] as number).toBeGreaterThan(445e6 * 0.9)
    expect(lines[0]!['leakRateBytesPerHour'] as number).toBeLessThan(445e6 * 1.1)
    expect(status).toBe(1)
  })

  test('ends with 0 when told never to fail', () => {
    expect(run('verdict', '--json', '--fail-on', 'never', join(samples, 'csv-series', 'node-restarted.csv')).status).toBe(0)
  })

  test('refuses what is no series, with a way out', () => {
    const { stderr, status } = run('verdict', join(import.meta.dirname, 'memory-verdict.test.ts'))
    expect(status).toBe(3)
    expect(stderr).toMatch(/expected a format stillhere reads/)
  })
})

test('stillhere import, history, show and export work on one store', () => {
  expect(run('history').stdout).toMatch(/Nothing is stored yet/)
  expect(run('import', join(samples, 'csv-series', 'node-restarted.csv')).stdout.trim()).toBe('1')
  expect(run('history').stdout).toMatch(/800 {2}leak/)
  // Judged as the file is: the program was restarted in it.
  expect(run('show', '1').stdout).toMatch(/start 2 of 2[^]*LEAK \(confidence[^]*earlier:/)
  expect(run('export', '1').stdout.trim().split('\n').length).toBe(802)
  expect(run('show', '99').status).toBe(2)
})

test('a store that was named and is not there is an error, and is not made', () => {
  const missing = join(folder, 'missing.sqlite')
  for (const args of [['history'], ['show', '1'], ['export', '1']]) {
    const { stderr, stdout, status } = run(...args, '--store', missing)
    expect([status, stdout]).toEqual([5, ''])
    expect(stderr).toContain(`${missing}: opening it: there is no such file`)
  }
  expect(existsSync(missing)).toBe(false)
})

test.runIf(process.platform === 'linux')('stillhere confirm says of a process that is gone that there is none', () => {
  const { status, stderr } = run('confirm', '--pid', String(2 ** 22 + 1), '--collect')
  expect(status).toBe(4)
  expect(stderr).toMatch(/there is no such process/)
})

test('stillhere watch refuses two targets, and a process that is not there', () => {
  expect(run('watch', '--pid', '1', '--name', 'x').status).toBe(2)
  expect(run('watch', '--pid', String(2 ** 22 + 1)).status).toBe(4)
})

test('stillhere confirm disturbs nothing unless told to', () => {
  const { status, stderr } = run('confirm', '--pid', String(process.pid))
  expect(status).toBe(2)
  expect(stderr).toMatch(/--dry-run/)
})

test.runIf(process.platform === 'linux')('stillhere confirm finds the main process of a service, and restarts it only when told to', () => {
  const bin = mkdtempSync(join(tmpdir(), 'systemctl-'))
  onTestFinished(() => {
    vi.unstubAllEnvs()
    rmSync(bin, { recursive: true })
  })
  writeFileSync(join(bin, 'systemctl'), `#!/bin/sh\necho Id=shop.service\necho LoadState=loaded\necho ActiveState=active\necho MainPID=${process.pid}\necho ControlGroup=\n`, { mode: 0o755 })
  vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`)
  const plan = (...args: string[]): { status: number | null; stderr: string } => run('confirm', '--service', 'shop', '--dry-run', ...args)
  expect(plan('--collect')).toMatchObject({ status: 0, stderr: expect.not.stringContaining('restart') as string })
  expect(plan('--collect', '--restart')).toMatchObject({ status: 0, stderr: expect.stringContaining("systemctl restart 'shop'") as string })
  expect(plan()).toMatchObject({ status: 2, stderr: expect.stringContaining('--restart') as string })
  expect(run('confirm', '--collect')).toMatchObject({ status: 2, stderr: expect.stringContaining('--service') as string })
  writeFileSync(join(bin, 'systemctl'), '#!/bin/sh\necho LoadState=not-found\n', { mode: 0o755 })
  expect(plan('--collect')).toMatchObject({ stderr: expect.stringContaining('no service of this name') as string })
})
