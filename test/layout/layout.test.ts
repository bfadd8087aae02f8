import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { ProbeError } from '../../src/base/errors.ts'
import { readLayout } from '../../src/jobs/layout.ts'
import { groupMappings } from '../../src/readers/smaps.ts'
import { renderLayout } from '../../src/render/layout-text.ts'

const sample = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')

describe('mappings by kind', () => {
  const groups = groupMappings(sample('smaps.txt'), '/app/leaky-app')
  const sum = (field: 'rssBytes' | 'ussBytes' | 'anonymousBytes'): number => groups.reduce((total, group) => total + group[field], 0)

  test('sum up to what the kernel itself sums in smaps_rollup, a moment later in a process that takes 10 MB a second', () => {
    const rollup = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(sample('smaps_rollup.txt'))![1]) * 1024
    expect(Math.abs(sum('rssBytes') - rollup('Rss'))).toBeLessThan(2e6)
    expect(Math.abs(sum('anonymousBytes') - rollup('Anonymous'))).toBeLessThan(2e6)
    expect(Math.abs(sum('ussBytes') - rollup('Private_Clean') - rollup('Private_Dirty'))).toBeLessThan(2e6)
  })

  test('never hold more than is mapped', () => {
    for (const group of groups) expect(group.rssBytes).toBeLessThanOrEqual(group.mappedBytes)
  })
})

describe.runIf(process.platform === 'linux')('the layout of this very process', () => {
  test('has its program, its libraries and its anonymous memory', async () => {
    const { groups, pid } = await readLayout(process.pid)
    expect(pid).toBe(process.pid)
    expect(groups.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['program', 'anonymous', 'stack']))
    const rss = groups.reduce((total, group) => total + group.rssBytes, 0)
    const referenced = groups.reduce((total, group) => total + group.referencedBytes, 0)
    expect(referenced).toBeGreaterThan(0)
    expect(referenced).toBeLessThanOrEqual(rss)
    expect(Math.abs(rss / process.memoryUsage.rss() - 1)).toBeLessThan(0.2)
  })

  test('of nobody is refused with the pid', async () => {
    await expect(readLayout(2 ** 22 + 1)).rejects.toThrow(ProbeError)
  })

  test('knows the stacks of its threads, and what the heap of its runtime takes of it', async () => {
    const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', '-e', 'globalThis.kept = Buffer.alloc(50e6, 1); setInterval(() => {}, 1000)'], { stdio: ['ignore', 'ignore', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child.stderr, 'data')
    await vi.waitFor(async () => expect((await readLayout(child.pid!)).sample['array-buffers']).toBeGreaterThan(50e6), 15_000)
    const layout = await readLayout(child.pid!)
    expect(layout.inside).toEqual(['its inspector'])
    const stacks = layout.groups.find(({ kind }) => kind === 'thread-stack')!
    expect(stacks.mappingCount).toBeGreaterThan(2) // V8's workers and libuv's threads
    expect(stacks.rssBytes).toBe(layout.stacks.reduce((sum, { rssBytes }) => sum + rssBytes, 0))
    const text = renderLayout(layout)
    expect(text).toMatch(/runtime’s heap {2}[\d.]+ MB in use of [\d.]+ MB taken \(its inspector\)/)
    // 50 MB of buffers lie outside the heap, and the runtime knows of them: they are not left over.
    expect(Number(/beside it +([\d.]+) MB external/.exec(text)![1])).toBeGreaterThan(50)
    expect(Number(/left over +(?:at most )?([\d.]+) MB/.exec(text)![1])).toBeLessThan(50)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('does not take a heap that was reserved for one that is in memory', () => {
    const base = { pid: 7, command: 'java', groups: [], inside: ['the counters of the JVM'], stacks: [], oom: { score: 0, adjustment: 0, first: [] } }
    const text = renderLayout({ ...base, sample: { 'rss-anon': 78.6e6, 'heap-used': 63.9e6, 'heap-committed': 315e6 } })
    expect(text).toMatch(/left over +at most 14\.7 MB of 78\.6 MB anonymous/)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
})
