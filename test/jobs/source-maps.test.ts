import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { mapSources } from '../../src/jobs/source-maps.ts'
import type { SourceLocation } from '../../src/model/heap-graph.ts'
import { exampleReport } from '../support/example-report.ts'

// A real TypeScript program, compiled in three ways. It throws nothing: it prints where its two functions stand, as
// Node itself sees them; with --enable-source-maps Node's own reading of the maps is the truth we compare with.
const STORE = `interface Session { id: number; user: string }
type Unused = { a: 1 }

export class SessionStore {
  private readonly sessions = new Map<number, Session>()

  create<T extends string>(id: number, user: T): string {
    this.sessions.set(id, { id, user })
    return new Error('here').stack as string
  }
}
`
const MAIN = `import { SessionStore } from './store.js'

interface Options { rounds: number }
const options: Options = { rounds: 1 }
const store: SessionStore = new SessionStore()
console.log(JSON.stringify(store.create<string>(options.rounds, 'ada')))
`

let home: string

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'stillhere-maps-'))
  mkdirSync(join(home, 'src'))
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(home, 'src', 'store.ts'), STORE)
  writeFileSync(join(home, 'src', 'main.ts'), MAIN)
})

afterAll(() => rmSync(home, { recursive: true, force: true }))

function compile(out: string, ...flags: string[]): void {
  const tsc = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'tsc')
  execFileSync(process.execPath, [tsc, '--rootDir', 'src', '--outDir', out, '--target', 'es2022', '--module', 'nodenext', '--types', '', '--lib', 'es2022,dom', ...flags, 'src/main.ts'], { cwd: home, stdio: 'pipe' })
}

/** The application frames of the program's stack, innermost first. */
function framesOf(entry: string, ...flags: string[]): SourceLocation[] {
  const stack = JSON.parse(execFileSync(process.execPath, [...flags, entry], { cwd: home, encoding: 'utf8' })) as string
  return [...stack.matchAll(/\(?((?:file:\/\/)?\/[^()]*?):(\d+):(\d+)\)?$/gm)].map(([, file, line, column]) => ({ file: file!, line: Number(line), column: Number(column) })).filter(({ file }) => file.includes(home))
}

async function mapped(places: readonly SourceLocation[], cwd = home): Promise<{ places: SourceLocation[]; notices: string[] }> {
  const report = { ...exampleReport(), details: { places: [...places] }, notices: [], findings: [] }
  const result = await mapSources(report, { run: startRun(), cwd })
  return { places: result.details!['places'] as SourceLocation[], notices: result.notices.map(({ code, count, firstAt }) => `${code} ${count} ${firstAt}`) }
}

const bare = ({ file, line, column }: SourceLocation): string => `${file}:${line}:${column}`
const truth = (entry: string): string[] => framesOf(entry, '--enable-source-maps').map((place) => bare({ ...place, file: place.file.replace(`${pathToFileURL(home).href}/`, '').replace(`${home}/`, '') }))

test('a map beside the file leads to the TypeScript line and column, as Node itself reads the map', async () => {
  compile('beside', '--sourceMap')
  const frames = framesOf('beside/main.js')
  expect(frames.map(({ file }) => file.startsWith('file://'))).toEqual([true, true])
  const { places, notices } = await mapped(frames)
  expect(places.map(bare)).toEqual(truth('beside/main.js'))
  expect(places[0]).toMatchObject({ file: 'src/store.ts', line: 1 + STORE.split('\n').findIndex((line) => line.includes('new Error')) })
  expect(places[0]!.generated?.file).toBe('beside/store.js')
  expect(notices).toEqual([])
})

test('an inline map leads there too', async () => {
  compile('inline', '--inlineSourceMap')
  expect((await mapped(framesOf('inline/main.js'))).places.map(bare)).toEqual(truth('inline/main.js'))
})

test('a bundle of several files leads to each of them', async () => {
  const bundle = await rolldown({ input: join(home, 'src', 'main.ts'), resolve: { extensionAlias: { '.js': ['.ts', '.js'] } }, platform: 'node' })
  await bundle.write({ file: join(home, 'bundled', 'app.js'), sourcemap: true, minify: true })
  await bundle.close()
  const { places } = await mapped(framesOf('bundled/app.js'))
  expect(places.map(bare)).toEqual(truth('bundled/app.js'))
  expect(places.map(({ file }) => file)).toEqual(['src/store.ts', 'src/main.ts'])
})

test('a map that was promised and is gone, or is damaged, is told once per kind and the place stays', async () => {
  compile('broken', '--sourceMap')
  rmSync(join(home, 'broken', 'store.js.map'))
  const map = readFileSync(join(home, 'broken', 'main.js.map'), 'utf8')
  writeFileSync(join(home, 'broken', 'main.js.map'), map.slice(0, map.length / 2))
  const { places, notices } = await mapped(framesOf('broken/main.js'))
  expect(places.map(({ file, generated }) => [file, generated])).toEqual([['broken/store.js', undefined], ['broken/main.js', undefined]])
  expect(notices.sort()).toEqual(['source-map-damaged 1 broken/main.js', 'source-map-missing 1 broken/store.js'])
})

test('names that are no files of this machine stay as they are', async () => {
  const names = ['node:internal/timers', 'evalmachine.<anonymous>', 'https://example.org/app.js', '/no/such/file.js', 'file://host/share/a.js', 'file:///no/such/b.mjs?t=1700']
  const { places, notices } = await mapped(names.map((file) => ({ file, line: 3, column: 1 })))
  expect(places.map(({ file }) => file)).toEqual([...names.slice(0, 5), '/no/such/b.mjs'])
  expect(notices).toEqual([])
})

test('every place of a finding is led back: holder, allocation and path', async () => {
  compile('whole', '--sourceMap')
  const [frame] = framesOf('whole/main.js')
  const report = exampleReport()
  const finding = report.findings[0]!
  finding.location = { ...frame! }
  finding.allocatedAt = [{ ...frame! }]
  finding.paths[0]!.steps[0]!.location = { ...frame! }
  const before = structuredClone(report)
  const [first] = (await mapSources(report, { run: startRun(), cwd: join(home, 'src') })).findings
  expect([first!.location!.file, first!.allocatedAt![0]!.file, first!.paths[0]!.steps[0]!.location!.file]).toEqual(['store.ts', 'store.ts', 'store.ts'])
  expect(first!.location!.generated!.file).toBe(join(home, 'whole', 'store.js'))
  expect(report).toEqual(before)
})
