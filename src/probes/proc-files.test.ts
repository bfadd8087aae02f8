import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { foreignFile } from './proc-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'stillhere-foreign-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.skipIf(process.platform === 'win32')('a pipe that nobody writes to is not waited for', () => {
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  expect(foreignFile(path, 100)).toBeUndefined()
})

test('of a file of any size only its beginning is read', () => {
  const path = join(folder, 'large')
  writeFileSync(path, 'begin')
  truncateSync(path, 2 ** 40)
  expect(Buffer.from(foreignFile(path, 8)!).toString()).toBe('begin\0\0\0')
})

test('a folder, and what is not there, is nothing', () => {
  expect(foreignFile(folder, 100)).toBeUndefined()
  expect(foreignFile(join(folder, 'none'), 100)).toBeUndefined()
})
