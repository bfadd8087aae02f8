import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { confirmationPlan, confirmLeak, judgeDouble, judgeIdle } from '../../src/jobs/confirm.ts'
import { LiveWithoutFillers } from '../../src/jobs/watch/collector.ts'
import { growthPrograms } from '../support/growth-programs.ts'
import { hasTool } from '../support/tools.ts'

/** Confirmation on live programs whose load is a number in a file. */

const programs = join(import.meta.dirname, '..', 'programs', 'growth')
const folder = mkdtempSync(join(tmpdir(), 'confirm-'))
const children: ChildProcess[] = []
/** What a restart has started: our own command writes down its pid. */
const restarted = (): number[] => (existsSync(join(folder, 'restarted')) ? [Number(readFileSync(join(folder, 'restarted'), 'utf8'))] : [])
const FOR_MS = 2400
beforeAll(() => {
  if (hasTool('cc')) execFileSync('cc', ['-O1', '-o', join(folder, 'load'), join(programs, 'load.c')])
  const java = growthPrograms().find(({ language }) => language === 'Java')
  if (java !== undefined) javaCommand = java.prepare(folder)
}, 60_000)
let javaCommand: ((which: 'leak' | 'healthy') => string[]) | undefined
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  for (const pid of restarted()) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** A program under a load of one piece every 20 ms, and the commands that change it. */
function underLoad(which: 'leak' | 'cache' | 'bounded', name: string): { pid: number; stop: string; resume: string; double: string; file: string } {
  const file = join(folder, name)
  writeFileSync(file, '1')
  const child = spawn(join(folder, 'load'), [which, file], { stdio: 'ignore' })
  children.push(child)
  const set = (pieces: number): string => `echo ${pieces} > ${file}.new && mv ${file}.new ${file}`
  return { pid: child.pid!, stop: set(0), resume: set(1), double: set(2), file }
}

describe.runIf(process.platform === 'linux' && hasTool('cc'))('on a live program', () => {
  test.concurrent('idle and double: a leak per request stops when idle, and grows twice as fast under twice the load: high', async () => {
    const { pid, stop, resume, double } = underLoad('leak', 'one')
    const told: string[] = []
    const { grade, steps } = await confirmLeak({ pid, idle: { stop, resume, forMs: FOR_MS }, double: { start: double, end: resume, forMs: FOR_MS }, onStep: (text) => told.push(text) }, startRun())
    expect(steps.map(({ step, outcome }) => [step, outcome])).toEqual([['idle', 'for'], ['double', 'for']])
    expect(steps[0]!.text).toMatch(/stops when idle.*per request/)
    expect(steps[1]!.text).toMatch(/twice the load, .* times the growth/)
    expect(grade).toBe('high')
    expect(told).toHaveLength(4)
  })

  test.concurrent('idle: what falls back when idle is load, and no leak', async () => {
    const { pid, stop, resume, file } = underLoad('cache', 'two')
    writeFileSync(file, '0')
    // It fills while it is watched under load, and empties when idle.
    setTimeout(() => writeFileSync(file, '1'), 600)
    const { grade, steps } = await confirmLeak({ pid, idle: { stop, resume, forMs: FOR_MS } }, startRun())
    expect(steps[0]).toMatchObject({ step: 'idle', outcome: 'against' })
    expect(grade).toBe('refuted')
  })

  test.concurrent('restart: what grows again at the same rate after it is one more step for a leak', { timeout: 60_000 }, async () => {
    const { pid, stop, resume, file } = underLoad('leak', 'three')
    const restart = `kill ${pid}; ${join(folder, 'load')} leak ${file} > /dev/null 2>&1 & echo $! > ${folder}/restarted`
    const { grade, bytesPerHour, steps } = await confirmLeak(
      { pid, idle: { stop, resume, forMs: FOR_MS }, restart: { command: restart, target: { kind: 'name', name: file }, forMs: 5000 } },
      startRun(),
    )
    expect(steps.map(({ step, outcome }) => [step, outcome])).toEqual([['idle', 'for'], ['restart', 'for']])
    expect(grade).toBe('very high')
    // 200 kB each 20 ms is 36 GB an hour; less on a busy machine.
    expect(bytesPerHour).toBeGreaterThan(5e9)
    expect(bytesPerHour).toBeLessThan(40e9)
  })

  test.runIf(hasTool('java') && hasTool('javac')).concurrent('collect: a JVM that leaks is told from its healthy twin by forced collections', { timeout: 60_000 }, async () => {
    const confirm = async (which: 'leak' | 'healthy'): Promise<string> => {
      const [file, ...args] = javaCommand!(which) as [string, ...string[]]
      const child = spawn(file, args, { stdio: 'ignore' })
      children.push(child)
      await new Promise((resolve) => setTimeout(resolve, 3000))
      return (await confirmLeak({ pid: child.pid!, collect: { count: 6, everyMs: 800 } }, startRun())).grade
    }
    expect(await Promise.all([confirm('leak'), confirm('healthy')])).toEqual(['high', 'refuted'])
  })
})

test('what a JVM has overwritten with fillers does not count as alive, by either name they have', () => {
  const old = new LiveWithoutFillers()
  const before = [400_000, 800_000, 1_200_000, 100_000].map((ints) => old.after(900_000 + ints, ` num     #instances         #bytes  class name\n   1:  119  ${ints}  [I (java.base@17.0.15)\n   2:  10  900000  [B (java.base@17.0.15)\n`))
  expect(before).toEqual([1_300_000, 1_300_000, 1_300_000, 1_000_000])
  expect(new LiveWithoutFillers().after(900_000, '   1:  9  300000  jdk.internal.vm.FillerArray (java.base@21)\n')).toBe(600_000)
})

describe('the grades', () => {
  test('of idling: per request, by time, by both, load, nothing', () => {
    expect(judgeIdle(100e6, 2e6)).toMatchObject({ outcome: 'for', text: expect.stringMatching(/per request/) as string })
    expect(judgeIdle(100e6, 90e6)).toMatchObject({ outcome: 'for', text: expect.stringMatching(/by time/) as string })
    expect(judgeIdle(100e6, 30e6)).toMatchObject({ outcome: 'for', text: expect.stringMatching(/by both/) as string })
    expect(judgeIdle(100e6, -80e6)).toMatchObject({ outcome: 'against' })
    expect(judgeIdle(0, 5e6)).toMatchObject({ outcome: 'open' })
  })

  test('of twice the load: per request, by time, a cache that is full, neither', () => {
    expect(judgeDouble(100e6, 195e6)).toMatchObject({ outcome: 'for', text: expect.stringMatching(/per request/) as string })
    expect(judgeDouble(100e6, 105e6)).toMatchObject({ outcome: 'for', text: expect.stringMatching(/by time/) as string })
    expect(judgeDouble(100e6, 3e6)).toMatchObject({ outcome: 'against', text: expect.stringMatching(/filled up/) as string })
    expect(judgeDouble(100e6, 40e6)).toMatchObject({ outcome: 'open' })
    expect(judgeDouble(0, 40e6)).toMatchObject({ outcome: 'open' })
  })

  test('each step is announced with what it will do to the process', () => {
    const plan = confirmationPlan({ pid: 1, collect: { count: 8, everyMs: 5000 }, idle: { stop: 'a', resume: 'b', forMs: 1000 }, double: { start: 'c', end: 'd', forMs: 1000 }, restart: { command: 'e', target: { kind: 'service', name: 'shop' }, forMs: 1000 } })
    expect(plan).toHaveLength(4)
    expect(plan[3]).toMatch(/its state is lost/)
  })
})
