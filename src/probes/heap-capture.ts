import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { bytesText } from '../base/bytes-text.ts'
import { CaptureRefused, ProbeError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { MemoryRoom } from './linux-process.ts'
import type { MemoryReading, NodeInspector } from './node-inspector.ts'

/** What a snapshot will cost the program, before it is taken. */
export interface CaptureForecast {
  pauseMs: number
  /** Memory the program needs on top of what it holds. */
  extraBytes: number
  fileBytes: number
}

// Measured on heaps of small objects (Node 20, 22, 24, 26; 45 and 300 MB): about 0.12–0.28 s of pause and 13 bytes of
// memory for each byte of heap at worst, 1.7 bytes of file. Objects average 55 bytes there, so 13 × 55 ≈ 700 bytes a node.
const EXTRA_PER_HEAP_BYTE = 13
const SMALL_OBJECT_BYTES = 55
const FILE_PER_HEAP_BYTE = 1.75
const PAUSE_MS_PER_HEAP_MB = { 18: 280, 20: 280, 22: 190 } as const
const PAUSE_MS_PER_HEAP_MB_LATER = 140
// A young program's heap is mostly code and strings of the runtime, which cost least; it is never refused for them.
const FREE_OF_CHARGE_BYTES = 4_000_000

/**
 * The most the snapshot may cost. Cost follows the number of objects, which nobody tells without counting them: until
 * a first snapshot showed how many bytes a node has here, every byte is taken to be in small objects.
 */
export function forecastCapture(memory: Pick<MemoryReading, 'heapUsedBytes' | 'codeBytes'>, nodeVersion: string, bytesPerNode?: number): CaptureForecast {
  const major = Number.parseInt(nodeVersion, 10) as keyof typeof PAUSE_MS_PER_HEAP_MB
  const worstBytes = Math.max(0, memory.heapUsedBytes - memory.codeBytes - FREE_OF_CHARGE_BYTES)
  const smallBytes = bytesPerNode === undefined ? worstBytes : Math.min(worstBytes, (memory.heapUsedBytes / bytesPerNode) * SMALL_OBJECT_BYTES)
  return {
    pauseMs: 300 + ((PAUSE_MS_PER_HEAP_MB[major] ?? PAUSE_MS_PER_HEAP_MB_LATER) * smallBytes) / 1e6,
    extraBytes: 30e6 + EXTRA_PER_HEAP_BYTE * smallBytes,
    fileBytes: 2e6 + FILE_PER_HEAP_BYTE * memory.heapUsedBytes,
  }
}

/** @throws CaptureRefused with the figures, when the forecast does not fit into `room` */
export function refuseCostlyCapture(target: string, forecast: CaptureForecast, room: MemoryRoom): void {
  if (forecast.extraBytes <= room.availableBytes) return
  const limit = room.because === 'cgroup' ? `its cgroup limit of ${bytesText(room.limitBytes)}` : `the machine's ${bytesText(room.limitBytes)}`
  throw new CaptureRefused({
    target,
    step: 'taking a heap snapshot',
    problem: `refused: it may need ${bytesText(forecast.extraBytes)} more memory and stop the program for ${secondsText(forecast.pauseMs)}, but ${limit} leaves ${bytesText(room.availableBytes)}`,
    hint: 'Take it where there is more memory or while the heap is smaller (the leak is the same), or insist with --force-snapshot.',
  })
}

export function secondsText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)} s`
}

export interface Capture {
  path: string
  /** As the head of the file says. */
  nodeCount: number | undefined
  sizeBytes: number
  pauseMs: number
  takenAtMs: number
}

/**
 * Streams a heap snapshot of the program to `path`. It is written under another name, checked to be whole and only
 * then given its own, so a file of that name is always a whole snapshot.
 * Cost: the program stands still for the time; here a few chunks of memory (reading waits for the disk).
 * @throws ProbeError when the program goes away or the file is not whole; Cancelled
 */
export async function captureHeapSnapshot(inspector: NodeInspector, path: string, run: Run): Promise<Capture> {
  const { session, target } = inspector
  const started = Date.now()
  const partial = `${path}.partial`
  const file = createWriteStream(partial)
  let sizeBytes = 0
  let fileError: Error | undefined
  file.on('error', (error) => {
    fileError = error
    session.resume()
  })
  const off = session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => {
    sizeBytes += Buffer.byteLength(chunk)
    if (fileError !== undefined || file.write(chunk)) return
    session.pause()
    file.once('drain', () => session.resume())
  })
  try {
    run.progress({ step: 'taking a heap snapshot', done: 0 })
    await untilStopped(session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false }), run).catch((cause: unknown) => {
      if (session.isOpen || !(cause instanceof ProbeError)) throw cause
      throw new ProbeError({
        target,
        step: 'taking a heap snapshot',
        problem: `the program went away after ${bytesText(sizeBytes)} of it; nothing was kept`,
        hint: 'Was it killed for its memory (see dmesg, or the events of its container)? Take the snapshot while the heap is smaller, or where there is more room.',
        cause,
      })
    })
    file.end()
    if (fileError === undefined) await once(file, 'close')
    if (fileError !== undefined) {
      throw new ProbeError({ target, step: 'writing the heap snapshot', problem: `${path}: ${fileError.message}`, hint: 'Is there room on the disk? Another folder: --out DIR', cause: fileError })
    }
    const head = await checkWhole(partial, target)
    await rename(partial, path)
    const nodeCount = /"node_count":\s*(\d+)/.exec(head)?.[1]
    return { path, nodeCount: nodeCount === undefined ? undefined : Number(nodeCount), sizeBytes, pauseMs: Date.now() - started, takenAtMs: started }
  } finally {
    off()
    session.resume()
    file.destroy()
    await rm(partial, { force: true })
  }
}

/** A whole snapshot begins with `{"snapshot"` and ends with `}`; one cut by a dying program does not. Result: its first kilobytes. */
async function checkWhole(path: string, target: string): Promise<string> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const head = Buffer.alloc(Math.min(4096, size))
    const tail = Buffer.alloc(Math.min(64, size))
    await file.read(head, 0, head.length, 0)
    await file.read(tail, 0, tail.length, size - tail.length)
    if (/^\s*\{\s*"snapshot"/.test(head.toString('latin1')) && tail.toString('latin1').trimEnd().endsWith('}')) return head.toString('latin1')
    throw new ProbeError({
      target,
      step: 'taking a heap snapshot',
      problem: `what arrived is not whole (${bytesText(size)})`,
      hint: 'Did the program run out of memory while it was written? Take it while the heap is smaller.',
    })
  } finally {
    await file.close()
  }
}

/** The answer, or `Cancelled` as soon as somebody asks us to stop: a snapshot may take minutes. */
async function untilStopped<T>(answer: Promise<T>, run: Run): Promise<T> {
  const { signal } = run
  if (signal === undefined) return answer
  answer.catch(() => undefined) // when we leave first, its later failure is nobody's business
  run.checkpoint()
  const listening = new AbortController()
  const stopped = new Promise<never>((_, reject) => {
    ;(signal as unknown as EventTarget).addEventListener(
      'abort',
      () => {
        try {
          run.checkpoint()
        } catch (error) {
          reject(error as Error)
        }
      },
      { signal: listening.signal },
    )
  })
  try {
    return await Promise.race([answer, stopped])
  } finally {
    listening.abort()
  }
}
