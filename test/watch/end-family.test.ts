import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { watchProcess } from '../../src/jobs/watch-process.ts'
import type { WatchEvent } from '../../src/jobs/watch/watch-plan.ts'
import { processFacts, processTree } from '../../src/probes/linux-process.ts'

/** What a watch does with the program it started, and with all that this one started. */

const folder = mkdtempSync(join(tmpdir(), 'family-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const runs = (pid: number): boolean => processFacts(pid)?.isZombie === false
const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')

describe.runIf(process.platform === 'linux')('a program that was started to be watched', () => {
  test('is counted with what it starts, and ended with it, also a child in a group of its own', { timeout: 60_000 }, async () => {
    const worker = `globalThis.kept = Buffer.alloc(60e6, 1); setInterval(() => {}, 1000)`
    let family: number[] = []
    const events: WatchEvent[] = []
    const onEvent = (event: WatchEvent): void => {
      events.push(event)
      if (event.kind === 'sample' && events[0]?.kind === 'started') family = processTree(events[0].pid)
    }
    await watchProcess({ target: { kind: 'command', command: ['sh', '-c', `setsid sleep 300 & "${process.execPath}" -e "${worker}"; true`] }, everyMs: 100, forMs: 4000, onEvent }, startRun())
    expect(family.length).toBeGreaterThanOrEqual(3)
    const last = events.findLast((event) => event.kind === 'sample')
    expect(last?.kind === 'sample' && last.sample['rss-anon']!).toBeGreaterThan(60e6)
    await vi.waitFor(() => expect(family.filter(runs)).toEqual([]), 5000)
  })

  test('that becomes another by exec is another start of it, under its new name', { timeout: 60_000 }, async () => {
    const events: WatchEvent[] = []
    const { series } = await watchProcess({ target: { kind: 'command', command: ['sh', '-c', 'sleep 1; exec sleep 302'] }, everyMs: 100, forMs: 4500, onEvent: (event) => events.push(event) }, startRun())
    expect(events).toContainEqual({ kind: 'became', command: 'sleep 302' })
    expect(series.process.command).toBe('sleep 302')
    expect([...new Set(series.epoch)]).toEqual([0, 1])
  })

  test('may finish what it has begun before it is ended, also behind a shell that is gone at once', { timeout: 60_000 }, async () => {
    const said = join(folder, 'said')
    const worker = join(folder, 'worker.cjs')
    writeFileSync(worker, `process.on('SIGTERM', () => setTimeout(() => { require('fs').writeFileSync(${JSON.stringify(said)}, 'finished'); process.exit() }, 300)); setInterval(() => {}, 1000)`)
    await watchProcess({ target: { kind: 'command', command: ['sh', '-c', `"${process.execPath}" ${worker}; true`] }, everyMs: 100, forMs: 3000 }, startRun())
    expect(readFileSync(said, 'utf8')).toBe('finished')
  })

  test('Ctrl-C reaches the watch alone: it gives its last word and then ends the program', { timeout: 60_000 }, async () => {
    const watch = spawn(process.execPath, [MAIN, 'watch', '--json', '--every', '50ms', '--', 'sh', '-c', 'sleep 301; true'], { stdio: ['ignore', 'pipe', 'ignore'], detached: true })
    onTestFinished(() => void watch.kill('SIGKILL'))
    let text = ''
    watch.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    await vi.waitFor(() => expect(text).toMatch(/"event":"sample"/), 30_000)
    const family = processTree(watch.pid!).slice(1)
    expect(family).toHaveLength(2)
    process.kill(-watch.pid!, 'SIGINT') // as a terminal does: to the whole foreground group
    const code = await new Promise((resolve) => watch.once('close', resolve))
    expect([code, family.filter(runs)]).toEqual([0, []])
    const lines = text.trim().split('\n').map((line) => JSON.parse(line) as { event: string; ended?: string; why?: string })
    expect(lines.at(-2)).toMatchObject({ event: 'ended', why: 'it was stopped' })
    expect(lines.at(-1)).toMatchObject({ event: 'result', ended: 'it was stopped' })
  })
})
