import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiSurface } from '../scripts/api-surface.ts'

// The package as somebody gets it: packed from the build, installed in an empty folder.

const root = join(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
let home: string
let packed: string[] = []

const run = (command: string, args: string[], cwd: string): string => execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

beforeAll(() => {
  if (!existsSync(join(root, 'dist', 'cli', 'main.js'))) throw new Error('this looks at the build: npm run build first')
  home = mkdtempSync(join(tmpdir(), 'stillhere-package-'))
  const [{ filename, files }] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], root)) as [{ filename: string; files: { path: string }[] }]
  packed = files.map(({ path }) => path)
  writeFileSync(join(home, 'package.json'), '{ "type": "module", "private": true }')
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', `./${filename}`], home)
}, 180_000)

afterAll(() => rmSync(home, { recursive: true, force: true }))

test('the manifest describes what is shipped', async () => {
  const { messages } = await publint({ pkgDir: join(home, 'node_modules', 'stillhere'), level: 'warning', pack: false })
  expect(messages.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual([])
})

test('what is shipped is the build, the schema, the licence and the readme, without sources and tests', () => {
  const outside = packed.filter((path) => !/^(dist|schema)\//.test(path)).sort()
  expect(outside).toEqual(['LICENSE', 'README.md', 'package.json'])
  expect(packed.filter((path) => /\.test\.|(?<!\.d)\.ts$|\.tsbuildinfo$/.test(path))).toEqual([])
})

test('installed, the command answers', () => {
  expect(run('npx', ['--no-install', 'stillhere', '--version'], home)).toBe(`${version}\n`)
  expect(run('npx', ['--no-install', 'stillhere', 'formats'], home)).toContain('v8-')
})

test('installed, the library is there with its types and its schema', () => {
  writeFileSync(
    join(home, 'use.ts'),
    `import { startRun, ReadError, type Report } from 'stillhere'
const verdict: Report['verdict'] = 'leak'
const wrong: Report['verdict'] = 'leek'
console.log(typeof startRun, new ReadError({ file: 'a', format: 'b', position: { kind: 'whole' }, expected: 'c', found: 'd' }).message, verdict, wrong)
`,
  )
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,dom', '--types', '', 'use.ts']
  let complaints = ''
  try {
    run(tsc, flags, home)
  } catch (error) {
    complaints = (error as { stdout: string }).stdout
  }
  // Only the mistake that was planted: the declarations are found, whole, and mean something.
  expect(complaints.trim().split('\n').map((line) => line.replace(/\(.*?\)/, ''))).toEqual([expect.stringContaining(`use.ts: error TS2322: Type '"leek"' is not assignable to type 'Verdict'`)])
  const example = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs', 'library.md'), 'utf8'))![1]!
  writeFileSync(join(home, 'example.mjs'), example)
  expect(run(process.execPath, ['example.mjs'], home)).toMatch(/^[A-Z]+ {2}[\d.]+ MB in [\d ]+ reachable objects/)
  writeFileSync(join(home, 'use.mjs'), `import { startRun } from 'stillhere'; import schema from 'stillhere/report.schema.json' with { type: 'json' }; console.log(typeof startRun, schema.title)`)
  expect(run(process.execPath, ['use.mjs'], home)).toBe('function Report of stillhere\n')
})

test('no package installed with it runs a script at installation', () => {
  const names = readdirSync(join(home, 'node_modules'), { recursive: true, encoding: 'utf8' }).filter((path) => /^(@[^/]+\/)?[^/@]+\/package\.json$/.test(path))
  expect(names.length).toBeGreaterThan(5)
  const scripts = names.map((path) => JSON.parse(readFileSync(join(home, 'node_modules', path), 'utf8')) as { name: string; scripts?: Record<string, string> })
  expect(scripts.filter(({ scripts = {} }) => ['preinstall', 'install', 'postinstall'].some((each) => scripts[each] !== undefined)).map(({ name }) => name)).toEqual([])
})

test('the public surface is the one that was agreed on (else: npm run build && npm run api)', () => {
  expect(readFileSync(join(root, 'docs', 'api.d.ts'), 'utf8')).toBe(apiSurface(root))
})
