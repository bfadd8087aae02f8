// What `tsc` leaves to be done: the command must be executable, and the declarations must name the files that are
// shipped (it rewrites the imports of the code from .ts to .js, those of the declarations not).
import { chmodSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleTerminalView } from './bundle-terminal-view.ts'

chmodSync('dist/cli/main.js', 0o755)
// the helper for Python programs is shipped as it is, with what hunt brings along
cpSync('src/python', 'dist/python', { recursive: true, filter: (path) => !path.includes('__pycache__') })
for (const name of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue
  const path = join('dist', name)
  const text = readFileSync(path, 'utf8')
  const shipped = text.replace(/((?:from|import\() ?['"]\.{1,2}\/[^'"]+)\.ts(['"])/g, '$1.js$2')
  if (shipped !== text) writeFileSync(path, shipped)
}
await bundleTerminalView()
