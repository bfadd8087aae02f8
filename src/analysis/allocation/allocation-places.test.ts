import { expect, test } from 'vitest'
import { profileOf } from '../../../test/support/profile-of.ts'
import { allocationPlaces, callersOf } from './allocation-places.ts'
import { siteTotals } from './call-tree-totals.ts'

test('what the runtime allocates counts for the line that asked for it, whatever the way', () => {
  const profile = profileOf({
    'main.go:9 main.main > store.go:24 main.put > malloc.go:1 runtime.mallocgc': 600,
    'main.go:12 main.main > store.go:24 main.put > map.go:5 runtime.mapassign > malloc.go:1 runtime.mallocgc': 300,
    'main.go:9 main.main': 100,
  })
  expect(allocationPlaces(profile).map(({ functionName, location, values }) => [functionName, location?.line, values.liveBytes])).toEqual([
    ['main.put', 24, 900],
    ['main.main', 9, 100],
  ])
})

test('a stack that is the runtime all along belongs to its innermost frame', () => {
  const profile = profileOf({ 'proc.go:1 runtime.mstart > malloc.go:1 runtime.malg': 5 })
  expect(allocationPlaces(profile).map(({ functionName }) => functionName)).toEqual(['runtime.malg'])
})

test('states in brackets are told and do not take the place of the line', () => {
  const profile = profileOf({
    'created by main.serve > w.go:7 main.worker > chan.go:1 runtime.gopark > [chan receive] > [5 minutes]': { liveCount: 40 },
    'created by main.serve > w.go:7 main.worker > chan.go:1 runtime.gopark > [select]': { liveCount: 2, verdict: 'leaked' },
  }, { unit: 'goroutines' })
  const [place, ...others] = allocationPlaces(profile)
  expect(others).toEqual([])
  expect([place?.functionName, Object.fromEntries(place?.states ?? []), Object.fromEntries(place?.verdicts ?? [])]).toEqual([
    'main.worker',
    { 'chan receive': 40, '5 minutes': 40, select: 2 },
    { leaked: 2 },
  ])
})

test('callers are told from the own line outwards', () => {
  const profile = profileOf({ 'main.go:9 main.main > store.go:24 main.put > malloc.go:1 runtime.mallocgc': 600 })
  expect(callersOf(profile, 3, 5).map(({ file, line }) => `${file}:${line}`)).toEqual(['store.go:24', 'main.go:9'])
})

test('totals of a site are its own value and all below it', () => {
  const profile = profileOf({ 'a > b > c': 4, 'a > b': 2, 'a > d': 1 })
  expect([...siteTotals(profile, 'liveBytes')]).toEqual([7, 7, 6, 4, 1])
})
