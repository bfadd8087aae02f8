// Runs planted leaks, or their healthy twins, and writes a ladder of three snapshots.
//   node --expose-gc run.mjs leak|healthy FOLDER NAME…
// Each program exports `leak(n)` and `healthy(n)`, one operation each; they may return a promise.
import { writeHeapSnapshot } from 'node:v8'
import { join } from 'node:path'

const [kind, folder, ...names] = process.argv.slice(2)
const programs = []
for (const name of names) programs.push(await import(`./${name}.mjs`))
const turn = () => new Promise((resolve) => setImmediate(resolve))
let done = 0
async function operate(count) {
  for (let i = 0; i < count; i++) {
    done++
    for (const program of programs) await program[kind](done)
    if (i % 10 === 0) await turn()
  }
}
const counts = []
for (const count of [131, 61, 61]) {
  await operate(count)
  for (let i = 0; i < 3; i++) {
    await turn()
    globalThis.gc()
  }
  writeHeapSnapshot(join(folder, `${counts.length}.heapsnapshot`))
  counts.push(done)
}
process.stdout.write(`${JSON.stringify(counts)}\n`)
process.exit(0)
