// Are our totals by class those of DevTools' own worker? Compares name, count, distance, shallow and retained size of
// every class, and says where they differ and why.
// Usage: node bench/compare-with-devtools.ts FILE…
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRun } from '../src/base/run.ts'
import { loadHeap } from '../src/jobs/load-heap.ts'
import { devToolsBundle } from './peers/devtools-worker.ts'

interface Total {
  name: string
  count: number
  distance: number | undefined
  self: number
  maxRet: number
}

/** Classes that DevTools names after a node's kind: it overwrites them when an object is named alike. */
const KIND_NAMES = new Set(['Function', 'RegExp', '(system)', '(compiled code)', '(array)', '(string)', '(number)', '(symbol)', '(bigint)'])

const text = ({ count, distance, self, maxRet }: Total): string => `count ${count}, distance ${distance}, shallow ${self}, retained ${maxRet}`

/** Classes of one name stand together, since constructors of one name in different places are different classes. */
function byName(totals: readonly Total[]): Map<string, Total[]> {
  const grouped = new Map<string, Total[]>()
  for (const total of totals) grouped.set(total.name, [...(grouped.get(total.name) ?? []), total])
  for (const group of grouped.values()) group.sort((a, b) => a.count - b.count || a.self - b.self || a.maxRet - b.maxRet)
  return grouped
}

let failures = 0
const devTools = await devToolsBundle()
const scratch = mkdtempSync(join(tmpdir(), 'stillhere-compare-'))
try {
  for (const file of process.argv.slice(2)) {
    const out = join(scratch, 'totals.json')
    const peer = spawnSync(process.execPath, ['--max-old-space-size=16000', join(import.meta.dirname, 'peers', 'run-devtools.mjs'), devTools, file, out], { encoding: 'utf8', maxBuffer: 1 << 28 })
    if (peer.status !== 0) {
      console.log(`${file}: DevTools fails: ${/^\w*Error: .*$/m.exec(peer.stderr)?.[0] ?? peer.signal ?? `exit ${peer.status}`}`)
      continue
    }
    const theirs = byName(JSON.parse(readFileSync(out, 'utf8')) as Total[])
    const { index } = await loadHeap(file, startRun())
    const ours = byName(index.classTotals().map(({ className, count, distance, shallowBytes, retainedBytes }) => ({ name: className, count, distance, self: shallowBytes, maxRet: retainedBytes })))
    let equal = 0
    let unreached = 0
    const lost: string[] = []
    const wrong: string[] = []
    for (const name of new Set([...theirs.keys(), ...ours.keys()])) {
      const left = ours.get(name) ?? []
      const right = theirs.get(name) ?? []
      const differing: string[] = []
      for (let at = 0; at < Math.max(left.length, right.length); at++) {
        const [us, them] = [left[at], right[at]]
        if (us === undefined || them === undefined) differing.push(`${name}: ours ${us && text(us)}; DevTools' ${them && text(them)}`)
        else {
          const isUnreached = them.distance !== undefined && them.distance < 0 // no way leads to some instance: their minimum is no distance
          if (isUnreached) unreached++
          if (us.count === them.count && us.self === them.self && us.maxRet === them.maxRet && (isUnreached || us.distance === them.distance)) equal++
          else differing.push(`${name}: ours ${text(us)}; DevTools' ${text(them)}`)
        }
      }
      const isOverwritten = KIND_NAMES.has(name) && left.length === 1 && right.length === 1 && left[0]!.count > right[0]!.count
      if (isOverwritten) lost.push(`${name}: DevTools shows ${right[0]!.count} of ${left[0]!.count}, since an object has this name too`)
      else wrong.push(...differing)
    }
    console.log(`${file}: ${equal} classes equal${unreached > 0 ? ` (${unreached} without a distance there)` : ''}, ${lost.length} overwritten by DevTools, ${wrong.length} different`)
    for (const line of lost) console.log(`  ${line}`)
    for (const line of wrong.slice(0, 20)) console.log(`  DIFFERENT ${line}`)
    failures += wrong.length
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
process.exitCode = failures === 0 ? 0 : 1
