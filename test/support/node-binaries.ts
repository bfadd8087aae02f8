import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** The Node versions that programs under test run on; the tool itself runs on the one that runs the tests. */
export const NODE_VERSIONS = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' } as const
export type NodeMajor = keyof typeof NODE_VERSIONS

/** Path of the `node` binary of this major version; installed from the npm registry into `.cache/` on first use. */
export function nodeBinary(major: NodeMajor): string {
  const version = NODE_VERSIONS[major]
  if (process.versions.node === version) return process.execPath
  const packageName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const cache = join(import.meta.dirname, '..', '..', '.cache')
  const home = join(cache, `node-${version}`)
  const binary = join(home, 'node_modules', packageName, 'bin', 'node')
  if (existsSync(binary)) return binary
  // Installed aside and moved, so that a second test process never sees half of it.
  const aside = `${home}.${process.pid}`
  mkdirSync(aside, { recursive: true })
  execFileSync('npm', ['install', '--prefix', aside, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', `${packageName}@${version}`], { stdio: 'pipe' })
  try {
    renameSync(aside, home)
  } catch (error) {
    if (!existsSync(binary)) throw error
    rmSync(aside, { recursive: true, force: true })
  }
  return binary
}
