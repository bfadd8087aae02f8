import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { readPackageVersion } from './package-versions.ts'

const folder = mkdtempSync(join(tmpdir(), 'stillhere-version-'))
const write = (text: string): void => writeFileSync(join(folder, 'package.json'), text)
beforeEach(() => write('{"name":"debug","version":"4.1.1"}'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the version is the one in package.json, of a path and of a file URL', async () => {
  expect(await readPackageVersion('debug', folder)).toBe('4.1.1')
  expect(await readPackageVersion('debug', pathToFileURL(folder).href)).toBe('4.1.1')
})

test('another package, no package, no JSON and no version are not known', async () => {
  expect(await readPackageVersion('undici', folder)).toBeUndefined()
  expect(await readPackageVersion('debug', join(folder, 'none'))).toBeUndefined()
  expect(await readPackageVersion('debug', 'node_modules/debug')).toBeUndefined()
  expect(await readPackageVersion('undici', 'node:internal/deps/undici')).toBeUndefined()
  for (const text of ['{', 'null', '[]', '{"name":"debug"}', '{"name":"debug","version":4}']) {
    write(text)
    expect(await readPackageVersion('debug', folder), text).toBeUndefined()
  }
})

test('a package.json too big to be one is not read', async () => {
  write(`{"name":"debug","version":"4.1.1","x":"${'x'.repeat(2 ** 20)}"}`)
  expect(await readPackageVersion('debug', folder)).toBeUndefined()
})
