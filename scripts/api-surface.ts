// The public surface as one text: the declarations of every entry of the package and of all they lead to.
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** The entries' declaration files, as package.json names them. */
export function entryDeclarations(root: string): string[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, string | { types: string }> }
  return Object.values(exports).flatMap((target) => (typeof target === 'string' ? [] : [normalize(target.types)]))
}

export function apiSurface(root: string): string {
  const open = entryDeclarations(root)
  const seen = new Set(open)
  const parts = new Map<string, string>()
  for (const file of open) {
    const text = readFileSync(join(root, file), 'utf8')
    parts.set(file, text)
    for (const [, from] of text.matchAll(/(?:from|import\() ?['"](\.[^'"]+)\.js['"]/g)) {
      const next = normalize(join(dirname(file), `${from}.d.ts`))
      if (seen.has(next)) continue
      seen.add(next)
      open.push(next)
    }
  }
  const sorted = [...parts].sort(([a], [b]) => (a < b ? -1 : 1))
  const head = '// The public surface of the package, as its declarations say it. Made by `npm run api` after a build; a test says\n// when it is out of date, so that no change of it goes unseen.\n'
  return `${head}${sorted.map(([file, text]) => `\n// ${file}\n${text.trimEnd()}\n`).join('')}`
}
