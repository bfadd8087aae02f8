import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, describe, expect, test } from 'vitest'
import { sumOf } from '../../src/analysis/allocation/call-tree-totals.ts'
import { startRun } from '../../src/base/run.ts'
import { exportFile } from '../../src/jobs/export-file.ts'
import { loadHeap } from '../../src/jobs/load-heap.ts'
import { readProfile } from '../../src/jobs/read-profile.ts'
import { ROOT } from '../../src/model/heap-graph.ts'

const root = join(import.meta.dirname, '..', '..')
const sample = (format: string, name: string): string => join(root, 'test', 'readers', format, name)
const LEAK = sample('v8-heapsnapshot', 'node24-session-leak.heapsnapshot.gz')
const folder = mkdtempSync(join(tmpdir(), 'export-file-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a heap as Parquet', () => {
  test('has every node and edge of the file; another library and DuckDB read the same', async () => {
    const out = join(folder, 'tables')
    const { written } = await exportFile({ file: LEAK, as: 'parquet', out }, startRun())
    expect(written.map((path) => path.slice(out.length + 1)).toSorted()).toEqual(['classes.parquet', 'dominators.parquet', 'edges.parquet', 'locations.parquet', 'nodes.parquet', 'strings.parquet'])
    const raw = JSON.parse(gunzipSync(readFileSync(LEAK)).toString()) as { snapshot: { meta: { node_fields: string[]; edge_types: [string[]] } }; nodes: number[]; edges: number[]; strings: string[] }
    const width = raw.snapshot.meta.node_fields.length
    const nodes = (await parquetReadObjects({ file: await asyncBufferFromFile(join(out, 'nodes.parquet')) })) as { id: bigint; name: string; shallow_bytes: bigint }[]
    expect(nodes.length).toBe(raw.nodes.length / width)
    for (const [row, { id, name, shallow_bytes }] of nodes.entries()) {
      const at = row * width
      if (Number(id) !== raw.nodes[at + 2] || name !== raw.strings[raw.nodes[at + 1]!] || Number(shallow_bytes) !== raw.nodes[at + 3]) expect.fail(`row ${row}: ${id} ${name} ${shallow_bytes}`)
    }
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const edges = (await connection.runAndReadAll(`SELECT count(*), sum(target), count(position), count(*) FILTER (strong) > 0 FROM '${join(out, 'edges.parquet')}'`)).getRowsJson()
    const targets = raw.edges.filter((_, at) => at % 3 === 2).map((target) => target / width)
    const positions = raw.edges.filter((_, at) => at % 3 === 0).filter((type) => ['element', 'hidden'].includes(raw.snapshot.meta.edge_types[0][type]!)).length
    expect(edges).toEqual([[String(targets.length), String(targets.reduce((sum, target) => sum + target, 0)), String(positions), true]])
    connection.closeSync()
    instance.closeSync()
  })

  test('ids of 64 bits stay whole', async () => {
    const out = join(folder, 'jvm')
    const file = sample('hprof', 'jdk21-zgc-cacheleak.hprof.gz')
    await exportFile({ file, as: 'parquet', out }, startRun())
    const { graph } = await loadHeap(file, startRun())
    const nodes = (await parquetReadObjects({ file: await asyncBufferFromFile(join(out, 'nodes.parquet')), columns: ['id'] })) as { id: bigint }[]
    expect(nodes.map(({ id }) => Number(id))).toEqual(Array.from(graph.nodeId))
    expect(Math.max(...nodes.map(({ id }) => Number(id)))).toBeGreaterThan(2 ** 32)
  })
})

describe('who holds a heap, as a profile', () => {
  const total = async (): Promise<number> => (await loadHeap(LEAK, startRun())).index.dominators().retainedBytes[ROOT]!

  test('our readers of both forms read it back, and it weighs what is reachable', async () => {
    for (const as of ['pprof', 'speedscope'] as const) {
      const out = join(folder, `held.${as === 'pprof' ? 'pb.gz' : 'speedscope.json'}`)
      await exportFile({ file: LEAK, as, out }, startRun())
      const profile = await readProfile(out, startRun())
      expect(sumOf(profile.liveBytes ?? profile.allocatedBytes)).toBe(await total())
      const names = Array.from(profile.frames.functionName, (name) => profile.strings.get(name))
      expect(names.find((name) => name.endsWith(': Session'))).toBeDefined()
    }
  })

  test.runIf(spawnSync('go', ['version']).status === 0 || process.env['STILLHERE_REQUIRE_TOOLS'] !== undefined)('go tool pprof reads it: the sessions hang below the map that holds them', async () => {
    const out = join(folder, 'go.pb.gz')
    await exportFile({ file: LEAK, as: 'pprof', out }, startRun())
    const top = execFileSync('go', ['tool', 'pprof', '-top', '-cum', '-unit=B', '-nodefraction=0', '-sample_index=inuse_space', out], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    expect(Number(/of (\d+)B total/.exec(top)?.[1])).toBe(await total())
    const held = /(\d+)B\s+[\d.]+%\s+sessions : Map$/m.exec(top)
    const { graph, index } = await loadHeap(LEAK, startRun())
    const maps = Array.from({ length: graph.nodeCount }, (_, node) => node).filter((node) => index.classOf(node) === 'Map')
    expect(Number(held?.[1])).toBeGreaterThanOrEqual(Math.max(...maps.map((node) => index.dominators().retainedBytes[node]!)))
  })
})

test('what cannot be written says what can, and nothing is left behind', async () => {
  await expect(exportFile({ file: LEAK, as: 'csv' }, startRun())).rejects.toThrow(/--as: expected for a heap graph: parquet, pprof/)
  await expect(exportFile({ file: LEAK, as: 'parquet' }, startRun())).rejects.toThrow(/--out: expected a folder/)
  await expect(exportFile({ file: sample('psrecord', 'grow.txt'), as: 'pprof', out: join(folder, 'x') }, startRun())).rejects.toThrow(/--as: expected for a memory series/)
  await expect(exportFile({ file: LEAK, as: 'parquet', out: join(LEAK, 'below-a-file') }, startRun())).rejects.toThrow(/make the folder/)
  const stop = new AbortController()
  stop.abort()
  await expect(exportFile({ file: LEAK, as: 'parquet', out: join(folder, 'stopped') }, startRun({ signal: stop.signal }))).rejects.toThrow(/stopped/)
  expect(existsSync(join(folder, 'stopped')) ? readdirSync(join(folder, 'stopped')) : []).toEqual([])
})

test('the command takes a file where it takes an id', () => {
  const out = join(folder, 'held.svg')
  const result = spawnSync(process.execPath, [join(root, 'src', 'cli', 'main.ts'), 'export', LEAK, '--as', 'flame', '--out', out], { encoding: 'utf8' })
  expect([result.status, result.stderr]).toEqual([0, `written: ${out}\n`])
  expect(statSync(out).size).toBeGreaterThan(1000)
})
