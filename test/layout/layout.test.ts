import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ProbeError } from '../../src/base/errors.ts'
import { readLayout } from '../../src/jobs/layout.ts'
import { groupMappings } from '../../src/readers/smaps.ts'

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
  test('has its program, its libraries and its anonymous memory', () => {
    const { groups, pid } = readLayout(process.pid)
    expect(pid).toBe(process.pid)
    expect(groups.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['program', 'anonymous', 'stack']))
    const rss = groups.reduce((total, group) => total + group.rssBytes, 0)
    expect(Math.abs(rss / process.memoryUsage.rss() - 1)).toBeLessThan(0.2)
  })

  test('of nobody is refused with the pid', () => {
    expect(() => readLayout(2 ** 22 + 1)).toThrow(ProbeError)
  })
})
