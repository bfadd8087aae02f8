import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { knownLeaksText } from '../scripts/known-leaks-text.ts'

test('docs/known-leaks.md is what scripts/list-known-leaks.ts writes', () => {
  expect(readFileSync(join(import.meta.dirname, '..', 'docs', 'known-leaks.md'), 'utf8')).toBe(knownLeaksText())
})
