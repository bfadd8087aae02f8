// What questions cost on a snapshot that is open: median and longest of many, in CPU milliseconds (of all threads: shared machines stretch the wall's), over nodes of every sort.
// A first question builds what it needs; its cost stands apart. With the index cache the same again after opening from it.
// Usage: node bench/questions.ts [ast|FILE] [--write]
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dominatedBy } from '../src/analysis/heap/stretches.ts'
import { nodePathTo, shortenPath } from '../src/analysis/heap/retaining-paths.ts'
import { freedByCut, retainedOfSet } from '../src/analysis/heap/retained-of-set.ts'
import { startRun } from '../src/base/run.ts'
import { type LoadedHeap, loadHeap } from '../src/jobs/load-heap.ts'
import { describeWay, waysTo } from '../src/jobs/why.ts'
import { NODE, NONE, ROOT } from '../src/model/heap-graph.ts'
import { SNAPSHOTS, snapshotFile } from './snapshots.ts'

const given = process.argv.slice(2).filter((word) => word !== '--write')
const name = given[0] ?? 'ast'
const file = name in SNAPSHOTS ? snapshotFile(name) : name
const run = startRun()
const TIMES = 200
const LIST = 50

/** The same numbers in every run. */
function random(most: number): () => number {
  let state = 42
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
}

const lines: string[] = []
const say = (line: string): void => {
  console.log(line)
  lines.push(line)
}

function timed<T>(ask: () => T): { ms: number; answer: T } {
  const before = process.cpuUsage()
  const answer = ask()
  const { user, system } = process.cpuUsage(before)
  return { ms: (user + system) / 1000, answer }
}

function row(question: string, asked: number[], ask: (node: number) => unknown): void {
  const ms = asked.map((node) => timed(() => ask(node)).ms).toSorted((a, b) => a - b)
  say(`| ${question} | ${ms.length} | ${ms[ms.length >> 1]!.toFixed(2)} | ${ms.at(-1)!.toFixed(1)} |`)
}

/** The `most` nodes of the greatest weight. */
function greatest(count: number, most: number, weight: (node: number) => number): number[] {
  const found: number[] = []
  for (let node = 1; node < count; node++) {
    if (found.length === most && weight(node) <= weight(found.at(-1)!)) continue
    const place = found.findIndex((other) => weight(node) > weight(other))
    found.splice(place < 0 ? found.length : place, 0, node)
    found.length = Math.min(found.length, most)
  }
  return found
}

