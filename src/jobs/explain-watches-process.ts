/**
 * The other process of `shouldGoAway`: is told by its parent what to explain, reads one heap snapshot from stdin,
 * answers with one message and ends. When the parent ends first, the snapshot is cut, and so is this.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startRun } from '../base/run.ts'
import { readBaseline } from './baseline-file.ts'
import { explainWatches } from './explain-watches.ts'

interface Request {
  tickets: readonly string[]
  folder: string | undefined
  command: string
  sourceMaps?: Readonly<Record<string, string>> | undefined
}

const request = await new Promise<Request>((resolve) => {
  process.once('message', (message) => resolve(message as Request))
  process.once('disconnect', () => process.exit(0))
})
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
let answer: object
try {
  // Set by `stillhere test`: what is tolerated, and where every finding is gathered.
  const { STILLHERE_BASELINE: baselinePath, STILLHERE_RESULTS: results } = process.env
  const baseline = baselinePath === undefined ? undefined : { known: await readBaseline(baselinePath), today: new Date().toISOString().slice(0, 10) }
  const explained = await explainWatches(
    { name: request.command, sizeBytes: undefined, chunks: () => process.stdin },
    { run: startRun(), tickets: request.tickets, folder: request.folder, sourceMaps: request.sourceMaps, baseline, cwd: process.cwd(), version: manifest.version },
  )
  if (results !== undefined) writeFileSync(join(results, `${process.pid}-${Date.now()}.json`), JSON.stringify(explained.report))
  const troubles = explained.report.notices.filter((notice) => notice.code === 'folder-not-written').map((notice) => notice.message)
  answer = { explanation: { outcome: 'explained', findings: explained.findings, gone: explained.gone, folder: explained.folder, ...(troubles.length > 0 ? { reason: troubles.join('; ') } : {}) } }
} catch (error) {
  answer = { failure: error instanceof Error ? error.message : String(error) }
}
if (process.connected) process.send!(answer, undefined, undefined, () => process.exit(0))
else process.exit(0)
