import { channel } from 'node:diagnostics_channel'

/** What subscribers of the channel `stillhere:bounded` are told whenever the size of a collection changed. */
export interface BoundedSize {
  /** As given to the constructor; `undefined` for a collection without a name. */
  name: string | undefined
  kind: 'lfu-cache' | 'weak-value-map' | 'ring-buffer'
  size: number
  /** The most it can hold; `undefined` where there is no bound. */
  capacity: number | undefined
}

const CHANNEL = channel('stillhere:bounded')

/** Tells the size to whoever subscribed. Costs one look at a flag while nobody did. */
export function publishSize(kind: BoundedSize['kind'], name: string | undefined, size: number, capacity: number | undefined): void {
  if (CHANNEL.hasSubscribers) CHANNEL.publish({ name, kind, size, capacity } satisfies BoundedSize)
}

/** @throws RangeError unless `capacity` is a whole number above 0 */
export function checkCapacity(capacity: number): number {
  if (!Number.isSafeInteger(capacity) || capacity < 1) throw new RangeError(`capacity: expected a whole number above 0, found ${capacity}`)
  return capacity
}
