import { describe, expect, it } from 'vitest'
import { costOfMore, leastStackBytes, stackCost } from './goroutine-cost.ts'
import { profileOf } from '../../../test/support/profile-of.ts'

describe('what goroutines cost', () => {
  const profile = { ...profileOf({ 'main.go:9 main.wait': 1 }), unit: 'goroutines', liveCount: Float64Array.of(0, 1000) }

  it('stacks are of sizes that double, from 2 KiB on', () => {
    expect([0, 1, 2048, 2049, 8192, 11_900].map((used) => leastStackBytes(used))).toEqual([2048, 2048, 2048, 4096, 8192, 16_384])
  })

  it('is the smallest stack where nothing else is known', () => {
    expect(stackCost(profile, 1000)).toEqual({ bytes: 2_048_000, basis: 'at least' })
  })

  it('is a share of all stacks where the runtime tells them', () => {
    expect(stackCost({ ...profile, totals: { stackBytes: 8_000_000 } }, 500)).toEqual({ bytes: 4_000_000, basis: 'on average' })
  })

  it('is never told below the smallest stack, as from a heap profile of another moment', () => {
    expect(stackCost({ ...profile, totals: { stackBytes: 5000 } }, 10)?.basis).toBe('at least')
  })

  it('is nothing that other profiles have, or goroutines that went', () => {
    expect(stackCost(profile, -3)).toBeUndefined()
    expect(stackCost({ ...profile, unit: 'objects' }, 10)).toBeUndefined()
  })

  it('of those that came is what stacks and heap gained, divided', () => {
    const first = { goroutines: 10, stackBytes: 300_000, heapBytes: 1e6 }
    expect(costOfMore(first, { goroutines: 110, stackBytes: 1_100_000, heapBytes: 1.5e6 })).toEqual({ more: 100, stackBytesEach: 8000, heapBytesEachAtMost: 5000 })
    expect(costOfMore(first, { ...first, goroutines: 5 })).toBeUndefined()
    expect(costOfMore(first, { goroutines: 20, stackBytes: Number.NaN, heapBytes: 1e6 })).toBeUndefined()
  })
})
