import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { loadHeap } from '../../src/jobs/load-heap.ts'
import type { CaughtWrites } from '../../src/model/caught-writes.ts'
import { EDGE, edgeNameOf, nodeNameOf } from '../../src/model/heap-graph.ts'
import { captureHeapSnapshot } from '../../src/probes/heap-capture.ts'
import { LaunchedProgram } from '../../src/probes/launched-program.ts'
import { NodeInspector } from '../../src/probes/node-inspector.ts'
import { type SetTrap, WriteCatcher } from '../../src/probes/write-catcher.ts'
import { type NodeMajor, nodeBinary } from '../support/node-binaries.ts'

const PROGRAM = join(import.meta.dirname, '..', 'programs', 'writes', 'every-way.mjs')
const lines = readFileSync(PROGRAM, 'utf8').split('\n')
const lineThatAdds = (name: string): number => lines.findIndex((line) => line.endsWith(`// adds: ${name}`)) + 1

interface Seen {
  traps: Record<string, SetTrap>
  caught: Record<string, CaughtWrites>
  before: unknown
  after: unknown
}

/** Watches each thing of the program for five turns. */
async function watchAll(major: NodeMajor, how: 'methods' | 'everything'): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'stillhere-writes-'))
  const program = await LaunchedProgram.start([nodeBinary(major), PROGRAM])
  try {
    await expect.poll(() => program.tail).toContain('ready')
    const inspector = await NodeInspector.open(program.inspectorUrls[0]!, 'test')
    const ask = async (expression: string): Promise<unknown> => (await inspector.session.send('Runtime.evaluate', { expression, returnByValue: true })).result.value
    await ask('turnOnce()')
    const { path } = await captureHeapSnapshot(inspector, join(folder, 'a.heapsnapshot'), startRun())
    const before = await ask('describe()')
    const catcher = new WriteCatcher(inspector)
    const traps: Record<string, SetTrap> = {}
    for (const [name, id] of await idsOfThings(path)) traps[name] = await catcher.watch({ id, property: { list: 'head', sealed: 'text' }[name] ?? '' }, how)
    for (let turn = 0; turn < 5; turn++) await ask('turnOnce()')
    const caught: Record<string, CaughtWrites> = {}
    for (const [name, trap] of Object.entries(traps)) if (trap.kind === 'set') caught[name] = await catcher.read(trap)
    await catcher.removeAll()
    const after = await ask('describe()')
    await inspector.close()
    return { traps, caught, before, after }
  } finally {
    await program.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function idsOfThings(path: string): Promise<[string, number][]> {
  const { graph } = await loadHeap(path, startRun())
  const edgesOf = (node: number): number[] => Array.from({ length: graph.firstEdge[node + 1]! - graph.firstEdge[node]! }, (_, at) => graph.firstEdge[node]! + at).filter((edge) => graph.edgeKind[edge] === EDGE.property)
  for (let node = 0; node < graph.nodeCount; node++) {
    if (!nodeNameOf(graph, node).startsWith('global')) continue
    const things = edgesOf(node).find((edge) => edgeNameOf(graph, edge) === 'things')
    if (things === undefined) continue
    return edgesOf(graph.edgeTarget[things]!).filter((edge) => edgeNameOf(graph, edge) !== '__proto__').map((edge) => [edgeNameOf(graph, edge), graph.nodeId[graph.edgeTarget[edge]!]!])
  }
  throw new Error('the program’s things are not in the snapshot')
}

test.each([20, 22, 24, 26] as const)('on Node %i every way to add is seen, with its line, and nothing stays behind', { timeout: 60_000 }, async (major) => {
  const { traps, caught, before, after } = await watchAll(major, 'everything')
  const seen = ['map', 'set', 'weakMap', 'pushed', 'indexed', 'object', 'dictionary', 'emitter', 'signal', 'promise', 'list', 'drained']
  expect(Object.keys(caught).sort()).toEqual(seen.toSorted())
  for (const name of seen) {
    const { added, removed, stacks } = caught[name]!
    const own = stacks.flatMap(({ frames }) => frames.find(({ file }) => file.endsWith('every-way.mjs')) ?? [])
    expect([name, new Set(own.map(({ line }) => line))]).toEqual([name, new Set([lineThatAdds(name)])])
    // A promise is looked at more than once by one `race`.
    if (name === 'promise') expect(added).toBeGreaterThanOrEqual(5)
    else expect([name, added, removed]).toEqual([name, 5, name === 'drained' ? 5 : 0])
  }
  expect(caught['map']!.gained).toBe(5)
  expect(caught['drained']!.gained).toBe(0)
  expect([caught['map']!.entries, caught['drained']!.entries]).toEqual([6, 0]) // it held one before
  expect(traps['frozen']).toMatchObject({ kind: 'refused', because: expect.stringContaining('frozen') as string })
  expect(traps['sealed']).toMatchObject({ kind: 'refused' })
  expect(after).toBe(before)
})

test('in a program that is not ours only methods are put in front of others', { timeout: 60_000 }, async () => {
  const { caught, before, after } = await watchAll(24, 'methods')
  expect(Object.keys(caught).sort()).toEqual(['drained', 'emitter', 'indexed', 'map', 'pushed', 'set', 'signal', 'weakMap'])
  expect(caught['indexed']!.added).toBe(0) // written by position, which no method sees
  expect(after).toBe(before)
})
