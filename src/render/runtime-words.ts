/**
 * Names that belong to a runtime or its standard library: they say nothing of the program, so a masked report keeps
 * them. What is not here is masked, so a name missing costs a reader a word and nobody a secret.
 */
const CLASSES: ReadonlySet<string> = new Set(
  (
    'Object Array Map Set WeakMap WeakSet WeakRef FinalizationRegistry Promise Function AsyncFunction Generator GeneratorFunction AsyncGenerator Error TypeError RangeError AggregateError ' +
    'Date RegExp Symbol Proxy Intl URL URLSearchParams TextDecoder TextEncoder ArrayBuffer SharedArrayBuffer DataView Uint8Array Uint16Array Uint32Array Int8Array Int16Array Int32Array Float32Array Float64Array BigInt64Array ' +
    'Buffer Timeout Immediate TimersList ImmediateList PriorityQueue EventEmitter EventTarget Event AbortController AbortSignal Socket Server TCP TLSSocket TLSWrap Pipe Agent ClientRequest IncomingMessage ServerResponse OutgoingMessage HTTPParser ' +
    'Readable Writable Duplex Transform PassThrough ReadableState WritableState ReadStream WriteStream ReadableStream WritableStream MessagePort MessageChannel BroadcastChannel Worker Module ModuleWrap SourceTextModule AsyncLocalStorage AsyncResource AsyncContextFrame Channel Script ContextifyContext ' +
    'FixedSizeQueue BufferList Headers Request Response Blob File Url BuiltinModule Window Document HTMLDocument Console Process Math JSON Reflect Atomics WebAssembly Memory Table Instance ' +
    'UUID URL IP HTTP ' +
    'dict list tuple set frozenset str bytes bytearray int float bool function method module type cell frame generator coroutine NoneType deque defaultdict OrderedDict Counter Thread'
  ).split(' '),
)

const EDGES: ReadonlySet<string> = new Set(
  (
    'table elements properties context map prototype constructor __proto__ bound_this bound_function bound_argument_0 code shared feedback_cell scope_info previous extension native_context global_proxy value key next prev ' +
    'event event_listeners listeners _events _eventsCount _maxListeners _idleNext _idlePrev _idleTimeout _onTimeout _timerArgs _list _handle _readableState _writableState _httpMessage socket server parser req res headers ' +
    'timerListMap timerListQueue immediateQueue head tail listener wrapper callback fn reactions_or_result reaction promise promise_or_capability fulfill_handler reject_handler backing_store buffer data ' +
    'parent child children length size global globalThis process exports require cache default setTimeout clearTimeout setInterval clearInterval setImmediate queueMicrotask fetch console then catch finally __dict__ __closure__ cell_contents f_locals func_closure threadLocals entries'
  ).split(' '),
)

/** Words that our own sentences are made of: as a property they tell nothing, replaced they would spoil every sentence. */
const PLAIN_WORDS: ReadonlySet<string> = new Set('operation operations object objects request requests second seconds round rounds step steps function functions snapshot snapshots memory file files name names value values key keys entry held more list size count text data time type number array string class index code run'.split(' '))

/** A class, constructor or node name of the runtime's own. */
export function isRuntimeClass(name: string): boolean {
  return CLASSES.has(name) || name === '' || /^(?:\((?!code for ).*\)|system \/ (?!Context \/ ).*|Node \/ .*|Detached <\w+>|<[\w-]+>|[a-z]+\[\]|(?:class )?(?:java|javax|jdk|sun|com\.sun)[./].*|builtins\..*|C\+\+ .*|global|Object \{[\d ]+ keys\})$/.test(name)
}

/** A property, variable or function that the runtime's own objects have, or that says nothing. */
export function isRuntimeEdge(name: string): boolean {
  return EDGES.has(name) || PLAIN_WORDS.has(name) || name.length < 2 || /^\[?[\d ]*(?:x|key|symbol key)?\]?$/.test(name) || name.startsWith('<symbol node:')
}

/** A script of the runtime's own. */
export function isRuntimeFile(name: string): boolean {
  return name === '' || /^(?:node:|internal\/|bootstrap|evalmachine|<\w+>$|\(.*\)$)/.test(name)
}
