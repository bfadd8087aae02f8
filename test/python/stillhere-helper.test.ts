import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { findBestPaths } from '../../src/analysis/heap/best-paths.ts'
import { findDominators } from '../../src/analysis/heap/dominators.ts'
import { describePath, nodePathTo } from '../../src/analysis/heap/retaining-paths.ts'
import { startRun } from '../../src/base/run.ts'
import { decompress, fileSource } from '../../src/jobs/file-source.ts'
import { type HeapGraph, locationOf, nodeKindOf, nodeNameOf } from '../../src/model/heap-graph.ts'
import { openInput } from '../../src/readers/open.ts'

/** The helper for Python, run for real: programs that hold objects in known ways, under every Python found. */

const programs = join(import.meta.dirname, '..', 'programs', 'python')
const helper = join(import.meta.dirname, '..', '..', 'src', 'python')
const folder = mkdtempSync(join(tmpdir(), 'stillhere-python-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Every CPython from 3.8 on that answers to its name, and `python3`. */
function pythons(): { command: string; version: string }[] {
  const found = new Map<string, string>()
  for (const command of ['python3', ...[8, 9, 10, 11, 12, 13, 14, 15].map((minor) => `python3.${minor}`)]) {
    try {
      const version = execFileSync(command, ['-c', 'import platform; print(platform.python_version())'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
      const minor = version.split('.').slice(0, 2).join('.')
      if (Number(minor.split('.')[1]) >= 8 && !found.has(minor)) found.set(minor, command)
    } catch {
      continue // not on this machine
    }
  }
  return [...found].map(([version, command]) => ({ version, command }))
}

const found = pythons()
const environment = { ...process.env, PYTHONPATH: helper, PYTHONDONTWRITEBYTECODE: '1', STILLHERE_DIR: folder }

async function graphOfFile(path: string): Promise<HeapGraph> {
  const opened = await openInput(await fileSource(path), startRun(), { decompress })
  if (opened.makes !== 'heap-graph') throw new Error(`${path} is a ${opened.makes}`)
  return opened.model
}

function nodesNamed(graph: HeapGraph, name: string): number[] {
  const nodes: number[] = []
  for (let node = 0; node < graph.nodeCount; node++) if (nodeKindOf(graph, node) === 'object' && nodeNameOf(graph, node) === name) nodes.push(node)
  return nodes
}

test('there is a Python to test with', () => {
  if (process.env['STILLHERE_REQUIRE_TOOLS'] !== undefined) expect(found).not.toEqual([])
})

describe.each(found)('the helper under Python $version', ({ command, version }) => {
  const path = join(folder, `holders-${version}.pyheap.gz`)
  let graph: HeapGraph
  /** How the one object of a class is held, as `kind:name` from the root's edge on. */
  const heldBy = (name: string): string[] => {
    const paths = findBestPaths(graph, startRun())
    const [node] = nodesNamed(graph, name)
    if (node === undefined) return ['not in the graph']
    return describePath(graph, nodePathTo(paths, node), () => ({ status: 'fine' })).steps.map((step) => `${step.edgeKind}:${step.edgeName}`)
  }

  test('writes a whole graph, with every object it counts', async () => {
    const told = execFileSync(command, [join(programs, 'holders.py'), path], { env: environment, encoding: 'utf8' }).trim().split(' ').map(Number)
    graph = await graphOfFile(path)
    expect(graph.source.notices).toEqual([])
    expect(graph.source.runtimeVersion).toMatch(new RegExp(`^${version.replace('.', '\\.')}\\.`))
    // the dictionaries of modules, classes and instances are part of their owners
    expect(graph.nodeCount - 1).toBeLessThan(told[0]!)
    expect(graph.nodeCount - 1).toBeGreaterThan(told[0]! * 0.8)
    expect(nodesNamed(graph, 'Session')).toHaveLength(100)
    expect(nodesNamed(graph, 'Gone')).toHaveLength(0)
    expect(nodesNamed(graph, 'OnlyWeakly')).toHaveLength(1)
  })

  test('leads from the module variable to the leaked object', () => {
    const steps = heldBy('Session')
    expect(steps.slice(0, 2)).toEqual(['root:module __main__', 'variable:SESSIONS'])
    expect(steps).toHaveLength(3)
  })

  test('the dict that leaks dominates every session and what only they hold', () => {
    const dominators = findDominators(graph, startRun())
    const [session] = nodesNamed(graph, 'Session')
    const dict = dominators.immediateDominator[session!]!
    expect(nodeNameOf(graph, dict)).toBe('dict')
    const own = nodesNamed(graph, 'Session').reduce((sum, node) => sum + graph.shallowBytes[node]!, 0)
    expect(dominators.retainedBytes[dict]!).toBeGreaterThan(own)
    expect(nodesNamed(graph, 'Session').every((node) => dominators.immediateDominator[node] === dict)).toBe(true)
  })

  test('names attributes, slots, captured variables, locals of generators, threads and frames', () => {
    expect(heldBy('ByAttribute').join(' ')).toMatch(/variable:FIRST property:child$/)
    expect(heldBy('BySlot').join(' ')).toMatch(/variable:SLOTTED property:held$/)
    expect(heldBy('ByClosure').join(' ')).toMatch(/variable:CALLBACK internal:__closure__ variable:captured variable:captured$/)
    expect(heldBy('ByGenerator').join(' ')).toMatch(/variable:GENERATOR .*variable:pending element:0$/)
    expect(heldBy('ByThread').join(' ')).toMatch(/^root:thread worker variable:busy_with$/)
    expect(heldBy('ByLocal').join(' ')).toMatch(/^root:thread MainThread variable:here property:\[now\]$/)
    expect(heldBy('ByClass').join(' ')).toMatch(/variable:Service property:shared$/)
    expect(heldBy('ByTraceback').join(' ')).toMatch(/variable:ERROR internal:__traceback__ internal:tb_next property:tb_frame variable:witness$/)
    expect(heldBy('OnlyWeakly').join(' ')).toMatch(/^root:thread MainThread variable:alive$/)
  })

  test('knows where functions and frames stand', () => {
    for (let node = 0; node < graph.nodeCount; node++) {
      if (nodeKindOf(graph, node) !== 'closure' || nodeNameOf(graph, node) !== 'make_callback.<locals>.callback') continue
      const at = locationOf(graph, node)
      const lines = readFileSync(join(programs, 'holders.py'), 'utf8').split('\n')
      expect(at?.file).toBe(join(programs, 'holders.py'))
      expect(lines[at!.line - 1]).toContain('def callback')
      return
    }
    expect.unreachable('the callback is in the graph')
  })

  test('writes no contents of strings unless asked', () => {
    const text = gunzipSync(readFileSync(path)).toString('latin1')
    expect(text).toContain('SESSIONS')
    expect(text).not.toContain('s3cret-token')
  })

  test('tells what should have gone away, and is silent about a collected cycle', async () => {
    const told = execFileSync(command, [join(programs, 'watched.py')], { env: environment, encoding: 'utf8', cwd: folder })
    expect(told).toContain('Editor "main editor" should have gone away, but is still here (watched at ')
    expect(told).toContain('held by a list of 1')
    expect(told).toContain('then main editor\n')
    expect(told).toContain('state still here\n')
    expect(told).toContain('a list: a list cannot be watched, since Python allows no weak reference to it')
    expect(told).toContain('all_gone: Editor "second" should have gone away, but is still here')
    expect(told).toContain('third went')
    expect(told).not.toMatch(/a list of \d{3}/) // nothing of the helper's own holds it
    expect(told).not.toContain('"panel"')
    graph = await graphOfFile(/^path (.*)$/m.exec(told)![1]!)
    expect(graph.source.notices.map(({ code }) => code)).toEqual(['should-have-gone'])
    expect(heldBy('Editor').join(' ')).toMatch(/variable:OPEN element:0$/)
  })

  test('writes the graph on a signal', async () => {
    const before = new Set(readdirSync(folder))
    const child = spawn(command, ['-m', 'stillhere', join(programs, 'serving.py'), 'argument'], { env: environment, stdio: ['pipe', 'pipe', 'ignore'] })
    try {
      expect(await firstLine(child)).toBe('ready argument')
      child.kill('SIGUSR2')
      const name = await waitFor(() => readdirSync(folder).find((each) => !before.has(each) && each.startsWith(`stillhere-${child.pid}-`) && each.endsWith('.pyheap.gz')))
      graph = await graphOfFile(join(folder, name))
      expect(nodesNamed(graph, 'Request')).toHaveLength(50)
      expect(heldBy('Request').join(' ')).toMatch(/variable:LOG element:\d+$/)
    } finally {
      child.stdin!.end()
      child.kill('SIGKILL')
    }
  }, 30_000)
})

// with __slots__: for instances with a dictionary CPython 3.11 itself looks at the wrong address
test('while tracemalloc traces, objects know where they were allocated', async () => {
  const [python] = found
  if (python === undefined) return
  const path = join(folder, 'traced.pyheap.gz')
  const program = 'import tracemalloc, sys; tracemalloc.start(1)\nimport stillhere\nclass Box: __slots__ = ("x",)\ndef make():\n  return [Box() for _ in range(20)]\nKEPT = make()\nstillhere.dump(sys.argv[1])'
  execFileSync(python.command, ['-c', program, path], { env: environment })
  expect(existsSync(path)).toBe(true)
  const graph = await graphOfFile(path)
  const boxes = nodesNamed(graph, 'Box')
  expect(boxes).toHaveLength(20)
  for (const node of boxes) {
    const { frames, siteFrame } = graph.allocations!
    expect(frames.line[siteFrame[graph.allocationSite![node]!]!]).toBe(5)
  }
}, 120_000)

test('a list of a quarter million is written in lines of bounded length, and read whole', async () => {
  const [python] = found
  if (python === undefined) return
  const path = join(folder, 'long.pyheap.gz')
  execFileSync(python.command, ['-c', 'import stillhere, sys\nMANY = [float(n) for n in range(250_000)]\nstillhere.dump(sys.argv[1])', path], { env: environment })
  const longest = gunzipSync(readFileSync(path)).toString('latin1').split('\n').reduce((most, line) => Math.max(most, line.length), 0)
  expect(longest).toBeLessThan(1 << 20)
  const graph = await graphOfFile(path)
  let most = 0
  for (let node = 0; node < graph.nodeCount; node++) if (nodeNameOf(graph, node) === 'list') most = Math.max(most, graph.firstEdge[node + 1]! - graph.firstEdge[node]!)
  expect(most).toBeGreaterThanOrEqual(250_000)
}, 60_000)

async function firstLine(child: ChildProcess): Promise<string> {
  let text = ''
  for await (const chunk of child.stdout!) {
    text += String(chunk)
    if (text.includes('\n')) return text.split('\n')[0]!
  }
  return text
}

async function waitFor<T>(look: () => T | undefined): Promise<T> {
  for (let turn = 0; turn < 600; turn++) {
    const seen = look()
    if (seen !== undefined) return seen
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('waited 15 s in vain')
}
