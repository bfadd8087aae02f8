import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { confirmLeak } from '../../src/jobs/confirm.ts'
import { showStored, listHistory } from '../../src/jobs/history.ts'
import type { WatchEvent, WatchResult } from '../../src/jobs/watch/watch-plan.ts'
import { watchProcess } from '../../src/jobs/watch-process.ts'
import { growthPrograms } from '../support/growth-programs.ts'
import { hasTool } from '../support/tools.ts'

/**
 * Real programs, one that leaks and one that does not, in compressed time: what takes a service hours takes them seconds.
 * They run side by side, so the suite waits for the longest only.
 */

const programs = join(import.meta.dirname, '..', 'programs', 'growth')
const folder = mkdtempSync(join(tmpdir(), 'watch-'))
const SECONDS = 14

/** Compiled before anything is watched: a compiler beside it would make the watch stumble. */
const commands = new Map<string, (which: 'leak' | 'healthy') => string[]>()
beforeAll(() => {
  for (const { language, prepare } of growthPrograms()) commands.set(language, prepare(folder))
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const watch = (command: string[], onEvent?: (event: WatchEvent) => void, storePath?: string): Promise<WatchResult> =>
  watchProcess({ target: { kind: 'command', command }, everyMs: 60, forMs: SECONDS * 1000, inside: 'read', onEvent, storePath }, startRun())

describe.runIf(process.platform === 'linux')('watched from outside', () => {
  for (const { language } of growthPrograms()) {
    test.concurrent(`a ${language} program that leaks is called a leak, and its healthy twin is not`, async () => {
      const command = commands.get(language)!
      const [leaking, healthy] = await Promise.all([watch(command('leak')), watch(command('healthy'))])
      expect(leaking.verdict).toMatchObject({ verdict: 'leak' })
      expect(healthy.verdict.verdict).not.toBe('leak')
      expect(healthy.verdict.confidence).toBeLessThan(leaking.verdict.confidence)
      // Node collects fully four times or five meanwhile, as fast as the machine is; from five on they are enough alone.
      const live = { C: ['none'], Python: ['none'], Go: ['heap-floor'], Java: ['heap-live'], Node: ['heap-floor', 'heap-used'] }[language]
      expect(live).toContain(leaking.verdict.evidence.live)
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

  test.runIf(hasTool('cc')).concurrent('the rate of a known leak is found', async () => {
    const { verdict } = await watch(commands.get('C')!('leak'))
    // Where no group sets a limit the machine does, and it is a while until then.
    expect(verdict.limitBytes).toBeGreaterThan(100e6)
    expect(verdict.hoursLeft!.value).toBeGreaterThan(0.01)
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
