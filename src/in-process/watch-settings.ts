/** How all objects are watched, unless a call says otherwise. */
export interface WatcherSettings {
  /** Milliseconds an object may take to go away. */
  within: number
  /** Major collections that must begin after that. Two: the first may have been under way when the object was let go. */
  minCollections: number
  /** The stack of one watch in this many is kept; 0 none. */
  stack: number
  /** Most objects watched at once; above it a fair sample is kept. */
  cap: number
  /** How long `answer()` waits for collections after an object's time is up before it says `undecided`. */
  patienceMs: number
  /** The timer's period while anything is watched; at most a second. */
  tickMs: number
  /** A string, number or other value that cannot be held weakly: throw, or report and answer `undecided`. */
  misuse: 'throw' | 'report'
}

export const DEFAULT_SETTINGS: Readonly<WatcherSettings> = {
  within: 5000,
  minCollections: 2,
  stack: 0,
  cap: 10_000,
  patienceMs: 60_000,
  tickMs: 1000,
  misuse: 'throw',
}
