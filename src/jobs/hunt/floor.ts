import type { Floor } from '../../analysis/rounds/floor.ts'
import type { Run } from '../../base/run.ts'
import type { MemoryReading, NodeInspector } from '../../probes/node-inspector.ts'
import { pause } from './target.ts'

/** How long to wait between two collections until the floor is steady; finalizers and closing sockets need turns of the event loop. */
const PATIENCE_MS = [0, 10, 30, 80, 200, 400]
/** Two collections that differ by less found the same floor. */
const STEADY_BYTES = 2048

/**
 * The memory that is left when everything that can be collected is: collections with growing pauses until two of them
 * agree, or the patience ends. A program that works on its own clock gets two in a row and no pause: waiting would only
 * let it work on.
 */
export async function readFloor(inspector: NodeInspector, mode: 'at-rest' | 'working', run: Run): Promise<MemoryReading> {
  await inspector.collectGarbage()
  let before = await inspector.readMemory()
  for (const ms of mode === 'working' ? [0] : PATIENCE_MS) {
    run.checkpoint()
    await pause(ms)
    await inspector.collectGarbage()
    const now = await inspector.readMemory()
    const isSteady = Math.abs(now.heapUsedBytes - before.heapUsedBytes) < STEADY_BYTES && Math.abs(now.externalBytes - before.externalBytes) < STEADY_BYTES
    before = now
    if (isSteady) break
  }
  return before
}

/** A reading as the floor after `done` operations. What is resident is the whole process, and says nothing of one worker thread. */
export function floorOf(memory: MemoryReading, done: number, of: 'process' | 'worker'): Floor {
  const { heapLimitBytes: _, mallocedBytes: __, ...kept } = memory
  return { ...kept, ...(of === 'worker' ? { rssBytes: Number.NaN } : {}), done, atMs: Date.now() }
}
