/** Where data came from, and what was wrong with it. */
export interface Source {
  /** File name, URL or `pid 5120`. Untrusted text: goes through `safeText` before it is shown. */
  name: string
  /** The reader's or probe's stable name: `v8-heapsnapshot`, `hprof`, `linux-proc`, … */
  format: string
  runtime?: string | undefined
  runtimeVersion?: string | undefined
  /** When the data was taken, ms since the epoch. */
  takenAtMs?: number | undefined
  /** Node ids mean the same object in another graph of the same process. */
  idsAreStable: boolean
  /** Bytes of the input, after decompression. */
  sizeBytes?: number | undefined
  notices: Notice[]
}

/** A recoverable trouble, counted: the reading went on, the reader of the report is told. */
export interface Notice {
  /** Stable, kebab-case. */
  code: string
  count: number
  /** Where it was met first, in words: `byte 18244`, `line 12`. */
  firstAt?: string | undefined
  message: string
}

/** Counts a notice in `source`; the first occurrence keeps its place and message. */
export function addNotice(source: Source, notice: { code: string; message: string; firstAt?: string; count?: number }): void {
  const known = source.notices.find((each) => each.code === notice.code)
  if (known === undefined) source.notices.push({ ...notice, count: notice.count ?? 1 })
  else known.count += notice.count ?? 1
}
