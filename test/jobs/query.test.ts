import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { Cancelled, UsageError } from '../../src/base/errors.ts'
import { startRun } from '../../src/base/run.ts'
import { heapIndex } from '../../src/analysis/heap/heap-index.ts'
import { heapTables } from '../../src/analysis/tables/heap-tables.ts'
import { queryFile } from '../../src/jobs/query.ts'
import { query } from '../../src/jobs/query-engine.ts'
import { graphOf } from '../support/graph-of.ts'

const root = join(import.meta.dirname, '..', '..')
const sample = (format: string, name: string): string => join(root, 'test', 'readers', format, name)
const LEAK = sample('v8-heapsnapshot', 'node24-session-leak.heapsnapshot.gz')

type Rows = readonly (readonly unknown[])[]

async function ask(file: string, sql: string, limits: { memoryBytes?: number; timeoutMs?: number; signal?: AbortSignal } = {}): Promise<Rows> {
  return queryFile({ file, sql, ...limits }, startRun({ signal: limits.signal }), ({ rows }) => allOf(rows))
}

async function allOf(rows: AsyncIterable<Rows>): Promise<Rows> {
  const all: (readonly unknown[])[] = []
  for await (const part of rows) all.push(...part)
  return all
}

/** What the file says, by JSON.parse alone. */
const raw = JSON.parse(gunzipSync(readFileSync(LEAK)).toString()) as {
  snapshot: { meta: { node_fields: string[]; node_types: [string[]]; edge_types: [string[]] } }
  nodes: number[]
  edges: number[]
  strings: string[]
}
const FIELDS = raw.snapshot.meta.node_fields.length
const rowsOf = (numbers: number[], width: number): number[][] => Array.from({ length: numbers.length / width }, (_, row) => numbers.slice(row * width, (row + 1) * width))
const nodes = rowsOf(raw.nodes, FIELDS)
const edges = rowsOf(raw.edges, 3)

describe('a V8 heap', () => {
  test('has the nodes and edges of the file, with their texts', async () => {
    const [[count, bytes]] = (await ask(LEAK, 'SELECT count(*), sum(shallow_bytes) FROM nodes')) as [[number, number]]
    expect(count).toBe(nodes.length)
    expect(bytes).toBe(nodes.reduce((sum, node) => sum + node[3]!, 0))
    const texts = nodes.filter((node) => raw.snapshot.meta.node_types[0][node[0]!] === 'string').map((node) => raw.strings[node[1]!]!)
    expect((await ask(LEAK, "SELECT name FROM nodes WHERE kind = 'string' ORDER BY node")).map(([text]) => text)).toEqual(texts)
    const named = edges.filter(([type, name]) => raw.snapshot.meta.edge_types[0][type!] === 'property' && raw.strings[name!] === 'history')
    expect(await ask(LEAK, "SELECT count(*), count(position) FROM edges WHERE name = 'history'")).toEqual([[named.length, 0]])
    const elements = edges.filter(([type]) => raw.snapshot.meta.edge_types[0][type!] === 'element')
    expect(await ask(LEAK, "SELECT count(*), sum(position), count(name) FROM edges WHERE kind = 'element'")).toEqual([[elements.length, elements.reduce((sum, edge) => sum + edge[1]!, 0), 0]])
  })

  test('edges know the node they leave: joined they give every Session its holders', async () => {
    const owners: number[] = []
    for (const [node, { 4: edgeCount }] of nodes.entries()) for (let i = 0; i < edgeCount!; i++) owners.push(node)
    const isSession = (node: number): boolean => raw.strings[nodes[node]![1]!] === 'Session' && raw.snapshot.meta.node_types[0][nodes[node]![0]!] === 'object'
    const expected = new Map<string, number>()
    for (const [edge, [, , target]] of edges.entries()) if (isSession(target! / FIELDS)) expected.set(String(nodes[owners[edge]!]![2]), (expected.get(String(nodes[owners[edge]!]![2])) ?? 0) + 1)
    const held = await ask(LEAK, "SELECT h.id, count(*) FROM edges e JOIN nodes h ON h.node = e.source JOIN nodes t ON t.node = e.target WHERE t.class = 'Session' GROUP BY ALL")
    expect(new Map(held.map(([id, count]) => [String(id), count]))).toEqual(expected)
  })

  test('the dominator tree may be walked by parents or by places, and sums to what is retained', async () => {
    const tree = 'WITH RECURSIVE below AS (SELECT node, node AS top FROM nodes WHERE retained_bytes > 100000 UNION ALL SELECT n.node, top FROM nodes n JOIN below b ON n.dominator = b.node)'
    const walked = await ask(LEAK, `${tree} SELECT top, count(*) AS n, sum(shallow_bytes) FROM below JOIN nodes USING (node) GROUP BY top ORDER BY top`)
    const placed = await ask(LEAK, 'SELECT a.node, count(*) AS n, any_value(a.retained_bytes) FROM dominators a JOIN dominators b ON b.place BETWEEN a.place AND a.last_place WHERE a.retained_bytes > 100000 GROUP BY a.node ORDER BY a.node')
    expect(walked.length).toBeGreaterThan(3)
    expect(walked).toEqual(placed)
  })

  test('classes add up their nodes, and say where their constructor stands', async () => {
    expect(await ask(LEAK, "SELECT count, file, line FROM classes WHERE class = 'Session'")).toEqual([[200, '/srv/app/node/session-leak.js', 5]])
    expect(await ask(LEAK, "SELECT count(*) FROM nodes WHERE class = 'No such class'")).toEqual([[0]])
  })
})

