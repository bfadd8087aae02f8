import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { expect, test } from 'vitest'

/** Which floor may import which; the table of docs/architecture.md. Imports only go down, crafts never sideways. */
const FLOORS: Record<string, readonly string[]> = {
  base: [],
  model: ['base'],
  readers: ['base', 'model'],
  analysis: ['base', 'model'],
  render: ['base', 'model'],
  store: ['base', 'model'],
  probes: ['base', 'model', 'readers'],
  jobs: ['base', 'model', 'readers', 'probes', 'analysis', 'render', 'store'],
  cli: ['base', 'model', 'jobs', 'render'],
  server: ['base', 'model', 'jobs', 'render', 'store'],
  'in-process': ['base', 'model'],
  bounded: [],
  python: [],
  'render.ts': ['render'],
  'index.ts': ['base', 'model', 'readers', 'analysis', 'render', 'jobs', 'in-process'],
}

/** Borders crossed on purpose, each with its reason. This list may only shrink. */
const DEBTS: readonly { from: string; to: string; because: string }[] = []

const root = join(import.meta.dirname, '..', 'src')

interface Import {
  from: string
  line: number
  to: string
  dynamic: boolean
}

function imports(): Import[] {
  const found: Import[] = []
  for (const entry of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(entry) || entry.endsWith('.d.ts') || /\.test\.tsx?$/.test(entry)) continue
    const text = readFileSync(join(root, entry), 'utf8')
    for (const match of text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)'(\.[^']+)'/gm)) {
      const line = text.slice(0, match.index).split('\n').length
      const to = relative(root, normalize(join(root, dirname(entry), match[1]!)))
      found.push({ from: entry, line, to, dynamic: match[0].includes('(') })
    }
  }
  return found
}

const floorOf = (file: string): string => file.split('/')[0]!

test('imports only go down, and crafts never import each other', () => {
  const broken = imports().filter(({ from, to, dynamic }) => {
    const [here, there] = [floorOf(from), floorOf(to)]
    if (here === there) return false
    if (here === 'in-process' && there === 'jobs' && dynamic) return false
    if (DEBTS.some((debt) => debt.from === from && debt.to === to)) return false
    return !(FLOORS[here] ?? []).includes(there)
  })
  expect(broken.map(({ from, line, to }) => `src/${from}:${line} imports ${to}; ${floorOf(from)} may import: ${(FLOORS[floorOf(from)] ?? []).join(', ') || 'nothing'}`)).toEqual([])
})

test('every folder of src has a floor and a line in src/README.md', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  expect(folders.filter((folder) => FLOORS[folder] === undefined)).toEqual([])
  expect(folders.filter((folder) => !readme.includes(`\`${folder}\``) && !readme.includes(`**${folder}**`))).toEqual([])
})

test('no file imports itself round a corner', () => {
  const targets = new Map<string, string[]>()
  for (const { from, to } of imports()) targets.set(from, [...(targets.get(from) ?? []), to])
  const finished = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '))
      return
    }
    if (finished.has(file)) return
    for (const next of targets.get(file) ?? []) visit(next, [...trail, file])
    finished.add(file)
  }
  for (const file of targets.keys()) visit(file, [])
  expect(cycles).toEqual([])
})

test('no file is a drawer for leftovers, and nothing outside the command line prints', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|misc)\.ts$/.test(file))).toEqual([])
  const printing = files.filter((file) => !file.startsWith('cli/') && !file.endsWith('.test.ts') && /\bconsole\.\w+\(|process\.(stdout|stderr)\.write/.test(readFileSync(join(root, file), 'utf8')))
  expect(printing).toEqual([])
})

test('pure floors use no Node module', () => {
  const pure = ['base', 'model', 'readers', 'analysis', 'render']
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => pure.includes(floorOf(file)) && file.endsWith('.ts') && !file.endsWith('.test.ts'),
  )
  expect(files.filter((file) => /from 'node:/.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
})
