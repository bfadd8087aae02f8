// This tool, as built, on one heap: objects and bytes by class, the 20 biggest printed; no dominators.
// Usage: node run-classes.mjs BUILT FILE
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [built, file] = process.argv.slice(2)
const load = (path) => import(pathToFileURL(join(built, path)).href)
const { loadHeap } = await load('jobs/load-heap.js')
const { startRun } = await load('base/run.js')
const { graph } = await loadHeap(file, startRun())
const count = new Float64Array(graph.strings.count)
const bytes = new Float64Array(graph.strings.count)
for (let node = 1; node < graph.nodeCount; node++) {
  count[graph.nodeName[node]]++
  bytes[graph.nodeName[node]] += graph.shallowBytes[node]
}
const biggest = Array.from(bytes.keys()).sort((a, b) => bytes[b] - bytes[a]).slice(0, 20)
for (const name of biggest) console.log(count[name], bytes[name], graph.strings.get(name).slice(0, 60))
