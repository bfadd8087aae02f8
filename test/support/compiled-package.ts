import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/**
 * A folder in which `stillhere` is installed as users get it: compiled, under `node_modules`. Made once for a state of
 * the sources; programs under test are started from there, or copied into it.
 */
export function compiledPackage(): { home: string; dist: string } {
  const cache = join(root, '.cache')
  const home = join(cache, `compiled-${stateOfSources()}`)
  const inside = (place: string): string => join(place, 'node_modules', 'stillhere')
  if (!existsSync(home)) {
    const aside = `${home}.${process.pid}`
    mkdirSync(inside(aside), { recursive: true })
    try {
      execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join(root, 'tsconfig.build.json'), '--outDir', join(inside(aside), 'dist')], { stdio: 'pipe' })
    } catch (error) {
      // `npm run check` is the judge of types; here it only matters that everything was written.
      if (!existsSync(join(inside(aside), 'dist', 'index.js'))) throw error
    }
    copyFileSync(join(root, 'package.json'), join(inside(aside), 'package.json'))
    for (const old of readdirSync(cache)) {
      if (old.startsWith('compiled-') && Date.now() - statSync(join(cache, old)).mtimeMs > 3_600_000) rmSync(join(cache, old), { recursive: true, force: true })
    }
    try {
      renameSync(aside, home)
    } catch (error) {
      // Another test process was first.
      if (!existsSync(home)) throw error
      rmSync(aside, { recursive: true, force: true })
    }
  }
  return { home, dist: join(inside(home), 'dist') }
}

function stateOfSources(): string {
  const hash = createHash('sha256')
  for (const file of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).toSorted()) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue
    const { mtimeMs, size } = statSync(join(root, 'src', file))
    hash.update(`${file} ${mtimeMs} ${size}\n`)
  }
  hash.update(String(statSync(join(root, 'package.json')).mtimeMs))
  return hash.digest('hex').slice(0, 12)
}
