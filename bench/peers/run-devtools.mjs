// DevTools' own snapshot worker on one file: prints a line of JSON with its totals by class.
// Usage: node run-devtools.mjs BUNDLE FILE [OUT.json]
import { createReadStream, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { setImmediate } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'

const [bundle, file, out] = process.argv.slice(2)
const { HeapSnapshotLoader, SecondaryInitManager } = await import(pathToFileURL(bundle).href)
const loader = new HeapSnapshotLoader({ sendEvent() {} })
for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
  loader.write(chunk)
  await setImmediate() // the loader buffers what it has not parsed
}
loader.close()
const { port1, port2 } = new MessageChannel()
void new SecondaryInitManager(port2)
const snapshot = await loader.buildSnapshot(port1)
const totals = Object.values(snapshot.aggregatesWithFilter({}))
  .map(({ name, count, distance, self, maxRet }) => ({ name, count, distance, self, maxRet }))
  .sort((a, b) => b.maxRet - a.maxRet)
if (out !== undefined) writeFileSync(out, JSON.stringify(totals))
else for (const { name, count, self, maxRet } of totals.slice(0, 20)) console.log(count, self, maxRet, name.slice(0, 60))
process.exit(0)
