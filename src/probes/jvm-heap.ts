import { constants, createWriteStream, existsSync, statfsSync, statSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { bytesText } from '../base/bytes-text.ts'
import { CaptureRefused, ProbeError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { bytesSource } from '../readers/bytes-source.ts'
import { jvmHistogram } from '../readers/jvm-histogram.ts'
import { type Capture, type CaptureForecast, secondsText } from './heap-capture.ts'
import type { JvmAttach } from './jvm-attach.ts'

export interface ClassHistogram {
  profile: AllocationProfile
  /** As the JVM wrote it. */
  text: string
  liveBytes: number
  liveCount: number
  /** How long the JVM took: a full collection and a walk over the heap. */
  tookMs: number
}

// Measured (JDK 17 and 25, 2, 36 and 517 MB of objects of 27 bytes, on a machine busy with other things): a dump takes about
// as long as a histogram, and then writes 67 to 150 MB a second; the file is 1.46 times the live bytes, and 2 MB for the classes.
const WRITTEN_BYTES_PER_MS = 60_000
const FILE_PER_LIVE_BYTE = 1.5
const FILE_OF_CLASSES_BYTES = 4e6
// The dump is streamed: the process grew by at most 19 MB.
const EXTRA_BYTES = 32e6

/** Which JVM this is, in its own words: `17.0.15`. */
export async function jvmVersion(jvm: JvmAttach, run: Run): Promise<string> {
  const text = await jvm.command('VM.version', run)
  return /^JDK (\S+)/m.exec(text)?.[1] ?? /version (\S+)/.exec(text)?.[1] ?? text.trim().split('\n')[0]!
}

/** What lives after a full collection, class by class. The JVM stands still for it. @throws ProbeError, Cancelled */
export async function classHistogram(jvm: JvmAttach, run: Run): Promise<ClassHistogram> {
  const started = performance.now()
  const text = await jvm.command('GC.class_histogram', run)
  const tookMs = performance.now() - started
  const profile = await jvmHistogram.read(bytesSource(`${jvm.target} GC.class_histogram`, new TextEncoder().encode(text)), run)
  const sum = (column: Float64Array | undefined): number => column?.reduce((total, value) => total + value, 0) ?? Number.NaN
  return { profile, text, liveBytes: sum(profile.liveBytes), liveCount: sum(profile.liveCount), tookMs }
}

/** The most a heap dump may cost, from a histogram that was just taken. */
export function forecastDump({ liveBytes, tookMs }: Pick<ClassHistogram, 'liveBytes' | 'tookMs'>): CaptureForecast {
  const fileBytes = FILE_OF_CLASSES_BYTES + FILE_PER_LIVE_BYTE * liveBytes
  return { pauseMs: tookMs + fileBytes / WRITTEN_BYTES_PER_MS, extraBytes: EXTRA_BYTES, fileBytes }
}

/** @throws CaptureRefused with the figures, when the disk at `path` has no room for the file */
export function refuseWithoutDisk(target: string, path: string, { fileBytes, pauseMs }: CaptureForecast): void {
  const { bavail, bsize } = statfsSync(dirname(path))
  const freeBytes = bavail * bsize
  if (fileBytes <= freeBytes) return
  throw new CaptureRefused({
    target,
    step: 'taking a heap dump',
    problem: `refused: it may become ${bytesText(fileBytes)} (and stop the program for ${secondsText(pauseMs)}), but the disk at ${dirname(path)} has ${bytesText(freeBytes)} left`,
    hint: 'Another folder: --out DIR/FILE. Or insist with --force-snapshot.',
  })
}

/**
 * A heap dump of live objects (`GC.heap_dump`). The JVM writes the file itself, in its own file system and as its own
 * user: where it sees ours and may write there, beside `path`, else in its /tmp, from where it is fetched. It gets its
 * name when it is whole.
 * Cost: a full collection, then the JVM stands still while it writes.
 * @throws ProbeError when the JVM cannot write it or the file is not whole; Cancelled
 */
export async function captureHeapDump(jvm: JvmAttach, path: string, run: Run): Promise<Capture> {
  const partial = `${path}.partial`
  const inside = `/tmp/stillhere-${process.pid}-${Date.now()}.hprof`
  const outside = jvm.fromInside(inside)
  const takenAtMs = Date.now()
  run.progress({ step: 'taking a heap dump', done: 0 })
  try {
    // An existing file would be refused; this one can only be left of an earlier try of ours.
    await rm(partial, { force: true })
    if (!jvm.sharesFiles || !(await dumped(jvm, partial, run))) {
      if (!(await dumped(jvm, inside, run))) {
        throw new ProbeError({ target: jvm.target, step: 'taking a heap dump', problem: `it can write neither to ${dirname(path)} nor to its /tmp`, hint: 'Is its disk full or read-only? Give it a place it may write to: --out DIR/FILE' })
      }
      // No link: in its file system its user decides where that leads, and we may read more than it.
      const file = await open(outside, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      await pipeline(file.createReadStream(), createWriteStream(partial))
    }
    const pauseMs = Date.now() - takenAtMs
    await checkWhole(partial, jvm.target)
    await rename(partial, path)
    return { path, nodeCount: undefined, sizeBytes: statSync(path).size, pauseMs, takenAtMs }
  } finally {
    await rm(partial, { force: true })
    if (existsSync(outside)) await rm(outside, { force: true })
  }
}

/** Whether the JVM could write to `path`. */
async function dumped(jvm: JvmAttach, path: string, run: Run): Promise<boolean> {
  // The parser of diagnostic commands takes quotes.
  const text = await jvm.command(`GC.heap_dump ${/[\s"']/.test(path) ? JSON.stringify(path) : path}`, run)
  if (/Heap dump file created/.test(text)) return true
  if (/Permission denied|Unable to create|Read-only|No such file/i.test(text)) return false
  throw new ProbeError({ target: jvm.target, step: 'taking a heap dump', problem: text.trim().split('\n').at(-1) ?? 'it did not say why not', hint: 'Is there room on its disk?' })
}

/** A whole dump begins with its version and ends with an empty "end of dump" record. */
async function checkWhole(path: string, target: string): Promise<void> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const head = Buffer.alloc(13)
    const tail = Buffer.alloc(9)
    await file.read(head, 0, head.length, 0)
    await file.read(tail, 0, tail.length, Math.max(0, size - tail.length))
    if (head.toString('latin1') === 'JAVA PROFILE ' && tail[0] === 0x2c && tail.readUInt32BE(5) === 0) return
    throw new ProbeError({ target, step: 'taking a heap dump', problem: `what was written is not whole (${bytesText(size)})`, hint: 'Is the disk full? Did the JVM end?' })
  } finally {
    await file.close()
  }
}
