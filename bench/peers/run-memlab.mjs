// memlab on one file: totals by class, the 20 biggest printed. Usage: node run-memlab.mjs FILE
import { createRequire } from 'node:module'
import { join } from 'node:path'

const from = createRequire(join(import.meta.dirname, '..', '..', '.cache', 'peers', 'index.js'))
const { getFullHeapFromFile } = from('@memlab/heap-analysis')
const heap = await getFullHeapFromFile(process.argv[2])
const totals = new Map()
heap.nodes.forEach((node) => {
  const key = node.type === 'object' || node.type === 'native' ? node.name : `(${node.type})`
  const total = totals.get(key) ?? { count: 0, self: 0, retained: 0 }
  totals.set(key, total)
  total.count++
  total.self += node.self_size
  total.retained = Math.max(total.retained, node.retainedSize)
})
for (const [name, { count, self, retained }] of [...totals].sort(([, a], [, b]) => b.retained - a.retained).slice(0, 20)) console.log(count, self, retained, name.slice(0, 60))
process.exit(0)
