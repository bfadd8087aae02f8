import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { confirmLeak } from '../../src/jobs/confirm.ts'
import { showStored, listHistory } from '../../src/jobs/history.ts'
import type { WatchEvent, WatchResult } from '../../src/jobs/watch/watch-plan.ts'
import { watchProcess } from '../../src/jobs/watch-process.ts'

/**
 * Real programs, one that leaks and one that does not, in compressed time: what takes a service hours takes them seconds.
 * They run side by side, so the suite waits for the longest only.
 */

const programs = join(import.meta.dirname, '..', 'programs', 'growth')
const folder = mkdtempSync(join(tmpdir(), 'watch-'))
const SECONDS = 14

function has(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'pipe' })
    return true
  } catch {
    if (process.env['STILLHERE_REQUIRE_TOOLS'] !== undefined) throw new Error(`${command} is missing: run scripts/system-packages.sh`)
    return false
  }
}

beforeAll(() => {
  if (has('cc')) execFileSync('cc', ['-O1', '-o', join(folder, 'growth'), join(programs, 'growth.c')])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const watch = (command: string[], onEvent?: (event: WatchEvent) => void, storePath?: string): Promise<WatchResult> =>
  watchProcess({ target: { kind: 'command', command }, everyMs: 60, forMs: SECONDS * 1000, inside: 'leave', onEvent, storePath }, startRun())

describe.runIf(process.platform === 'linux')('watched from outside', () => {
  const cases: [string, string, () => string[]][] = [
    ['C', 'cc', () => [join(folder, 'growth')]],
    ['Python', 'python3', () => ['python3']],
  ]
  for (const [language, tool, command] of cases) {
    const words = (which: 'leak' | 'healthy'): string[] => (language === 'C' ? [...command(), which] : [...command(), join(programs, `${which}.py`)])
    test.runIf(has(tool)).concurrent(`a ${language} program that leaks is called a leak, or growing at least, and its healthy twin neither`, async () => {
      const [leaking, healthy] = await Promise.all([watch(words('leak')), watch(words('healthy'))])
      expect(['leak', 'growing']).toContain(leaking.verdict.verdict)
      expect(healthy.verdict.verdict).not.toBe('leak')
      expect(healthy.verdict.confidence).toBeLessThan(leaking.verdict.confidence)
    })
  }

  test.concurrent('a Node program that leaks is told from its healthy twin by forced collections, however alike they look from outside', async () => {
    const confirm = async (which: 'leak' | 'healthy'): Promise<string> => {
      const program = spawn(process.execPath, ['--inspect=127.0.0.1:0', join(programs, `${which}.js`)], { stdio: 'ignore' })
      try {
        await new Promise((resolve) => setTimeout(resolve, 6000)) // until the healthy one's cache is full
        return (await confirmLeak({ pid: program.pid!, collect: { count: 6, everyMs: 900 } }, startRun())).grade
      } finally {
        program.kill()
      }
    }
    expect(await Promise.all([confirm('leak'), confirm('healthy')])).toEqual(['high', 'refuted'])
  })

  test.runIf(has('cc')).concurrent('the rate of a known leak is found', async () => {
    const { verdict } = await watch([join(folder, 'growth'), 'leak'])
    // 20 kB every 10 ms and what usleep and malloc add: at most 7.2 GB an hour, at least half of that on a busy machine.
    expect(verdict.rate!.value).toBeGreaterThan(3e9)
    expect(verdict.rate!.value).toBeLessThan(7.6e9)
  })

  test.concurrent('what was seen is in the store, verdicts too', async () => {
    const store = join(folder, 'store.sqlite')
    const events: string[] = []
    await watch(['sleep', '5'], (event) => events.push(event.kind), store)
    expect(events.at(-1)).toBe('ended')
    const [stored] = await listHistory(store)
    expect(stored!.command).toBe('sleep 5')
    const shown = await showStored(store, stored!.id)
    expect(shown.series.sampleCount).toBe(events.filter((kind) => kind === 'sample').length)
    expect(shown.earlier.length).toBeGreaterThan(0)
  })
})

test.runIf(existsSync('/proc'))('a program that cannot be started is refused with its name', async () => {
  await expect(watch(['/does/not/exist'])).rejects.toThrow(/\/does\/not\/exist: starting it/)
})
