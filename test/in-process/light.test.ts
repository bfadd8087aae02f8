import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { compiledPackage } from '../support/compiled-package.ts'

test('what the watched program loads is small, depends on nothing, and starts no process of its own', () => {
  const entry = join(compiledPackage().dist, 'in-process', 'should-go-away.js')
  const open = [entry]
  const seen = new Set<string>()
  const outside = new Set<string>()
  let bytes = 0
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    const text = readFileSync(file, 'utf8')
    bytes += text.length
    // Static imports only: what is imported by a call is loaded when something must be explained.
    for (const match of text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)'/gm)) {
      const name = match[1]!
      if (name.startsWith('.')) open.push(join(dirname(file), name))
      else outside.add(name)
    }
  }
  expect([...outside].toSorted()).toEqual(['node:async_hooks', 'node:diagnostics_channel', 'node:fs', 'node:os', 'node:util/types', 'node:v8'])
  expect(bytes).toBeLessThan(64_000)
})
