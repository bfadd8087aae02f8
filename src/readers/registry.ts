import { goGoroutineDump } from './go-goroutine-dump.ts'
import { legacyHeapProfile } from './legacy-heap-profile.ts'
import { pprof } from './pprof.ts'
import type { Reader } from './reader.ts'

/**
 * Every format, in order: where two readers find an input `likely`, the earlier one gets it.
 * Two `certain`s for one input is a bug, and the contract test looks for it.
 */
export const READERS: readonly Reader[] = [
  pprof,
  legacyHeapProfile,
  goGoroutineDump,
]
