import { expect, test } from 'vitest'
import { profileOf } from '../../../test/support/profile-of.ts'
import { commonColumn, growingPlaces } from './growing-places.ts'
import { judgeGrowth, judgeProfile } from './judge-profile.ts'
import { allocationPlaces } from './allocation-places.ts'

const looks = (put: readonly number[], cache: readonly number[]): ReturnType<typeof profileOf>[] =>
  put.map((bytes, look) => profileOf({ 'main.go:9 main > store.go:24 put': bytes, 'main.go:8 main > cache.go:3 fill': cache[look]! }))

test('three looks that rise each time make a leak, a cache that fills up does not', () => {
  const profiles = looks([1000, 2000, 3000], [5000, 9000, 9000])
  const findings = judgeGrowth(profiles, growingPlaces(profiles, 'liveBytes'), 'liveBytes')
  expect(findings.map(({ verdict, subject, growth }) => [subject.kind === 'site' ? subject.functionName : '', verdict, growth?.bytes])).toEqual([
    ['fill', 'suspect', 2000],
    ['put', 'leak', 1000],
  ])
})

test('two looks make a suspect at most, and what shrinks or stays makes nothing', () => {
  const profiles = looks([1000, 2000], [9000, 8000])
  const findings = judgeGrowth(profiles, growingPlaces(profiles, 'liveBytes'), 'liveBytes')
  expect(findings.map(({ verdict }) => verdict)).toEqual(['suspect'])
  const same = looks([1000, 1000], [9000, 9000])
  expect(judgeGrowth(same, growingPlaces(same, 'liveBytes'), 'liveBytes')).toEqual([])
})

test('growth within the error of sampling is none', () => {
  const sampled = [1_000_000, 2_000_000].map((bytes) => profileOf({ 'a.go:1 a': bytes }, { samplingIntervalBytes: 524_288 }))
  const exact = [1_000_000, 2_000_000].map((bytes) => profileOf({ 'a.go:1 a': bytes }))
  expect(growingPlaces(sampled, 'liveBytes')[0]?.rises).toBe('no')
  expect(growingPlaces(exact, 'liveBytes')[0]?.rises).toBe('at every step')
})

test('across formats a line is a place, whatever its function is called there', () => {
  const tracemalloc = profileOf({ '/srv/app.py:9 app.py:9': 1000, '/srv/app.py:12 app.py:12': 500 })
  const memray = profileOf({ 'app.py:3 main > app.py:9 hold': 4000, 'app.py:12 index': 500 })
  const other = { ...memray, source: { ...memray.source, format: 'memray' } }
  expect(growingPlaces([tracemalloc, other], 'liveBytes').map(({ place, values }) => [place.functionName, values])).toEqual([
    ['hold', [1000, 4000]],
    ['index', [500, 500]],
  ])
})

test('profiles that share no kind of value cannot be compared', () => {
  expect(commonColumn([profileOf({ a: 5 }), profileOf({ a: { allocatedBytes: 5 } })])).toBeUndefined()
  expect(commonColumn([profileOf({ a: { liveBytes: 5, allocatedBytes: 6 } }), profileOf({ a: { allocatedBytes: 5 } })])).toBe('allocatedBytes')
})

test('one profile proves nothing unless the tool that wrote it did', () => {
  const one = profileOf({ 'a.c:3 a': 900, 'b.c:4 b': 100 })
  expect(judgeProfile(one, allocationPlaces(one)).map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided'])
  const checked = profileOf({ 'a.c:3 a': { liveBytes: 900, verdict: 'still reachable' }, 'b.c:4 b': { liveBytes: 100, verdict: 'definitely lost' } })
  expect(judgeProfile(checked, allocationPlaces(checked)).map(({ verdict, retainedBytes }) => [verdict, retainedBytes])).toEqual([['leak', 100]])
})

test('what a profile of allocations proves to be freed comes after what may still be there', () => {
  const drawn = profileOf({ 'a.py:14 temporary': { allocatedBytes: 3000 }, 'a.py:10 keep': { allocatedBytes: 600 } }, { totals: { peakBytes: 700 } })
  const findings = judgeProfile(drawn, allocationPlaces(drawn))
  expect(findings.map(({ subject }) => (subject.kind === 'site' ? subject.functionName : ''))).toEqual(['keep', 'temporary'])
  expect(findings[1]?.reasons.at(-1)?.text).toBe('no more than 700 B were in use at once: at least 2.3 kB of it were freed again')
})

test('lines that a leak detector suspects are suspects, the others stay undecided', () => {
  const drawn = profileOf({ 'a.py:14 index': { allocatedBytes: 3000 }, 'a.py:10 keep': { allocatedBytes: 600, verdict: 'likely leak (97 %)' } })
  expect(judgeProfile(drawn, allocationPlaces(drawn)).map(({ subject, verdict }) => [subject.kind === 'site' ? subject.functionName : '', verdict])).toEqual([['keep', 'suspect'], ['index', 'undecided']])
})

test('a small line that keeps is found among large ones that do not', () => {
  const drawn = profileOf({ 'a.py:14 temporary': { allocatedBytes: 90_000 }, 'a.py:10 keep': { allocatedBytes: 600 } }, { totals: { peakBytes: 700 } })
  expect(judgeProfile(drawn, allocationPlaces(drawn)).map(({ title }) => title)).toEqual(['keep (a.py:10) allocated 600 B', 'temporary (a.py:14) allocated 90.0 kB'])
})
