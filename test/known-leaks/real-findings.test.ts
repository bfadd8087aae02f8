import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { KNOWN_LEAKS } from '../../src/analysis/known-leaks/known-leaks.ts'
import { matchKnownLeak } from '../../src/analysis/known-leaks/match-known-leaks.ts'
import type { Finding } from '../../src/model/finding.ts'
import type { SourceLocation } from '../../src/model/heap-graph.ts'
import type { PathStep } from '../../src/model/retaining-path.ts'

interface RealFinding {
  program: string
  runs: string | null
  leak: string | null
  finding: {
    pattern: string
    title: string
    root: string
    location: SourceLocation | null
    allocatedAt: SourceLocation[] | null
    steps: (Pick<PathStep, 'edgeKind' | 'edgeName' | 'nodeKind' | 'nodeName' | 'status'> & { file?: string; line?: number })[]
  }
}

const REAL = JSON.parse(readFileSync(join(import.meta.dirname, 'real-findings.json'), 'utf8')) as RealFinding[]

function findingOf({ finding }: RealFinding): Finding {
  const steps = finding.steps.map(({ file, line, ...step }, position) => ({ ...step, nodeId: position, location: file === undefined ? undefined : { file, line: line! } }))
  return {
    verdict: 'leak',
    pattern: finding.pattern,
    category: 'other',
    title: finding.title,
    reasons: [],
    subject: { kind: 'nodes', className: '', count: 1 },
    paths: [{ root: finding.root, steps, fingerprint: '' }],
    location: finding.location ?? undefined,
    allocatedAt: finding.allocatedAt ?? undefined,
    fingerprint: '',
    advice: '',
  }
}

test.each(REAL)('$program: $leak', (real) => {
  const name = KNOWN_LEAKS.find(({ id }) => id === real.leak)?.package
  const found = KNOWN_LEAKS.filter((leak) => matchKnownLeak(findingOf(real), (asked) => (asked === name ? (real.runs ?? undefined) : undefined), [leak]) !== undefined)
  expect(found.map(({ id }) => id)).toEqual(real.leak === null ? [] : [real.leak])
})

test('with the fixed version nothing is said', () => {
  const fixed = { 'debug-instances': '4.3.0', 'undici-agent-clients': '7.15.0', 'node-abort-signal-any-observed': 'v24.21.0' }
  for (const [id, version] of Object.entries(fixed)) {
    const real = REAL.find(({ leak }) => leak === id)!
    expect(matchKnownLeak(findingOf(real), () => version), id).toBeUndefined()
  }
})
