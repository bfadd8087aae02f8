import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

export const DEVTOOLS = 'chrome-devtools-frontend@1.0.1705227'
const home = join(import.meta.dirname, '..', '..', '.cache', 'devtools')

/** Path of DevTools' heap snapshot worker in one bundle; it is fetched from npm and bundled on first use. */
export async function devToolsBundle(): Promise<string> {
  const bundle = join(home, 'bundle', 'worker.mjs')
  if (existsSync(bundle)) return bundle
  mkdirSync(home, { recursive: true })
  const tarball = execFileSync('npm', ['pack', DEVTOOLS, '--silent', '--pack-destination', home], { encoding: 'utf8' }).trim().split('\n').at(-1)!
  execFileSync('tar', ['xzf', join(home, tarball), '-C', home])
  // The package leaves out one file that its own build generates; the worker needs its names only.
  writeFileSync(
    join(home, 'package/front_end/core/i18n/locales.ts'),
    "export const BUNDLED_LOCALES = ['en-US']\nexport const DEFAULT_LOCALE = 'en-US'\nexport const LOCAL_FETCH_PATTERN = ''\nexport const LOCALES = ['en-US']\nexport const REMOTE_FETCH_PATTERN = ''\n",
  )
  const entry = join(home, 'entry.ts')
  writeFileSync(entry, [
    "export { HeapSnapshotLoader } from './package/front_end/entrypoints/heap_snapshot_worker/HeapSnapshotLoader.js'",
    "export { SecondaryInitManager } from './package/front_end/entrypoints/heap_snapshot_worker/HeapSnapshot.js'",
  ].join('\n'))
  const build = await rolldown({ input: entry, platform: 'node', logLevel: 'silent', resolve: { extensionAlias: { '.js': ['.ts', '.js'] } } })
  await build.write({ dir: join(home, 'bundle'), format: 'esm', entryFileNames: 'worker.mjs' })
  return bundle
}
