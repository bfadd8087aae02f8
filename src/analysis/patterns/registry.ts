import type { Runtime } from '../vocabulary/vocabulary.ts'
import { abortListener } from './abort-listener.ts'
import { asyncContext } from './async-context.ts'
import { asyncStorageInstances } from './async-storage-instances.ts'
import { asyncStore } from './async-store.ts'
import { boundFunction } from './bound-function.ts'
import { cancelledTasks } from './cancelled-tasks.ts'
import { capturedUnused } from './captured-unused.ts'
import { classLoader } from './class-loader.ts'
import { closureContext } from './closure-context.ts'
import { compiledPerCall } from './compiled-per-call.ts'
import { consoleRetained } from './console-retained.ts'
import { defaultArgument } from './default-argument.ts'
import { detachedContext } from './detached-context.ts'
import { detachedDom } from './detached-dom.ts'
import { diagnosticsChannel } from './diagnostics-channel.ts'
import { duplicateStrings } from './duplicate-strings.ts'
import { emitterListener } from './emitter-listener.ts'
import { errorsKept } from './errors-kept.ts'
import { eventIterator } from './event-iterator.ts'
import { eventTargetListener } from './event-target-listener.ts'
import { exitHooks } from './exit-hooks.ts'
import { exporterQueue } from './exporter-queue.ts'
import { externalMemory } from './external-memory.ts'
import { finalizationHoldings } from './finalization-holdings.ts'
import { finalizerQueue } from './finalizer-queue.ts'
import { garbageKept } from './garbage-kept.ts'
import { globalVariable } from './global-variable.ts'
import { growingArray } from './growing-array.ts'
import { growingMap } from './growing-map.ts'
import { growingObject } from './growing-object.ts'
import { growingQueue } from './growing-queue.ts'
import { growingValue } from './growing-value.ts'
import { heldOutside } from './held-outside.ts'
import { immediatesKept } from './immediates-kept.ts'
import { linkedList } from './linked-list.ts'
import { localVariable } from './local-variable.ts'
import { lruCacheOnMethod } from './lru-cache-on-method.ts'
import { messagePorts } from './message-ports.ts'
import { metricLabels } from './metric-labels.ts'
import { moduleCache } from './module-cache.ts'
import { moduleVariable } from './module-variable.ts'
import { nativeMemory } from './native-memory.ts'
import { observerList } from './observer-list.ts'
import { pageObservers } from './page-observers.ts'
import { patternCache } from './pattern-cache.ts'
import type { Held, Pattern, Remedy } from './pattern.ts'
import { pendingPromise } from './pending-promise.ts'
import { promiseReactions } from './promise-reactions.ts'
import { prototypeChain } from './prototype-chain.ts'
import { proxiesKept } from './proxies-kept.ts'
import { reactFiber } from './react-fiber.ts'
import { resurrected } from './resurrected.ts'
import { rope } from './rope.ts'
import { slicedString } from './sliced-string.ts'
import { socket } from './socket.ts'
import { staticCollection } from './static-collection.ts'
import { streamBuffer } from './stream-buffer.ts'
import { streamPipe } from './stream-pipe.ts'
import { suspendedFunction } from './suspended-function.ts'
import { symbolKeys } from './symbol-keys.ts'
import { testMocks } from './test-mocks.ts'
import { threadLocal } from './thread-local.ts'
import { threadsKept } from './threads-kept.ts'
import { timer } from './timer.ts'
import { unboundedCache } from './unbounded-cache.ts'
import { unreadBody } from './unread-body.ts'
import { wasmMemory } from './wasm-memory.ts'
import { weakmapValue } from './weakmap-value.ts'
import { weakrefList } from './weakref-list.ts'
import { wrappedFunctions } from './wrapped-functions.ts'

/**
 * All patterns, the more special ones first: the first that matches names the finding. What the holder tells (timers,
 * listeners, promises) comes before what the contents tell; where something stands (global, static) and collections
 * in general come last.
 */
export const PATTERNS: readonly Pattern[] = [
  consoleRetained,
  heldOutside,
  resurrected,
  garbageKept,
  classLoader,
  threadLocal,
  finalizerQueue,
  exitHooks,
  threadsKept,
  asyncStorageInstances,
  asyncStore,
  timer,
  abortListener,
  eventTargetListener,
  streamPipe,
  diagnosticsChannel,
  eventIterator,
  streamBuffer,
  emitterListener,
  suspendedFunction,
  promiseReactions,
  finalizationHoldings,
  detachedDom,
  reactFiber,
  detachedContext,
  pageObservers,
  messagePorts,
  moduleCache,
  asyncContext,
  weakrefList,
  observerList,
  pendingPromise,
  testMocks,
  metricLabels,
  wrappedFunctions,
  prototypeChain,
  slicedString,
  rope,
  wasmMemory,
  externalMemory,
  nativeMemory,
  unreadBody,
  socket,
  immediatesKept,
  errorsKept,
  growingValue,
  boundFunction,
  capturedUnused,
  closureContext,
  weakmapValue,
  compiledPerCall,
  patternCache,
  proxiesKept,
  duplicateStrings,
  lruCacheOnMethod,
  defaultArgument,
  unboundedCache,
  exporterQueue,
  cancelledTasks,
  symbolKeys,
  linkedList,
  growingQueue,
  localVariable,
  moduleVariable,
  globalVariable,
  staticCollection,
  growingMap,
  growingArray,
  growingObject,
]

/** The first pattern that matches; a growing object when none is more special. */
export function recognize(held: Held): Pattern {
  const { runtime } = held.vocabulary
  return PATTERNS.find((pattern) => (pattern.runtimes?.includes(runtime) ?? true) && pattern.matches(held)) ?? growingObject
}

/** Cause and remedy as they are said in the language of a runtime. */
export function remedyOf(pattern: Pattern, runtime: Runtime): Remedy {
  return pattern.remedies?.[runtime] ?? pattern
}
