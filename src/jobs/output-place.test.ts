import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { StoreError, UsageError } from '../base/errors.ts'
import { expectPlaceFor, makeFolder } from './output-place.ts'

const folder = mkdtempSync(join(tmpdir(), 'stillhere-place-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a file in a folder that is missing, or one of the name of a folder, is refused before the work begins', () => {
  expect(() => expectPlaceFor(join(folder, 'not-there', 'x.json'), '--json')).toThrow(UsageError)
  expect(() => expectPlaceFor(join(folder, 'not-there', 'x.json'), '--json')).toThrow(/--json: expected a file in a folder that exists/)
  expect(() => expectPlaceFor(folder, '--json')).toThrow(/a folder/)
  expectPlaceFor(join(folder, 'x.json'), '--json')
})

test('folders are made with all above them, and one that is there stays', () => {
  makeFolder(join(folder, 'a', 'b', 'c'))
  makeFolder(join(folder, 'a', 'b', 'c'))
  expect(statSync(join(folder, 'a', 'b', 'c')).isDirectory()).toBe(true)
})

test('a folder that cannot be is refused, also where the system says that it does not exist', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => makeFolder(join(folder, 'file'))).toThrow(StoreError)
  expect(() => makeFolder(join(folder, 'file', 'below'))).toThrow(StoreError)
  if (process.platform === 'linux') expect(() => makeFolder('/proc/no/such')).toThrow(StoreError)
})