function askAll({ graph, index }: LoadedHeap): void {
  const tree = index.dominators()
  const first = (what: string, ask: () => unknown): void => say(`| first: ${what} | 1 | ${timed(ask).ms.toFixed(0)} | |`)
  say('| question | times | median ms | longest ms |')
  say('|---|---|---|---|')
  first('list of classes', () => index.classTotals())
  first('best paths (`why`)', () => index.bestPaths())
  first('nodes by name (`why CLASS`)', () => index.nodesByName())
  first('ways in which all are held (`why CLASS`, of many)', () => waysTo({ graph, index }, { selector: index.classTotals().find(({ count }) => count > 10_000)!.className, paths: 5 }))
  first('stretches of the dominator tree', () => index.stretches())
  first('retainers', () => index.retainers())
  const next = random(graph.nodeCount - 1)
  const some = Array.from({ length: TIMES }, () => next() + 1)
  const paths = index.bestPaths()
  const depth = new Uint32Array(graph.nodeCount)
  for (const node of paths.order) if (node !== ROOT) depth[node] = depth[paths.holder[node]!]! + 1
  const deepest = greatest(graph.nodeCount, 20, (node) => depth[node]!)
  const biggest = greatest(graph.nodeCount, 20, (node) => (graph.nodeKind[node] === NODE.object ? tree.retainedBytes[node]! : 0))
  const { firstRetainer, retainer } = index.retainers()
  const hubs = greatest(graph.nodeCount, 20, (node) => firstRetainer[node + 1]! - firstRetainer[node]!)
  const children = new Uint32Array(graph.nodeCount)
  for (const node of tree.order) if (tree.immediateDominator[node] !== NONE) children[tree.immediateDominator[node]!]!++
  const parents = [ROOT, ...greatest(graph.nodeCount, 20, (node) => children[node]!)]
  const classes = index.classTotals().slice(0, 20)
  say(`| | | | deepest at ${depth[deepest[0]!]}, most retainers ${firstRetainer[hubs[0]! + 1]! - firstRetainer[hubs[0]!]!}, most dominated children ${Math.max(...parents.map((node) => children[node]!))}, most instances ${Math.max(...classes.map(({ count }) => count))} |`)
  const why = (node: number): unknown => {
    const { ways, paths: best } = waysTo({ graph, index }, { selector: `@${graph.nodeId[node]}`, paths: 5 })
    return ways.shown.map(({ node }) => shortenPath(describeWay(graph, nodePathTo(best, node))))
  }
  for (const [what, nodes] of [['random', some], ['deepest', deepest], ['biggest', biggest], ['most retainers', hubs]] as const) row(`why @id, ${what}`, nodes, why)
  row('why CLASS, of the 20 biggest', classes.map((_, at) => at), (at) => {
    const { ways, paths: best } = waysTo({ graph, index }, { selector: classes[at]!.className, paths: 5 })
    return ways.shown.map(({ node }) => shortenPath(describeWay(graph, nodePathTo(best, node))))
  })
  row('list of classes', some.slice(0, 20), () => index.classTotals().slice(0, LIST))
  const dominated = (node: number): number[] => {
    const found: number[] = []
    for (const child of dominatedBy(tree, index.stretches(), node)) {
      if (found.length === LIST && tree.retainedBytes[child]! <= tree.retainedBytes[found.at(-1)!]!) continue
      const place = found.findIndex((other) => tree.retainedBytes[child]! > tree.retainedBytes[other]!)
      found.splice(place < 0 ? found.length : place, 0, child)
      found.length = Math.min(found.length, LIST)
    }
    return found
  }
  row(`the ${LIST} biggest of the dominated children, random`, some, dominated)
  row(`the ${LIST} biggest of the dominated children, most children`, parents, dominated)
  row('who holds it, most retainers', hubs, (node) => Array.from(retainer.subarray(firstRetainer[node], Math.min(firstRetainer[node + 1]!, firstRetainer[node]! + LIST)), (each) => index.classOf(each)))
  row('what one object retains', some, (node) => retainedOfSet(index, [node], run))
  row('what cutting one reference frees, random', some.map((node) => graph.firstEdge[node]!).filter((edge) => edge < graph.edgeCount), (edge) => freedByCut(index, [edge], run))
}

const kept = mkdtempSync(join(tmpdir(), 'stillhere-questions-'))
try {
  say(`## questions: on ${name}, once it is open`)
  say('')
  say('CPU milliseconds of the process, since the machine was shared. `first` is what the first question that needs it pays, once.')
  say('')
  const opened = await loadHeap(file, run)
  say(`${opened.graph.nodeCount.toLocaleString('en').replaceAll(',', ' ')} nodes, ${opened.graph.edgeCount.toLocaleString('en').replaceAll(',', ' ')} edges. Opened from the snapshot:`)
  say('')
  askAll(opened)
  say('')
  const cache = { directory: kept }
  await loadHeap(file, run, { cache })
  const before = process.cpuUsage()
  const again = await loadHeap(file, run, { cache })
  const { user, system } = process.cpuUsage(before)
  say(`Opened from the index cache, with ${((user + system) / 1000).toFixed(0)} ms of CPU:`)
  say('')
  const next = random(again.graph.nodeCount - 1)
  const firstWhy = timed(() => waysTo(again, { selector: `@${again.graph.nodeId[next() + 1]}`, paths: 5 }))
  say(`The very first \`why @id\` took ${firstWhy.ms.toFixed(1)} ms.`)
  say('')
  askAll(again)
} finally {
  rmSync(kept, { recursive: true, force: true })
}
if (process.argv.includes('--write')) {
  const results = join(import.meta.dirname, 'RESULTS.md')
  const others = existsSync(results) ? readFileSync(results, 'utf8').split(/^(?=## )/m).filter((section) => !section.startsWith('## questions:')) : []
  writeFileSync(results, `${others.join('').trimEnd()}\n\n${lines.join('\n')}\n`)
}
