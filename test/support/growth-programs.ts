import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { hasTool } from './tools.ts'

const programs = join(import.meta.dirname, '..', 'programs', 'growth')

/** Small programs of five languages that leak, or do the same work and keep only the last of it. */
export interface GrowthProgram {
  language: string
  /** Compiles it, where it must be, into this folder; the words to start it with. */
  prepare(folder: string): (which: 'leak' | 'healthy') => string[]
}

/** Those that can run here. */
export function growthPrograms(): GrowthProgram[] {
  return ALL.filter(({ tools }) => tools.every(hasTool))
}

const register = join(import.meta.dirname, '..', '..', 'src', 'in-process', 'register.ts')

const ALL: readonly (GrowthProgram & { tools: string[] })[] = [
  {
    language: 'C',
    tools: ['cc'],
    prepare(folder) {
      execFileSync('cc', ['-O1', '-o', join(folder, 'growth-c'), join(programs, 'growth.c')])
      return (which) => [join(folder, 'growth-c'), which]
    },
  },
  {
    language: 'Go',
    tools: ['go'],
    prepare(folder) {
      execFileSync('go', ['build', '-o', join(folder, 'growth-go'), join(programs, 'growth.go')], { env: { ...process.env, GOFLAGS: '-buildvcs=false', GO111MODULE: 'off' } })
      return (which) => [join(folder, 'growth-go'), which]
    },
  },
  {
    language: 'Java',
    tools: ['java', 'javac'],
    prepare(folder) {
      execFileSync('javac', ['-d', folder, join(programs, 'Growth.java')])
      return (which) => ['java', '-Xmx256m', '-XX:+UseSerialGC', '-Xmn16m', '-XX:TieredStopAtLevel=1', '-cp', folder, 'Growth', which]
    },
  },
  {
    language: 'Python',
    tools: ['python3'],
    prepare: () => (which) => ['python3', join(programs, `${which}.py`)],
  },
  {
    language: 'Node',
    tools: [],
    // Its own account tells what full collections leave; from outside the twins look alike for minutes.
    prepare: () => (which) => ['env', 'STILLHERE_MEASURE=1', 'STILLHERE_EXPLAIN=never', process.execPath, '--max-semi-space-size=1', '--heap-growing-percent=10', '--import', register, join(programs, `${which}.js`)],
  },
]
