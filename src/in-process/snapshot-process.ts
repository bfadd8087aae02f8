import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { getHeapSnapshot } from 'node:v8'
import type { Explanation, LeakTestResult } from './explanation.ts'
import { laterTurn } from './force-collection.ts'

/** What the other process is asked; sent before the snapshot. */
export interface ExplainRequest {
  /** Tickets to explain; empty: every watch that the snapshot shows. */
  tickets: readonly string[]
  /** Where to write reports and pictures. */
  folder: string | undefined
  command: string
  /** Of code that was transformed in memory: base64, by file. */
  sourceMaps: Readonly<Record<string, string>> | undefined
}

export interface SnapshotProcessOptions {
  request: ExplainRequest
  /** Keeps the event loop alive until the answer is here; in production the program may end first. */
  hold: 'process' | 'nothing'
  /** Takes the snapshot; this isolate's own unless said otherwise. */
  snapshot?: (() => Readable) | undefined
}

const LONGEST_ANALYSIS_MS = 15 * 60_000

/**
 * Takes one snapshot, of this isolate if nothing else is said, and has another process analyze it. Nothing is parsed here: a parsed snapshot in
 * the watched heap would be bigger than what is looked for, and show up in the next one.
 *
 * Cost: the isolate stops while V8 builds the snapshot (seconds for 50 MB of small objects); the text is streamed.
 * When the program ends meanwhile, the other process sees a cut snapshot and ends as well.
 */
export async function explainInOtherProcess({ request, hold, snapshot: take = getHeapSnapshot }: SnapshotProcessOptions): Promise<Explanation> {
  const child = startJob('explain-watches-process')
  const answer = answerOf<Explanation>(child)
  // Awaited below; a failure that comes before that must not count as unhandled.
  answer.catch(() => undefined)
  if (hold === 'nothing') letGo(child)
  child.send(request)
  await laterTurn()
  const startedMs = performance.now()
  const snapshot = take()
  const snapshotMs = performance.now() - startedMs
  // A process that has failed stops reading; its answer says why, the broken pipe does not.
  await pipeline(snapshot, child.stdin!).catch(() => undefined)
  const explanation = await answer
  return { ...explanation, snapshotMs, analysisMs: performance.now() - startedMs - snapshotMs }
}

/** Another process that compares snapshots on disk. Started early, it is ready when the first question comes. */
export interface HeapComparer {
  /** @throws when it cannot */
  compare(files: readonly string[]): Promise<LeakTestResult>
  end(): void
}

export function startHeapComparer(operations: number): HeapComparer {
  const child = startJob('leak-test-process')
  // It ends by itself when this process does.
  letGo(child)
  return {
    compare: (files) => {
      child.ref()
      child.channel?.ref()
      const answer = answerOf<LeakTestResult>(child)
      child.send({ files, operations })
      return answer
    },
    end: () => {
      if (child.connected) child.disconnect()
    },
  }
}

function startJob(name: string): ChildProcess {
  const { main, extension } = jobFile(name)
  return spawn(process.execPath, [...(extension === '.ts' ? ['--experimental-strip-types'] : []), main], {
    stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
    // Neither our own preload nor memory settings meant for the program.
    env: { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1' },
  })
}

function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let complaint = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_ANALYSIS_MS).unref()
    child.stderr?.on('data', (chunk: Buffer) => {
      if (complaint.length < 4000) complaint += chunk.toString()
    })
    child.once('error', reject)
    child.once('message', (message: { explanation?: Answer; result?: Answer; failure?: string }) => {
      clearTimeout(timer)
      const answer = message.explanation ?? message.result
      if (answer !== undefined) resolve(answer)
      else reject(new Error(message.failure ?? 'the analysis gave no answer'))
    })
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      // The message may still be on its way through the channel.
      setTimeout(() => reject(new Error(`the analysis ended with ${signal ?? `exit code ${code}`}${complaint === '' ? '' : `: ${complaint.trim().slice(-500)}`}`)), 200).unref()
    })
  })
}

function letGo(child: ChildProcess): void {
  child.unref()
  child.channel?.unref()
  for (const stream of [child.stdin, child.stderr]) (stream as unknown as { unref?: () => void } | null)?.unref?.()
}

/** The job beside us: compiled next to this file, or in the source tree while the package itself is worked on. */
function jobFile(name: string): { main: string; extension: string } {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  return { main: fileURLToPath(new URL(`../jobs/${name}${extension}`, import.meta.url)), extension }
}
