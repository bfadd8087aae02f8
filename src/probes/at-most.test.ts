import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { atMost } from './at-most.ts'

test('what is in time is its own answer, what is late is none, what fails fails', async () => {
  expect(await atMost(Promise.resolve('done'), 1000)).toBe('done')
  expect(await atMost(new Promise(() => undefined), 5)).toBeUndefined()
  await expect(atMost(Promise.reject(new Error('no')), 1000)).rejects.toThrow('no')
})

test('a process does not live on for the rest of the time', async () => {
  const began = performance.now()
  const script = `const { atMost } = await import(${JSON.stringify(join(import.meta.dirname, 'at-most.ts'))}); console.log(await atMost(Promise.resolve('done'), 60_000))`
  expect((await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])).stdout).toBe('done\n')
  expect(performance.now() - began).toBeLessThan(30_000)
}, 60_000)
