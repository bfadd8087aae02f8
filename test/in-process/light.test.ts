import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { compiledPackage } from '../support/compiled-package.ts'

let dist = ''

beforeAll(() => {
  dist = compiledPackage().dist
})

/** All that loading this file loads: static imports only, what is imported by a call comes when it is called. */
function loadedWith(entry: string): { files: string[]; outside: string[]; bytes: number } {
  const open = [join(dist, entry)]
  const seen = new Set<string>()
  const outside = new Set<string>()
  let bytes = 0
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    const text = readFileSync(file, 'utf8')
    bytes += text.length
    for (const match of text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)'/gm)) {
      const name = match[1]!
      if (name.startsWith('.')) open.push(join(dirname(file), name))
      else outside.add(name)
    }
  }
  return { files: [...seen].map((file) => relative(dist, file)).toSorted(), outside: [...outside].toSorted(), bytes }
}

const NODES_OWN = ['node:async_hooks', 'node:diagnostics_channel', 'node:fs', 'node:os', 'node:util/types', 'node:v8']

test('what the watched program loads is small, depends on nothing, and starts no process of its own', () => {
  const { outside, bytes } = loadedWith('in-process/should-go-away.js')
  expect(outside).toEqual(NODES_OWN)
  expect(bytes).toBeLessThan(70_000)
})

test('the main entry gives every verb, and loads no more than the library does', () => {
  const { files, outside, bytes } = loadedWith('index.js')
  expect(outside).toEqual(NODES_OWN)
  expect(bytes).toBeLessThan(74_000)
  expect([...new Set(files.map((file) => dirname(file)))]).toEqual(['base', 'in-process', '.'])
})
