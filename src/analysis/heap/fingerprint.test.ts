import { expect, test } from 'vitest'
import type { Finding } from '../../model/finding.ts'
import { tellApart } from './fingerprint.ts'

const findings = (...fingerprints: string[]): Finding[] => fingerprints.map((fingerprint, place) => ({ fingerprint, title: `number ${place}` }) as Finding)
const told = (...fingerprints: string[]): string[] => tellApart(findings(...fingerprints)).map(({ fingerprint }) => fingerprint)

test('findings that are held alike have fingerprints of their own, the biggest that of its path', () => {
  const apart = told('aa', 'bb', 'aa', 'aa')
  expect(new Set(apart).size).toBe(4)
  expect(apart.slice(0, 2)).toEqual(['aa', 'bb'])
})

test('they are the same in another run, and when one is repaired it is the last that is gone', () => {
  expect(told('bb', 'aa', 'aa')).toEqual(['bb', ...told('aa', 'aa')])
  expect(told('aa', 'aa', 'aa').slice(0, 2)).toEqual(told('aa', 'aa'))
})

test('what has no path has no fingerprint, however many there are', () => {
  expect(told('', '')).toEqual(['', ''])
})
