import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'

const cache = join(import.meta.dirname, '..', '.cache')
const packages = join(cache, 'bench')
const folder = join(cache, 'snapshots')
const programs = join(import.meta.dirname, 'programs')

/** Every snapshot the bench knows, small to big: what its program keeps, and how to make it. */
export const SNAPSHOTS: Record<string, { about: string; flags: string[]; program: string; args: string[] }> = {
  express: { about: 'an express server that keeps 7500 sessions', flags: [], program: 'express-sessions.cjs', args: ['7500'] },
  ts: {
    about: 'two type-checked TypeScript programs of three.js and rxjs',
    flags: ['--max-old-space-size=8000'],
    program: 'type-checker.cjs',
    args: ['2', 'node_modules/three/build/three.core.js', 'node_modules/rxjs/dist/esm5/index.js'],
  },
  half: { about: '240 MiB of syntax trees', flags: ['--max-old-space-size=14000'], program: 'syntax-trees.cjs', args: ['240'] },
  ast: { about: '480 MiB of syntax trees', flags: ['--max-old-space-size=14000'], program: 'syntax-trees.cjs', args: ['480'] },
  huge: { about: '1620 MiB of syntax trees', flags: ['--max-old-space-size=14000'], program: 'syntax-trees.cjs', args: ['1620'] },
}

/** Path of a snapshot, made on first use from packages of the npm registry. */
export function snapshotFile(name: string): string {
  const { flags, program, args } = SNAPSHOTS[name]!
  const file = join(folder, `${name}.heapsnapshot`)
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true })
  if (!existsSync(join(packages, 'node_modules', 'three'))) {
    mkdirSync(packages, { recursive: true })
    execFileSync('npm', ['install', '--prefix', '.', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', 'express@5.1.0', 'typescript@5.9.3', 'three@0.180.0', 'rxjs@7.8.2', 'acorn@8.15.0', '@babel/parser@7.28.4'], { cwd: packages, stdio: 'inherit' })
  }
  execFileSync(process.execPath, [...flags, join(programs, program), `${file}.part`, ...args], { cwd: packages, stdio: 'inherit' })
  renameSync(`${file}.part`, file)
  return file
}

/** Installs the peers that are measured. */
export function installPeers(): void {
  const home = join(cache, 'peers')
  if (existsSync(join(home, 'node_modules', '@memlab', 'heap-analysis'))) return
  mkdirSync(home, { recursive: true })
  execFileSync('npm', ['install', '--prefix', '.', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', '@heap-snapshot/tool@0.0.10', '@memlab/heap-analysis@2.0.5', '@memlab/core@2.0.5', 'heap-snapshot-toolkit@1.1.3'], {
    cwd: home,
    stdio: 'inherit',
    env: { ...process.env, PUPPETEER_SKIP_DOWNLOAD: '1' },
  })
}
