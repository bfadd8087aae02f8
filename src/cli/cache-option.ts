import type { Command } from 'commander'
import type { LoadOptions } from '../jobs/load-heap.ts'

/** What `--cache [folder]` gives: nothing, the bare word, or a folder. */
export type CacheValue = string | true | undefined

/** Adds `--cache [folder]`: the same words for every command that opens heap snapshots. */
export function addCacheOption(command: Command): Command {
  return command.option('--cache [folder]', 'keep what was computed of a snapshot beside it, or in a folder, for the next time')
}

export function cacheOf(value: CacheValue): LoadOptions['cache'] {
  if (value === undefined) return undefined
  return value === true ? 'beside' : { directory: value }
}
