import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../../src/model/finding.ts'
import type { Report } from '../../src/model/report.ts'

const CASES = join(import.meta.dirname, '..', 'leaks')
const INSTALLED = join(import.meta.dirname, '..', '..', '.cache', 'leaks')

/** What is known of one program; the fields that are used of its `case.json`. */
export interface LeakCase {
  name: string
  kind: 'leak' | 'healthy'
  entry: string
  pattern?: string
  classes?: string[]
  paths?: string[][]
  locations?: { file: string; line: number }[]
  run: { kind: 'server' | 'self-driven'; warm: number; ops: number }
}

export function leakCases(): LeakCase[] {
  return readdirSync(CASES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => readLeakCase(name))
}

export function readLeakCase(name: string): LeakCase {
  return JSON.parse(readFileSync(join(CASES, name, 'case.json'), 'utf8')) as LeakCase
}

/** A folder with the program and its packages, installed on first use. */
export function installLeakCase({ name }: LeakCase): string {
  const folder = join(INSTALLED, name)
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(join(CASES, name))) copyFileSync(join(CASES, name, file), join(folder, file))
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies?: Record<string, string> }
  if (Object.keys(dependencies).some((each) => !existsSync(join(folder, 'node_modules', each)))) {
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error'], { cwd: folder, stdio: 'pipe' })
  }
  return folder
}

/** The arguments of the hunt for this program, as a user would give them. */
export function huntArguments({ entry, run }: LeakCase, node: string): string[] {
  const request = run.kind === 'server' ? ['--request', '/op'] : []
  return ['hunt', '--json', ...request, '--warmup', String(run.warm), '--ops', String(run.ops), '--', node, entry]
}

export interface LeakScore {
  verdict: boolean
  /** Of the first finding; all true for healthy programs. */
  className: boolean
  path: boolean
  line: boolean
  category: boolean
}

/** Compares a report with what is known. */
export function scoreReport(report: Report, known: LeakCase): LeakScore {
  const verdict = report.verdict === known.kind
  if (known.kind === 'healthy') return { verdict, className: true, path: true, line: true, category: true }
  const [first] = report.findings
  if (first === undefined) return { verdict, className: false, path: false, line: false, category: false }
  return {
    verdict,
    className: (known.classes ?? []).some((name) => hasWord(`${first.subject.className} ${first.title}`, name)),
    path: (known.paths ?? []).some((names) => matchesInOrder(first, names)),
    line: (known.locations ?? []).some((place) => placesOf(first).some(({ file, line }) => endsAlike(file, place.file) && Math.abs(line - place.line) <= 2)),
    category: first.category === known.pattern,
  }
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`(^|[^\\w$])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}($|[^\\w$])`).test(text)
}

function matchesInOrder({ paths }: Finding, names: readonly string[]): boolean {
  return paths.some(({ root, steps }) => {
    const text = [root, ...steps.flatMap((step) => [step.edgeName, step.nodeName])].join('\n')
    let from = 0
    for (const name of names) {
      const match = new RegExp(name).exec(text.slice(from))
      if (match === null) return false
      from += match.index + Math.max(1, match[0].length)
    }
    return true
  })
}

function placesOf({ location, allocatedAt = [], addedAt = [], paths }: Finding): { file: string; line: number }[] {
  return [location, ...addedAt, ...allocatedAt, ...paths.flatMap(({ steps }) => steps.map((step) => step.location))].filter((place) => place !== undefined)
}

function endsAlike(a: string, b: string): boolean {
  const parts = Math.min(2, b.split('/').length)
  return a.split('/').slice(-parts).join('/') === b.split('/').slice(-parts).join('/')
}
