// What the patterns cost beside the rest of an analysis: the growth from one snapshot to a bigger one of the same
// program is explained, with *every* pattern asked about every cause, not only up to the first that matches.
// Usage: node --max-old-space-size=14000 bench/patterns.ts [small big]     (names of bench/snapshots.ts; half ast)
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GrowthTracker } from '../src/analysis/diff/growth-tracker.ts'
import type { Held } from '../src/analysis/patterns/pattern.ts'
import { PATTERNS } from '../src/analysis/patterns/registry.ts'
import { startRun } from '../src/base/run.ts'
import { loadHeap } from '../src/jobs/load-heap.ts'
import { SNAPSHOTS, snapshotFile } from './snapshots.ts'

const [small = 'half', big = 'ast'] = process.argv.slice(2)
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

// The first pattern is asked about every cause: it asks all the others, and the time of each is kept.
const spent = new Map<string, number>(PATTERNS.map(({ id }) => [id, 0]))
let causes = 0
let inPatterns = 0
const ask = PATTERNS.map((pattern) => ({ id: pattern.id, matches: (held: Held) => pattern.matches(held) }))
const [first] = PATTERNS
const firstMatches = first!.matches.bind(first)
Object.assign(first!, {
  matches(held: Held) {
    causes++
    const begin = cpuMs()
    for (const { id, matches } of ask) {
      const before = cpuMs()
      if (id === first!.id) firstMatches(held)
      else matches(held)
      spent.set(id, spent.get(id)! + cpuMs() - before)
    }
    inPatterns += cpuMs() - begin
    return firstMatches(held)
  },
})

const run = startRun()
const begin = cpuMs()
const tracker = new GrowthTracker()
for (const [rung, name] of [small, big].entries()) {
  const { graph, index } = await loadHeap(snapshotFile(name), run)
  if (rung === 1) index.classTotals() // what analyze and diff compute of the last one in any case
  tracker.add(graph, { operations: rung * 100 }, run)
}
const loaded = cpuMs()
const { findings } = tracker.explain({ per: 'operation', mostFindings: 10, leastShare: 0 }, run)
const explained = cpuMs()
const rest = explained - begin - inPatterns
const slowest = [...spent].toSorted((a, b) => b[1] - a[1]).slice(0, 5)
const text = `# What the patterns cost

Growth from \`${small}\` (${SNAPSHOTS[small]!.about}) to \`${big}\` (${SNAPSHOTS[big]!.about}), all ${PATTERNS.length} patterns asked about each of the ${causes} causes.
Made by \`node bench/patterns.ts\` on Node ${process.versions.node}; CPU time of the process, all threads.

| | CPU s |
|---|---|
| read both, dominators, classes of the second | ${((loaded - begin) / 1000).toFixed(2)} |
| find what grew, without patterns | ${((explained - loaded - inPatterns) / 1000).toFixed(2)} |
| all patterns | ${(inPatterns / 1000).toFixed(2)} |

**The patterns add ${((100 * inPatterns) / rest).toFixed(1)} %** (the bound is 25 %). ${findings.length} findings. The slowest: ${slowest.map(([id, ms]) => `${id} ${ms.toFixed(0)} ms`).join(', ')}.
`
console.log(text)
if (process.argv.length === 2) writeFileSync(join(import.meta.dirname, 'PATTERNS.md'), text)
if (inPatterns > 0.25 * rest) process.exitCode = 1
