import { expect, test } from 'vitest'
import { MajorCollections } from './major-collections.ts'
import type { Witness } from './major-collections.ts'

/** A registry that remembers what it was given; the test tells of deaths. */
function fakeRegistry(): { registry: FinalizationRegistry<object>; held: Witness[] } {
  const held: Witness[] = []
  return { registry: { register: (_token: object, witness: Witness) => void held.push(witness) } as unknown as FinalizationRegistry<object>, held }
}

/** One collection finds these tokens dead. */
function collect(collections: MajorCollections, dead: readonly Witness[]): void {
  for (const witness of dead) collections.told(witness)
  collections.count()
}

test('a collection counts from when its youngest token was made', () => {
  const collections = new MajorCollections()
  const { registry, held } = fakeRegistry()
  collections.await(registry, 100)
  collections.await(registry, 500)
  collect(collections, held)
  expect(collections.sawSince(499, 1)).toBe(true)
  // It may have begun right after the token was made: nothing is known of later moments.
  expect(collections.sawSince(500, 1)).toBe(false)
  expect(collections.sawSince(0, 2)).toBe(false)
})

test('tokens that one collection finds dead are one collection, however many they are', () => {
  const collections = new MajorCollections()
  const { registry, held } = fakeRegistry()
  for (const ms of [1, 2, 3]) collections.await(registry, ms)
  collect(collections, held.splice(0))
  collections.await(registry, 10)
  collect(collections, held)
  expect(collections.sawSince(0, 2)).toBe(true)
  expect(collections.sawSince(0, 3)).toBe(false)
  expect(collections.sawSince(5, 2)).toBe(false)
})

test('in a process that collects nothing few tokens wait, and one of them is young enough', () => {
  const collections = new MajorCollections()
  const { registry, held } = fakeRegistry()
  for (let second = 0; second <= 86_400; second++) collections.await(registry, second * 1000)
  expect(held.length).toBeLessThan(120)
  expect(86_400_000 - held.at(-1)!.madeMs).toBeLessThan(86_400_000 / 7)
})

test('what a registry that was given up still tells of counts for nothing', () => {
  const collections = new MajorCollections()
  const { registry, held } = fakeRegistry()
  collections.await(registry, 1)
  collections.forget()
  expect(collections.told(held[0]!)).toBe(false)
  collections.count()
  expect(collections.sawSince(0, 1)).toBe(false)
})
