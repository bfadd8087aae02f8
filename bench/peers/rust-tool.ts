import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const cache = join(import.meta.dirname, '..', '..', '.cache')

/**
 * How to start `@heap-snapshot/tool`, a native program that wants a newer C library than Debian 12 has; where it does
 * not start, that library is fetched from Debian and used for this program alone. Undefined where that fails too.
 */
export function rustTool(): { command: string; first: string[] } | undefined {
  const binary = join(cache, 'peers', 'node_modules', '@heap-snapshot', `${process.platform}-${process.arch}`, 'heap-snapshot')
  if (spawnSync(binary, ['--help']).status === 0) return { command: binary, first: [] }
  const home = join(cache, 'newer-libc')
  const libraries = join(home, 'root', 'usr', 'lib', 'x86_64-linux-gnu')
  const loader = join(libraries, 'ld-linux-x86-64.so.2')
  try {
    if (!existsSync(loader)) {
      for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(home, folder), { recursive: true })
      writeFileSync(join(home, 'sources.list'), 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main\n')
      const aside = ['Dir::Etc::sourcelist=' + join(home, 'sources.list'), 'Dir::Etc::sourceparts=/dev/null', 'Dir::State::lists=' + join(home, 'lists'), 'Dir::Cache=' + join(home, 'cache')].flatMap((option) => ['-o', option])
      execFileSync('apt-get', [...aside, 'update', '-qq'], { stdio: 'ignore' })
      execFileSync('apt-get', [...aside, 'download', '-qq', 'libc6', 'libgcc-s1'], { cwd: home, stdio: 'ignore' })
      for (const file of readdirSync(home).filter((name) => name.endsWith('.deb'))) execFileSync('dpkg-deb', ['-x', join(home, file), join(home, 'root')])
    }
  } catch {
    return undefined
  }
  const first = ['--library-path', `${libraries}:/lib/x86_64-linux-gnu`, binary]
  return spawnSync(loader, [...first, '--help']).status === 0 ? { command: loader, first } : undefined
}