test('a heap drawn by hand: absent values are NULL, nothing is shifted', async () => {
  const graph = graphOf({ root: ['a'], a: ['b'], b: ['a'], lost: ['b'] })
  const tables = heapTables(heapIndex(graph, startRun()), startRun())
  const rows = await query(tables, 'SELECT name, dominator, detached FROM (SELECT *, NULL AS detached FROM nodes) ORDER BY node', { memoryBytes: 1e8 }, startRun(), (answer) => allOf(answer.rows))
  expect(rows).toEqual([['', null, null], ['a', 0, null], ['b', 1, null], ['lost', null, null]])
})

test('names that no text of SQL can hold stay apart, and shift nothing', async () => {
  const graph = graphOf({ root: ['a', 'b', 'c', 'd'], a: { name: 'x\0y' }, b: { name: 'x\0z' }, c: { name: '\ud800' }, d: { name: '\udfff' } })
  const rows = await query(heapTables(heapIndex(graph, startRun()), startRun()), 'SELECT class, name FROM nodes WHERE node > 0 ORDER BY node', { memoryBytes: 1e8 }, startRun(), (answer) => allOf(answer.rows))
  expect(rows).toEqual([['x\u2400y', 'x\u2400y'], ['x\u2400z', 'x\u2400z'], ['\ufffd', '\ufffd'], ['\ufffd (2)', '\ufffd']])
})

test('the same words fit a JVM heap, a Python heap, profiles, series and GC logs', async () => {
  const hprof = sample('hprof', 'jdk21-zgc-cacheleak.hprof.gz')
  const truth = JSON.parse(readFileSync(sample('hprof', 'truth.json'), 'utf8')) as Record<string, Record<string, number>>
  expect(await ask(hprof, "SELECT count(*), max(shallow_bytes) FROM nodes WHERE class = 'CacheLeak$Order'")).toEqual([[truth['jdk21-zgc-cacheleak.hprof.gz']!['count:CacheLeak$Order'], truth['jdk21-zgc-cacheleak.hprof.gz']!['each:CacheLeak$Order']]])
  expect((await ask(hprof, 'SELECT count(DISTINCT id) = count(*), max(id) > 4294967296 FROM nodes'))[0]).toEqual([true, true]) // 64-bit addresses
  const python = sample('pyheap', 'py3.11-holders.pyheap.gz')
  expect((await ask(python, 'SELECT max(retained_bytes) = sum(shallow_bytes) FROM nodes WHERE node = 0 OR dominator IS NOT NULL'))[0]).toEqual([true])
  const pprof = sample('pprof', 'go1.24-http-heap-delta.pb.gz')
  const delta = (JSON.parse(readFileSync(sample('pprof', 'truth.json'), 'utf8')) as Record<string, Record<string, number>>)['go1.24-http-heap-delta.pb.gz']!
  expect(await ask(pprof, "SELECT sum(live_bytes), sum(live_bytes) FILTER (function = 'main.handler'), any_value(total_live_bytes ORDER BY site) FROM sites")).toEqual([[delta['liveBytes'], delta['flat:liveBytes main.handler'], delta['liveBytes']]])
  expect(await ask(sample('psrecord', 'grow.txt'), 'SELECT count(*), last(rss ORDER BY time_ms) FROM samples')).toEqual([[40, 51_380_224]])
  expect(await ask(sample('go-gctrace', 'go1.15.gctrace.txt'), 'SELECT count(*) FROM collections')).toEqual([[29]])
})

