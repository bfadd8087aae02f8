/** A leak that is known and tolerated for a while. */
export interface KnownLeak {
  fingerprint: string
  /** What it was when it was taken up; for people. */
  title: string
  /** Why it is tolerated. */
  reason: string
  /** A day, `2027-01-31`: from the day after it counts as new again. Absent: for ever. */
  expires?: string | undefined
}

/** The file of known leaks that a team keeps beside its code. */
export interface Baseline {
  schema: 1
  leaks: KnownLeak[]
}
