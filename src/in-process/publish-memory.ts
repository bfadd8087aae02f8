import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PerformanceObserver, constants } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'

const ACCOUNT_BYTES = 1024

/**
 * Keeps what V8 knows of its memory where `stillhere watch` finds it, renewed every so often: use now and after the last major
 * collection, external memory, contexts, handles. The numbers stand in a file that has no name any more, so no port is opened
 * and nothing is left behind.
 * Cost: some 0.1 ms each time, and a callback per collection. Linux; elsewhere nobody could find it.
 * Returns what stops it.
 */
export function publishMemory(everyMs = 1000): () => void {
  const path = join(tmpdir(), `stillhere-memory-${process.pid}`)
  const file = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  let [collections, majors] = [0, 0]
  let floorBytes: number | undefined
  const observer = new PerformanceObserver((entries) => {
    for (const entry of entries.getEntries()) {
      collections++
      if ((entry as { detail?: { kind?: number } }).detail?.kind !== constants.NODE_PERFORMANCE_GC_MAJOR) continue
      majors++
      // Told a turn later: what was allocated in that turn is in it too.
      floorBytes = process.memoryUsage().heapUsed
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  const write = (): void => {
    const { heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage()
    const heap = getHeapStatistics()
    const metrics = {
      'heap-used': heapUsed,
      'heap-committed': heapTotal,
      'heap-limit': heap.heap_size_limit,
      'heap-floor': floorBytes,
      external,
      'array-buffers': arrayBuffers,
      'gc-count': collections,
      'gc-full-count': majors,
      'context-count': heap.number_of_native_contexts,
      'handle-count': process.getActiveResourcesInfo?.().length,
    }
    writeSync(file, `${JSON.stringify({ at: Date.now(), runtime: 'node', metrics }).padEnd(ACCOUNT_BYTES - 1)}\n`, 0)
  }
  write()
  let isOver = false
  const stop = (): void => {
    if (isOver) return
    isOver = true
    clearInterval(timer)
    observer.disconnect()
    closeSync(file)
  }
  const timer = setInterval(() => {
    try {
      write()
    } catch {
      stop() // A full disk, say: a watch sees that the numbers grow old, and the program goes on.
    }
  }, everyMs)
  timer.unref()
  return stop
}
