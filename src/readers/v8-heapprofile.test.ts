import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { v8HeapProfile } from './v8-heapprofile.ts'

const read = (json: unknown): Promise<AllocationProfile> => {
  const bytes = new TextEncoder().encode(JSON.stringify(json))
  return v8HeapProfile.read({ name: 'p.heapprofile', async *chunks() { yield bytes } }, startRun())
}
const node = (functionName: string, selfSize: number, children: unknown[] = [], url = ''): object => ({
  callFrame: { functionName, scriptId: '1', url, lineNumber: 4, columnNumber: -1 }, selfSize, children,
})

test('a tree of 200,000 calls, one inside the other, is read', async () => {
  const depth = 200_000
  const open = '{"callFrame":{"functionName":"f","url":"/a.js","lineNumber":1,"columnNumber":1},"selfSize":8,"children":['
  const text = `{"head":${open.repeat(depth)}${']}'.repeat(depth)}}`
  const bytes = new TextEncoder().encode(text)
  const profile = await v8HeapProfile.read({ name: 'deep', async *chunks() { yield bytes } }, startRun())
  expect(profile.siteCount).toBe(depth)
})

test('file URLs become paths, of Windows as well, and lines count from 1', async () => {
  const profile = await read({ head: node('(root)', 0, [node('a', 8, [], 'file:///srv/my%20app/x.mjs'), node('b', 8, [], 'file:///C:/app/y.mjs'), node('c', 8, [], 'file:///srv/100%.mjs')]) })
  expect(Array.from(profile.frames.file, (file) => profile.strings.get(file))).toEqual(['/srv/my app/x.mjs', 'C:/app/y.mjs', '/srv/100%.mjs'])
  expect([...profile.frames.line, ...profile.frames.column]).toEqual([5, 5, 5, 0, 0, 0])
})

test('a file without samples takes the smallest size of the tree for the interval', async () => {
  expect((await read({ head: node('(root)', 0, [node('a', 900), node('b', 520)]) })).samplingIntervalBytes).toBe(520)
})

test('a node that is none is named', async () => {
  await expect(read({ head: node('(root)', 0, [node('a', 8), { callFrame: { functionName: 'b' }, selfSize: 'many' }]) })).rejects.toThrow('node 2 below head: a selfSize of 0 or more')
})
