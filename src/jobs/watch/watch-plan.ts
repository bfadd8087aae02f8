import type { StoreError } from '../../base/errors.ts'
import type { MemorySeries } from '../../model/memory-series.ts'
import type { Sample } from '../../model/memory-series-builder.ts'
import type { Report } from '../../model/report.ts'
import type { SeriesVerdict } from '../../model/series-verdict.ts'
import type { ClockEvent } from './watch-clock.ts'
import type { HuntEvent } from '../hunt/hunt-plan.ts'

/** What to watch. By name and as a service it is followed through its restarts. */
export type WatchTarget =
  | { kind: 'command'; command: readonly string[] }
  | { kind: 'pid'; pid: number }
  | { kind: 'name'; name: string }
  | { kind: 'service'; name: string }
  | { kind: 'cgroup'; path: string }
  | { kind: 'container'; id: string }

export interface WatchOptions {
  target: WatchTarget
  everyMs: number
  /** Of a program that is started: its input and output are ours as they are, or it gets no input and its lines come as events. */
  streams?: 'shared' | 'told' | undefined
  /** Ends after this long; absent: until it ends or is stopped. */
  forMs?: number | undefined
  /** Count what it started as its own memory. */
  children?: 'with' | 'without' | undefined
  metricsUrl?: string | undefined
  /** A log its collector writes while it runs: what that says is the live heap. */
  gcLogPath?: string | undefined
  /** Read what the runtime says where it says it anyway. */
  inside?: 'read' | 'leave' | undefined
  storePath?: string | undefined
  /** An earlier recording of the same program when it was healthy: verdicts are given beside it. */
  healthy?: MemorySeries | undefined
  /** When it leaks, go on to what holds the memory. */
  cause?: CauseOptions | undefined
  onEvent?: ((event: WatchEvent) => void) | undefined
}

export interface CauseOptions {
  /** `leak`: as soon as that is the verdict. `asked`: only when `isWanted` says so. */
  when: 'leak' | 'asked'
  /** Keep captures and the report here. */
  keepIn?: string | undefined
  version: string
  /** Asked at every sample: look for the cause now, whatever the verdict. */
  isWanted?: (() => boolean) | undefined
}

export type WatchEvent =
  | { kind: 'started'; pid: number; command: string; closed: string[] }
  /** Where numbers from inside the runtime come from. */
  | { kind: 'inside'; from: string[] }
  /** Nothing is known from inside, and how a program of this runtime is made to tell. */
  | { kind: 'outside'; way: string }
  /** Of a family inside is known of this process alone; so many others of its runtime are seen from outside. */
  | { kind: 'inside-of-one'; pid: number; others: number }
  /** Of these nothing came until the first verdict. */
  | { kind: 'silent'; from: string[] }
  | { kind: 'sample'; timeMs: number; sample: Sample; series(): MemorySeries }
  | { kind: 'verdict'; timeMs: number; verdict: SeriesVerdict }
  | { kind: 'restarted'; pid: number }
  /** The wrapper that was started has become the program it wraps. */
  | { kind: 'became'; command: string }
  | ClockEvent
  | { kind: 'output'; line: string }
  | { kind: 'store-failed'; error: StoreError }
  | { kind: 'cause'; verdict: SeriesVerdict; series: MemorySeries; plan: string[] }
  | { kind: 'hunt'; event: HuntEvent }
  | { kind: 'ended'; why: string }

export interface WatchResult {
  series: MemorySeries
  verdict: SeriesVerdict
  ended: string
  /** What holds the memory, where that was asked for and could be found. */
  cause?: Report | undefined
}
