import type { MemorySeries } from './memory-series.ts'
import type { Source } from './source.ts'
import type { StringTable } from './string-table.ts'

/**
 * Where memory was allocated: a call tree with values at its sites. A site is a node of that tree; site 0 is the
 * root, and a parent's number is always below its children's, so totals are one backward loop.
 */
export interface AllocationProfile {
  readonly source: Source
  readonly strings: StringTable
  readonly frames: Frames
  readonly siteCount: number
  readonly siteParent: Uint32Array
  /** Row of `frames`; for the root NONE. */
  readonly siteFrame: Uint32Array
  /** Self values, not totals. Live: still in use when taken. Allocated: ever, freed or not. */
  readonly liveBytes?: Float64Array | undefined
  readonly liveCount?: Float64Array | undefined
  readonly allocatedBytes?: Float64Array | undefined
  readonly allocatedCount?: Float64Array | undefined
  /** In use at the moment of the highest total, where the tool records it. */
  readonly peakBytes?: Float64Array | undefined
  /** Values are estimates from samples this many bytes apart. Absent: every allocation was recorded. */
  readonly samplingIntervalBytes?: number | undefined
  /** What `…Count` counts: objects, blocks, goroutines, … */
  readonly unit: string
  /** The tool's own judgement of a site (`definitely lost`, `leaked`), string number or NONE. */
  readonly siteVerdict?: Uint32Array | undefined
  /** What the tool counts for the whole program and not by site: memcheck's heap usage, the highest footprint of Scalene. */
  readonly totals?: ProfileTotals | undefined
  /** The tool looked for lost memory: a site without such a verdict is not lost. */
  readonly provesLoss?: boolean | undefined
  /** Memory over the time of the recording, where the tool writes both into one file. */
  readonly series?: MemorySeries | undefined
}

export interface ProfileTotals {
  liveBytes?: number | undefined
  allocatedBytes?: number | undefined
  allocatedCount?: number | undefined
  /** The most that was in use at once. */
  peakBytes?: number | undefined
  /** In use for the stacks of a Go process (`StackInuse`), which no heap counts. */
  stackBytes?: number | undefined
}

export interface Frames {
  /** String number. */
  readonly functionName: Uint32Array
  /** String number, NONE where unknown. */
  readonly file: Uint32Array
  /** From 1; 0 where unknown. */
  readonly line: Uint32Array
  /** From 1; 0 where unknown. */
  readonly column: Uint32Array
}
