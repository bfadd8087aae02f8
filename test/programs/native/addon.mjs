// node --expose-gc addon.mjs ADDON leak|healthy: does 600 operations and prints, after the first 200 and at the end, RSS
// and heap, both after full collections.
import { createRequire } from 'node:module'

const [file, kind] = process.argv.slice(2)
const addon = createRequire(import.meta.url)(file)
const measure = () => {
  globalThis.gc()
  globalThis.gc()
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
  return { rss, heapUsed, external, arrayBuffers }
}
for (let i = 0; i < 200; i++) addon[kind]()
const before = measure()
for (let i = 0; i < 400; i++) addon[kind]()
console.log(JSON.stringify({ before, after: measure() }))
