import { expect, test } from 'vitest'
import { momentText } from './moment-text.ts'

test('a moment is told to the minute or second, and of a recording without dates that it has none, in the same width', () => {
  const noon = Date.UTC(2026, 10, 21, 12, 5, 9)
  expect(momentText(noon, 'minute')).toBe('2026-11-21 12:05')
  expect(momentText(noon, 'second')).toBe('2026-11-21 12:05:09')
  expect(momentText(160_000, 'minute')).toBe('no date         ')
})
