import { channel } from 'node:diagnostics_channel'
import type { WatchedFinding } from './explanation.ts'

/** One watched object, as told to subscribers. Never the object. */
export interface WatchEvent {
  ticket: string
  label: string
  /** Milliseconds since it was first watched. */
  ageMs: number
  stack: string | undefined
  tags: string | undefined
}

/**
 * What subscribers of `diagnostics_channel` are told. Publishing costs nothing while nobody subscribes.
 * A subscriber that throws does not reach us: Node reports it as an uncaught exception of its own.
 */
export interface StillhereEvents {
  'stillhere:retained': WatchEvent
  'stillhere:late': WatchEvent
  'stillhere:dropped': WatchEvent
  'stillhere:explained': WatchedFinding & { seenBefore: boolean }
  'stillhere:declined': { reason: string }
  'stillhere:misuse': { given: string }
  'stillhere:error': { error: unknown }
}

export function publish<Name extends keyof StillhereEvents>(name: Name, event: () => StillhereEvents[Name]): void {
  const told = channel(name)
  if (told.hasSubscribers) told.publish(event())
}
