import { expect, test } from 'vitest'
import { safeText } from './safe-text.ts'

test('control characters are shown, not sent', () => {
  expect(safeText('a\u001b[2Jb\nc\u202ed')).toBe('a\\u001b[2Jb\\nc\\u202ed')
})

test('long text is cut with an ellipsis', () => {
  expect(safeText('x'.repeat(300), 10)).toBe('xxxxxxxxx…')
})

test('whole emoji stay, halves of one are shown', () => {
  expect(safeText('ok 😀 \ud83d')).toBe('ok 😀 \\ud83d')
})
