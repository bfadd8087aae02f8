import type { Run } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import type { GcLog } from '../model/gc-log.ts'
import type { HeapGraph } from '../model/heap-graph.ts'
import type { MemorySeries } from '../model/memory-series.ts'

/** What readers make, by name. */
export interface Models {
  'heap-graph': HeapGraph
  'allocation-profile': AllocationProfile
  'gc-log': GcLog
  'memory-series': MemorySeries
}
export type ModelName = keyof Models

/**
 * Bytes from anywhere: a file, a live process, a test. Chunks may be of any length; a chunk is not used again
 * after the next one was asked for, so a source may reuse its buffer.
 */
export interface ByteSource {
  /** For messages and `Source.name`. */
  readonly name: string
  /** Total bytes, where known: an upper bound on what any count inside may claim. */
  readonly sizeBytes?: number | undefined
  chunks(): AsyncIterable<Uint8Array>
}

/** How sure a reader is, from the first 4 KiB, that an input is its own. */
export type Recognition = 'certain' | 'likely' | 'no'

/** One format. A value, listed in `registry.ts`. */
export interface Reader<Model extends ModelName = ModelName> {
  /** Stable, kebab-case; used by `--format`. */
  readonly format: string
  readonly title: string
  readonly makes: Model
  recognize(head: Uint8Array, fileName: string): Recognition
  /** @throws ReadError with a position when the input is not what it claims to be; Cancelled */
  read(input: ByteSource, run: Run): Promise<Models[Model]>
}

/** How much of an input `recognize` sees. */
export const HEAD_BYTES = 4096
