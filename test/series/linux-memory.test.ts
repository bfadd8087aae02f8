import { spawn } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { LinuxMemory, listProcesses, pageBytes } from '../../src/probes/linux-memory.ts'

describe.runIf(process.platform === 'linux')('a process in /proc', () => {
  test('tells the resident memory the runtime tells', () => {
    const sample = LinuxMemory.open(process.pid).read()
    if (typeof sample === 'string') throw new Error(sample)
    expect(Math.abs(sample.rss! / process.memoryUsage.rss() - 1)).toBeLessThan(0.1)
    expect(sample['rss-anon']! + sample['rss-file']! + sample['rss-shmem']!).toBe(sample.rss)
    expect(sample['fd-count']).toBeGreaterThan(2)
  })

  test('started when it says it started', () => {
    const { startedAtMs } = LinuxMemory.open(process.pid)
    expect(Math.abs(Date.now() - startedAtMs - process.uptime() * 1000)).toBeLessThan(3000)
  })

  test('is gone after its end, and nobody else', async () => {
    const child = spawn('sleep', ['60'])
    await new Promise((resolve) => child.once('spawn', resolve))
    const memory = LinuxMemory.open(child.pid!)
    expect(typeof memory.read()).toBe('object')
    child.kill()
    await new Promise((resolve) => child.once('close', resolve))
    expect(memory.read()).toBe('gone')
  })

  test('stands in the list of all, with its pages in bytes', () => {
    const own = listProcesses().find(({ pid }) => pid === process.pid)
    expect(Math.abs(own!.rssBytes / process.memoryUsage.rss() - 1)).toBeLessThan(0.1)
    expect([4096, 16384, 65536]).toContain(pageBytes())
  })
})
