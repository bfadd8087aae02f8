// What questions in SQL cost on a snapshot: CPU seconds of the process without reading it, and the peak resident set.
// Usage: node bench/query.ts [snapshot]     (names of bench/snapshots.ts; ts)
import { heapTables } from '../src/analysis/tables/heap-tables.ts'
import { startRun } from '../src/base/run.ts'
import { loadHeap } from '../src/jobs/load-heap.ts'
import { query } from '../src/jobs/query-engine.ts'
import { snapshotFile } from './snapshots.ts'

const QUESTIONS = {
  'bytes by kind': 'SELECT kind, sum(shallow_bytes) FROM nodes GROUP BY kind',
  'count by class': 'SELECT class, count(*) AS n FROM nodes GROUP BY class ORDER BY n DESC LIMIT 20',
  'references by name': 'SELECT name, count(*) AS n FROM edges GROUP BY name ORDER BY n DESC LIMIT 20',
  'holders of one node': 'SELECT source, name FROM edges WHERE target = 4242',
  'pairs of classes': 'SELECT h.class, t.class, count(*) AS n FROM edges e JOIN nodes h ON h.node = e.source JOIN nodes t ON t.node = e.target GROUP BY ALL ORDER BY n DESC LIMIT 20',
  'equal strings': "SELECT text, n FROM (SELECT string, count(*) AS n FROM nodes WHERE kind = 'string' GROUP BY string HAVING n > 1) JOIN strings USING (string) ORDER BY n DESC LIMIT 20",
} as const

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
const { graph, index } = await loadHeap(snapshotFile(process.argv[2] ?? 'ts'), startRun())
index.classes()
console.log(`${graph.nodeCount} nodes, ${graph.edgeCount} edges; ${Math.round(process.memoryUsage.rss() / 1e6)} MB resident after reading`)
for (const [name, sql] of Object.entries(QUESTIONS)) {
  const before = cpuSeconds()
  const begin = performance.now()
  await query(heapTables(index, startRun()), sql, { memoryBytes: 4e9 }, startRun(), async ({ rows }) => {
    for await (const part of rows) void part
  })
  console.log(`${name}: ${(cpuSeconds() - before).toFixed(2)} s CPU, ${((performance.now() - begin) / 1000).toFixed(2)} s, ${Math.round(process.memoryUsage.rss() / 1e6)} MB resident`)
}
