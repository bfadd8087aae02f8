/** What a memory series says of a process. Names are part of the JSON contract. */
export const SERIES_VERDICTS = ['leak', 'growing', 'stable', 'warmup', 'plateau', 'sawtooth', 'step', 'diurnal', 'burst', 'undecided'] as const
export type SeriesVerdictName = (typeof SERIES_VERDICTS)[number]

/** What grows. */
export type LeakKind = 'heap' | 'native' | 'external' | 'shared-memory' | 'process' | 'fds' | 'threads' | 'goroutines' | 'contexts' | 'handles'

export type Severity = 'low' | 'medium' | 'high' | 'critical'

/** An estimate with the range it most likely lies in. */
export interface Estimate {
  value: number
  low: number
  high: number
}

/** One judgement of one process's memory over time, with its reasons. */
export interface SeriesVerdict {
  verdict: SeriesVerdictName
  /** Probability that the process leaks, 0…1; calibrated on traces with known truth. */
  confidence: number
  /** What leaks or grows; absent when nothing does. */
  kind?: LeakKind | undefined
  /** Leaked bytes per hour, for `leak` and `growing`. */
  rate?: Estimate | undefined
  /** Where the growth follows work better than time. */
  bytesPerRequest?: number | undefined
  /** Count per hour, where what leaks is a count. */
  countPerHour?: number | undefined
  /** Growth of the process, which is what runs into the limit: with Go about twice the leak. */
  processBytesPerHour?: number | undefined
  limitBytes?: number | undefined
  /** Hours until the limit is reached at the process's rate; absent when nothing grows or no limit is known. */
  hoursLeft?: Estimate | undefined
  severity?: Severity | undefined
  /** Memory that was freed but stays resident, and who keeps it. No leak. */
  retained?: { by: 'lazy-free' | 'allocator' | 'page-cache'; bytes: number } | undefined
  evidence: {
    sampleCount: number
    spanSeconds: number
    /** Which start of the process was judged, from 1, and out of how many. */
    epoch: number
    epochCount: number
    live: 'heap-floor' | 'heap-live' | 'heap-used' | 'none'
    /** How far the live memory can be believed, 0…1. */
    exactness: number
  }
  /** Sentences for and against, most telling first. */
  reasons: { for: boolean; text: string }[]
  /** What would make the answer surer. */
  wouldDecide?: string | undefined
  advice: string
}
