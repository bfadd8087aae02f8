import { PREFERENCE } from '../heap/holder-preference.ts'
import { NOTHING, type Vocabulary } from './vocabulary.ts'

/** Node, Chromium and other programs on V8. */
export const v8: Vocabulary = {
  runtime: 'v8',
  title: 'Node and browsers',
  language: 'js',
  maps: /^(Map|SafeMap|WeakMap)$/,
  sets: /^(Set|SafeSet|WeakSet)$/,
  lists: /^Array$/,
  queues: /Queue$|^Denque$|^Deque$/,
  caches: /^(LRUCache|LRU|LruCache|LfuCache|QuickLRU|TTLCache|NodeCache)$/,
  // Tables and element stores are of kinds of their own (array, hidden).
  insides: NOTHING,
  listenerLists: /^_events$/,
  listenerRegistries: NOTHING,
  captured: NOTHING,
  receiver: /^bound_this$/,
  threadLocals: NOTHING,
  timers: /^(Timeout|Immediate|Timer)$/,
  timerQueues: /^(TimersList|ImmediateList)$/,
  // Where a promise is settled, `reactions_or_result` is its result, and nothing waits.
  waiting: /PromiseReaction/,
  suspended: /^parameters_and_registers$|^Generator$/,
  errors: /Error$|^Exception/,
  alsoGrowsUnder: [PREFERENCE.debugger],
  finalizers: NOTHING,
  threadTable: NOTHING,
  weakReferences: NOTHING,
  ofOneObject: NOTHING,
  core: /^(Object|Array|Map|Set|WeakMap|WeakSet|WeakRef|Promise|Function|Date|RegExp|Error|\w*Error|ArrayBuffer|SharedArrayBuffer|DataView|Buffer|FastBuffer|\w+\d+(Clamped)?Array|Symbol|BigInt|Generator|AsyncGenerator|AsyncFunction|Proxy|FinalizationRegistry|String Iterator|\w+ Iterator|system \/.*|Arguments|Math|JSON|Atomics|Reflect|Intl|console|Boolean|Number|String|Intl\..*|global.*|native_bind|wrap|wrapper|bound .*|)$/,
  library: NOTHING,
  packages: NOTHING,
  originByName: false,
}
