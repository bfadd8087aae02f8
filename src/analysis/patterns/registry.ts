import { abortListener } from './abort-listener.ts'
import { asyncContext } from './async-context.ts'
import { closureContext } from './closure-context.ts'
import { detachedContext } from './detached-context.ts'
import { detachedDom } from './detached-dom.ts'
import { emitterListener } from './emitter-listener.ts'
import { eventTargetListener } from './event-target-listener.ts'
import { externalMemory } from './external-memory.ts'
import { growingArray } from './growing-array.ts'
import { growingMap } from './growing-map.ts'
import { growingObject } from './growing-object.ts'
import { growingValue } from './growing-value.ts'
import { moduleCache } from './module-cache.ts'
import { observerList } from './observer-list.ts'
import type { Held, Pattern } from './pattern.ts'
import { pendingPromise } from './pending-promise.ts'
import { promiseReactions } from './promise-reactions.ts'
import { slicedString } from './sliced-string.ts'
import { socket } from './socket.ts'
import { streamBuffer } from './stream-buffer.ts'
import { streamPipe } from './stream-pipe.ts'
import { timer } from './timer.ts'

/**
 * All patterns, the more special ones first: the first that matches names the finding. What is told by the holder
 * (timers, listeners, promises) comes before what is told by the contents, collections in general come last.
 */
export const PATTERNS: readonly Pattern[] = [
  timer,
  abortListener,
  eventTargetListener,
  streamPipe,
  streamBuffer,
  emitterListener,
  promiseReactions,
  detachedDom,
  detachedContext,
  moduleCache,
  asyncContext,
  observerList,
  pendingPromise,
  slicedString,
  externalMemory,
  socket,
  growingValue,
  closureContext,
  growingMap,
  growingArray,
  growingObject,
]

/** The first pattern that matches; a growing object when none is more special. */
export function recognize(held: Held): Pattern {
  return PATTERNS.find((pattern) => pattern.matches(held)) ?? growingObject
}
