import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
const require = createRequire(import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'stillhere-modules-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
export function leak(n) {
  const file = join(folder, `plugin-${n}.cjs`)
  writeFileSync(file, `exports.name = 'plugin ${n}'; exports.table = Array.from({ length: 20 }, (_, i) => ({ i }))`)
  require(file)
}
const fixed = join(folder, 'plugin.cjs')
writeFileSync(fixed, "exports.name = 'plugin'")
export function healthy() { require(fixed) }
