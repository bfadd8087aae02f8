// heap-snapshot-toolkit on one file: totals by class, the 20 biggest printed. Usage: node run-toolkit.mjs FILE
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const from = createRequire(join(import.meta.dirname, '..', '..', '.cache', 'peers', 'index.js'))
const { parse } = await import(pathToFileURL(from.resolve('heap-snapshot-toolkit')).href)
const parsed = await parse(createReadStream(process.argv[2], 'utf-8'))
const totals = Object.values(parsed.aggregatesWithFilter({})).sort((a, b) => b.maxRet - a.maxRet)
for (const { name, count, self, maxRet } of totals.slice(0, 20)) console.log(count, self, maxRet, name.slice(0, 60))
process.exit(0)
