import type { CollectionKind } from './read-collection.ts'

/** What is known of a collection over a ladder of snapshots; counts of entries. */
export interface Life {
  readonly kind: CollectionKind
  /** In the first snapshot it was in. */
  readonly before: number
  readonly now: number
  /** Of those now, how many were not there before. */
  readonly came: number
  /** Of those before, how many are no longer there. */
  readonly gone: number
  readonly keys: 'labels' | 'texts' | 'objects' | 'none'
  readonly values: 'functions' | 'objects' | 'texts' | 'none'
  /** What its holder calls it. */
  readonly name: string
}

/** Fewer changes than this are not a habit. */
const FEWEST = 5
/** Gained so little of what came, it is at its end. */
const FULL_SHARE = 0.1
const QUEUE = /queue|pending|jobs?$|tasks?$|backlog|inbox|outbox|buffer/i

export type Use = 'unchanged' | 'at its bound' | 'evicts too little' | 'labels' | 'cache' | 'registry' | 'seen' | 'queue' | 'list'

/**
 * How a collection is used, by what its entries look like and how they age. Says what is seen and not what is meant:
 * a cache that has not reached its bound looks like one that has none.
 */
export function usedLike({ kind, before, now, came, gone, keys, values, name }: Life): Use {
  if (came < FEWEST) return 'unchanged'
  const gained = now - before
  if (gained <= FULL_SHARE * came) return 'at its bound'
  if (gone >= FEWEST && gone > FULL_SHARE * came) return 'evicts too little'
  if (kind === 'Array') return values === 'functions' || QUEUE.test(name) ? 'queue' : 'list'
  if (keys === 'labels') return 'labels'
  if (kind === 'Set') return keys === 'objects' ? 'registry' : 'seen'
  if (keys === 'objects' || values === 'functions') return 'registry'
  return QUEUE.test(name) ? 'queue' : 'cache'
}

/** The use in words, for a table. */
export const USE_TEXT: Record<Use, string> = {
  unchanged: 'unchanged',
  'at its bound': 'ring or full cache: as many go as come',
  'evicts too little': 'evicts, but less than comes',
  labels: 'metric labels exploding',
  cache: 'used like a cache, without eviction',
  registry: 'registry that nobody leaves',
  seen: 'what was seen, never forgotten',
  queue: 'queue that nobody drains',
  list: 'list that is only appended to',
}
