// Keeps syntax trees of every script below the working directory's node_modules, round after round, until the heap
// holds MIB mebibytes; then writes a snapshot of itself.
// Usage: node --max-old-space-size=14000 syntax-trees.cjs OUT MIB
'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { createRequire } = require('node:module')
const v8 = require('node:v8')

const [out, mebibytes] = process.argv.slice(2)
const from = createRequire(`${process.cwd()}/`)
const acorn = from('acorn')
const babel = from('@babel/parser')
const files = fs
  .readdirSync('node_modules', { recursive: true })
  .filter((file) => /\.(m?js|cjs)$/.test(file))
  .sort()
const kept = (globalThis.keptTrees = new Map())
fill: for (let round = 0; ; round++) {
  for (const file of files) {
    const name = path.join('node_modules', file)
    if (!fs.statSync(name).isFile()) continue
    const text = fs.readFileSync(name, 'utf8')
    try {
      const tree = round % 2 === 0 ? acorn.parse(text, { ecmaVersion: 'latest', sourceType: 'module', locations: true }) : babel.parse(text, { sourceType: 'unambiguous', errorRecovery: true })
      kept.set(`${round}:${file}`, tree)
    } catch {
      continue // not every file is a module of this kind
    }
    if (process.memoryUsage().heapUsed / 2 ** 20 > Number(mebibytes)) break fill
  }
}
v8.writeHeapSnapshot(out)
