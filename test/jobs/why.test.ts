import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { explainWhy } from '../../src/jobs/why.ts'

const sample = join(import.meta.dirname, '..', 'readers', 'pyheap', 'py3.11-holders.pyheap.gz')
const why = async (selector: string) => (await explainWhy({ file: sample, selector, paths: 5, picture: 'not wanted', version: '0', cwd: '/' }, startRun())).report

// holders.py makes a hundred sessions, and keeps one object of each of its other classes.
test('instances of a class are counted without the class, which has the same name in Python', async () => {
  const { summary, findings } = await why('Session')
  expect(summary).toBe('100 found, held in 1 way.')
  expect(findings.map(({ subject }) => subject)).toMatchObject([{ className: 'Session', count: 100 }])
})

test('a class of which nothing is left is found itself', async () => {
  const { summary } = await why('Gone')
  expect(summary).toMatch(/^1 found/)
})

test('a class that is not there ends with 2 and the nearest names; what is no class gets none', async () => {
  await expect(why('sesion')).rejects.toMatchObject({ name: 'UsageError', hint: expect.stringMatching(/^Did you mean Session\?\n/) })
  await expect(why('@999999999999')).rejects.toMatchObject({ hint: expect.not.stringContaining('Did you mean') })
})