describe('a query cannot leave its tables', () => {
  test.each([
    ["SELECT * FROM read_text('/etc/hostname')"],
    ["SELECT * FROM '/etc/hostname'"],
    ["COPY (SELECT 1) TO '/tmp/stillhere-query-escape.csv'"],
    ["ATTACH '/tmp/stillhere-query-escape.db'"],
    ["SET memory_limit = '100GB'"],
    ['SET enable_external_access = true'],
    ['INSTALL httpfs'],
    ["EXPORT DATABASE '/tmp/stillhere-query-escape'"],
  ])('%s', async (sql) => {
    await expect(ask(sample('psrecord', 'grow.txt'), sql)).rejects.toThrow(/expected a question about the tables|does not exist/)
    expect(readdirSync('/tmp').filter((name) => name.startsWith('stillhere-query-escape'))).toEqual([])
  })

  test('and ends when its time, its memory or our patience is over', async () => {
    const endless = 'SELECT count(*) FROM nodes a, nodes b, nodes c WHERE (a.node + b.node + c.node) % 7 = 3'
    await expect(ask(LEAK, endless, { timeoutMs: 300 })).rejects.toThrow(/--timeout: expected an answer within 0.3 s/)
    await expect(ask(LEAK, 'SELECT max(r) FROM (SELECT row_number() OVER (ORDER BY random()) AS r FROM nodes a, nodes b)', { memoryBytes: 32e6 })).rejects.toThrow(/--memory/)
    await expect(ask(LEAK, endless, { signal: AbortSignal.timeout(300) })).rejects.toBeInstanceOf(Cancelled)
  })
})

describe('the command', () => {
  const stillhere = (args: string[], node: string[] = []): { status: number | null; stdout: string; stderr: string } => spawnSync(process.execPath, [...node, join(root, 'src', 'cli', 'main.ts'), ...args], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })

  test('prints tables, CSV and JSON of the same rows', () => {
    const sql = 'SELECT class, count(*) AS n, max(retained_bytes) AS retained_bytes FROM nodes GROUP BY class ORDER BY n DESC, class LIMIT 3'
    const json = JSON.parse(stillhere(['query', LEAK, sql, '--json']).stdout) as { class: string; n: number; retained_bytes: number }[]
    expect(json).toHaveLength(3)
    const csv = stillhere(['query', LEAK, sql, '--csv']).stdout.trimEnd().split('\n')
    expect(csv).toEqual(['class,n,retained_bytes', ...json.map((row) => `${row.class},${row.n},${row.retained_bytes}`)])
    const text = stillhere(['query', LEAK, sql]).stdout
    expect(text.split('\n')[0]).toMatch(/^class +n +retained_bytes$/)
    expect(text).toContain(json[0]!.class)
    expect(stillhere(['query', LEAK, 'SELECT * FROM nodes WHERE node < 0', '--json']).stdout).toBe('[]\n')
  })

  test('without SQL shows the tables; too many rows are cut, and say so', () => {
    expect(stillhere(['query', LEAK]).stdout).toMatch(/^nodes {2}[\d ]+ rows.*\n {2}node .*/)
    const { stdout, stderr } = stillhere(['query', LEAK, 'FROM nodes', '--rows', '3'])
    expect(stdout.trimEnd().split('\n')).toHaveLength(4)
    expect(stderr).toContain('--rows')
  })

  test('bad input ends with its own code and the way out', () => {
    const small = sample('psrecord', 'grow.txt')
    const wrong = stillhere(['query', small, 'SELECT nothing FROM samples'])
    expect(wrong.status).toBe(2)
    expect(wrong.stderr).toMatch(/SQL: expected a statement that DuckDB understands, found .*nothing/)
    expect(stillhere(['query', join(root, 'no-such-file'), 'SELECT 1']).status).toBe(3)
    expect(stillhere(['query', small, 'SELECT 1', '--csv', '--json']).status).toBe(2)
    expect(stillhere(['query', small, 'SELECT 1', '--memory', 'much']).status).toBe(2)
  })

  test('where the engine is not installed, says how to get it and what works without', () => {
    const small = sample('psrecord', 'grow.txt')
    const without = `data:text/javascript,${encodeURIComponent("import { registerHooks } from 'node:module'; registerHooks({ resolve(name, context, next) { if (name.startsWith('@duckdb/')) throw Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' }); return next(name, context) } })")}`
    const { status, stderr } = stillhere(['query', small, 'SELECT 1'], ['--import', without])
    expect(status).toBe(2)
    expect(stderr).toContain('npm install @duckdb/node-api')
    expect(stderr).toContain('stillhere export FILE --as parquet')
  })
})

test('errors of the query are usage errors, and keep what DuckDB says', async () => {
  await expect(ask(LEAK, 'SELEC 1')).rejects.toBeInstanceOf(UsageError)
  await expect(ask(LEAK, 'SELECT * FROM edge')).rejects.toThrow(/edge does not exist/)
})
