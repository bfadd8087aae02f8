import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Frees the columns of graphs that nobody can reach any more, where they lie in memory shared with a second thread. To be
 * called between two graphs, where neither the last one's index nor its search is named on the stack.
 *
 * Method: a full collection. V8 does not count shared memory, so that hundreds of megabytes give it no reason to
 *   collect; what is not shared it counts, and collects in time.
 * Cost: of a collection; the columns themselves are not looked at.
 */
export function freeSharedMemory(): void {
  setFlagsFromString('--expose-gc')
  try {
    const collect = runInNewContext('gc') as () => void
    collect()
  } finally {
    setFlagsFromString('--no-expose-gc')
  }
}
