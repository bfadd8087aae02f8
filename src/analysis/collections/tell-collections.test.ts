import { expect, test } from 'vitest'
import { holdsText } from './tell-collections.ts'

const filled = { entries: 1168, capacity: undefined, keys: '[9]', values: 'Session', heldAs: 'sessions' }

test('a collection is told in the words of its runtime', () => {
  expect(holdsText({ ...filled, kind: 'Map', className: 'dict' })).toBe('sessions is a dict of 1 168 entries; keys look like [9], values are Session.')
  expect(holdsText({ ...filled, kind: 'Map', className: 'OrderedDict' })).toMatch(/^sessions is an OrderedDict of/)
  expect(holdsText({ ...filled, kind: 'Array', capacity: 2000, className: undefined })).toMatch(/^sessions is an Array of 1 168 entries with room for 2 000;/)
  expect(holdsText({ ...filled, kind: 'object', className: undefined })).toMatch(/^sessions is a plain object of/)
})
