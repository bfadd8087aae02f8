import type { Run } from '../../base/run.ts'
import { pause } from './target.ts'

/** How long to wait for late garbage when the floor rises, and at most while it still falls. */
const IDLE_MS = 2000
const MOST_IDLE_MS = 12_000
/** Of what was gained; a fall below it is the last. */
const SMALL_FALL = 0.05

/**
 * Waits without any operation while the floor still falls: sessions that expire, sockets that close, entries with a
 * time to live. What is left then is what the last snapshot shows.
 * @param gainedBytes what the rounds left
 * @param readFloor bytes after collections
 * @param fell hears each fall as it is seen: the program may end meanwhile
 * @throws Cancelled, and what `readFloor` throws
 */
export async function waitIdle({ gainedBytes, floorBytes, readFloor, fell }: { gainedBytes: number; floorBytes: number; readFloor: () => Promise<number>; fell: (bytes: number) => void }, run: Run): Promise<void> {
  run.progress({ step: 'waiting whether what is left goes away by itself', done: 0 })
  let before = floorBytes
  for (const until = Date.now() + MOST_IDLE_MS; Date.now() < until; ) {
    for (let waited = 0; waited < IDLE_MS; waited += 100) {
      run.checkpoint()
      await pause(100)
    }
    const now = await readFloor()
    const fellBytes = before - now
    before = now
    if (fellBytes < SMALL_FALL * gainedBytes) return
    fell(fellBytes)
  }
}
