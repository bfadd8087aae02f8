export type CollectionKind = 'Map' | 'Set' | 'WeakMap' | 'Array' | 'object'

/** A collection as its owner sees it: entries, not tables. */
export interface Collection {
  readonly node: number
  readonly kind: CollectionKind
  /** Entries that can be seen; numbers stored in place leave no trace in a snapshot. */
  readonly entries: number
  /** Entries there is room for before the table is enlarged; undefined where the table does not tell. */
  readonly capacity?: number | undefined
  /** What its class is called, where that says more than its kind. */
  readonly className?: string | undefined
  /** Places in its table, and those that hold something; several entries may share one. */
  readonly slots?: { readonly used: number; readonly all: number } | undefined
}

/** How collections of one runtime are read. */
export interface CollectionReads {
  /** About how many entries, without looking at them all. */
  sizeOf(node: number): number
  /** Undefined for what is no collection. `visit` is called for each entry. */
  read(node: number, visit?: (entry: Entry) => void): Collection | undefined
}

/** One entry. `NONE` where a key or value is a number stored in place, or there is no key. */
export interface Entry {
  readonly key: number
  readonly value: number
  /** String number of a key that is no node: the name of a property. */
  readonly name: number
}
