import { channel } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LfuCache, RingBuffer, WeakValueMap } from './index.ts'

const key = fc.integer({ min: 0, max: 7 })
const steps = fc.array(fc.record({ kind: fc.constantFrom('get', 'put', 'put', 'delete', 'clear-seldom'), key }), { maxLength: 200 })

test('an LfuCache does what a list that is searched from end to end does', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), steps, (capacity, all) => {
    const cache = new LfuCache<number, number>(capacity)
    let model: { key: number; value: number; uses: number; usedAt: number }[] = []
    for (const [time, { kind, key: each }] of all.entries()) {
      const known = model.find((entry) => entry.key === each)
      if (kind === 'get' || (kind === 'put' && known !== undefined)) {
        if (known !== undefined) {
          known.uses++
          known.usedAt = time
        }
        if (kind === 'get') expect(cache.get(each)).toBe(known?.value)
        else {
          known!.value = time
          expect(cache.put(each, time)).toBeUndefined()
        }
      } else if (kind === 'put') {
        const worst = model.length < capacity ? undefined : model.toSorted((a, b) => a.uses - b.uses || a.usedAt - b.usedAt)[0]!
        model = [...model.filter((entry) => entry !== worst), { key: each, value: time, uses: 1, usedAt: time }]
        expect(cache.put(each, time)).toEqual(worst === undefined ? undefined : { dropped: worst.key })
      } else if (kind === 'delete') {
        model = model.filter((entry) => entry !== known)
        expect(cache.delete(each)).toBe(known !== undefined)
      } else if (each === 0) {
        model = []
        cache.clear()
      }
      expect(cache.size).toBe(model.length)
      for (let any = 0; any <= 7; any++) expect(cache.has(any)).toBe(model.some((entry) => entry.key === any))
    }
  }))
})

test('a RingBuffer holds the end of an array that was pushed to and shifted from', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.constantFrom('push', 'push', 'shift', 'clear'), { maxLength: 60 }), (capacity, all) => {
    const ring = new RingBuffer<number>(capacity)
    const model: number[] = []
    for (const [time, kind] of all.entries()) {
      if (kind === 'push') {
        model.push(time)
        expect(ring.push(time)).toBe(model.length > capacity ? model.shift() : undefined)
      } else if (kind === 'shift') expect(ring.shift()).toBe(model.shift())
      else {
        model.length = 0
        ring.clear()
      }
      expect([...ring]).toEqual(model)
      expect(ring.size).toBe(model.length)
      for (let index = -6; index <= 6; index++) expect(ring.at(index)).toBe(model.at(index))
    }
  }))
})

test('a WeakValueMap whose values live is a Map', () => {
  const values = Array.from({ length: 4 }, (_, number) => ({ number }))
  fc.assert(fc.property(fc.array(fc.record({ kind: fc.constantFrom('set', 'set', 'delete', 'clear'), key, value: fc.constantFrom(...values) }), { maxLength: 60 }), (all) => {
    const map = new WeakValueMap<number, { number: number }>()
    const model = new Map<number, { number: number }>()
    for (const { kind, key: each, value } of all) {
      if (kind === 'set') {
        map.set(each, value)
        model.set(each, value)
      } else if (kind === 'delete') expect(map.delete(each)).toBe(model.delete(each))
      else {
        map.clear()
        model.clear()
      }
      expect([...map]).toEqual([...model])
      expect(map.size).toBe(model.size)
      for (let any = 0; any <= 7; any++) expect(map.get(any)).toBe(model.get(any))
    }
  }))
})

test('a WeakValueMap forgets the keys of values that were collected, and nothing else', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const map = new WeakValueMap<number, object>()
  const kept = { kept: true }
  const fill = (): void => {
    for (let number = 0; number < 1000; number++) map.set(number, { number })
    map.set(7, kept) // the value that was here dies; its key must stay
  }
  fill()
  for (let attempt = 0; attempt < 50 && map.size > 1; attempt++) {
    await sleep(5)
    collect()
  }
  expect(map.size).toBe(1)
  expect([...map]).toEqual([[7, kept]])
})

test('sizes are told while somebody listens, and a capacity that is no count is refused', () => {
  const told: unknown[] = []
  const listen = (message: unknown): void => void told.push(message)
  const sizes = channel('stillhere:bounded')
  const cache = new LfuCache<string, number>(1, { name: 'prices' })
  cache.put('unheard', 1)
  sizes.subscribe(listen)
  cache.put('b', 2) // one goes, one comes: the size stays
  cache.delete('b')
  new RingBuffer<number>(3).push(1)
  new WeakValueMap({ name: 'open' }).set('x', told)
  sizes.unsubscribe(listen)
  expect(told).toEqual([
    { name: 'prices', kind: 'lfu-cache', size: 0, capacity: 1 },
    { name: undefined, kind: 'ring-buffer', size: 1, capacity: 3 },
    { name: 'open', kind: 'weak-value-map', size: 1, capacity: undefined },
  ])
  for (const capacity of [0, -1, 1.5, NaN]) {
    expect(() => new LfuCache(capacity)).toThrow(RangeError)
    expect(() => new RingBuffer(capacity)).toThrow(RangeError)
  }
})
