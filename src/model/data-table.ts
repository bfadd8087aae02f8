/**
 * A model as rows and columns, for SQL and for columnar files. Nothing is copied or computed before a column is asked
 * for: a column fills a piece of itself into the caller's array.
 */
export interface DataTable {
  /** As SQL writes it: lower case, plural. */
  readonly name: string
  /** What one row is, in a few words. */
  readonly about: string
  readonly rowCount: number
  readonly columns: readonly DataColumn[]
}

/**
 * One column. `fill` and `text` are about rows from … to − 1; the first row is 0.
 * whole: NONE where absent. number: NaN where absent, whole numbers up to 2^53 when `isWhole`.
 * word: the position in `words`, NONE where absent; `words` has no word twice and is made when first asked for.
 * text: undefined where absent; made row by row, so it costs what it decodes.
 * flag: 0 or 1, 2 where absent.
 */
export type DataColumn = {
  readonly name: string
  /** What a value means, in a few words. */
  readonly about: string
} & (
  | { readonly type: 'whole'; readonly fill: Fill<Uint32Array> }
  | { readonly type: 'number'; readonly isWhole: boolean; readonly fill: Fill<Float64Array> }
  | { readonly type: 'word'; readonly words: () => readonly string[]; readonly fill: Fill<Uint32Array> }
  | { readonly type: 'text'; readonly text: (row: number) => string | undefined }
  | { readonly type: 'flag'; readonly fill: Fill<Uint8Array> }
)

/** Writes the values of rows from … to − 1 to the beginning of `into`, which is long enough. */
export type Fill<Into> = (from: number, to: number, into: Into) => void
