// Collections of every kind, each added to once per turn; which line adds is said beside it. `things` is how the test finds them.
import { EventEmitter } from 'node:events'

const things = {
  map: new Map(),
  set: new Set(),
  weakMap: new WeakMap(),
  pushed: [],
  indexed: [],
  object: {},
  dictionary: Object.create(null),
  emitter: new EventEmitter(),
  signal: new AbortController().signal,
  promise: new Promise(() => {}),
  list: { head: null },
  drained: [],
  frozen: Object.freeze(new Map()),
  sealed: Object.seal({ text: '' }),
}
globalThis.things = things
things.emitter.setMaxListeners(0)
const keys = []
let turn = 0

const add = {
  map: () => things.map.set(turn, {}), // adds: map
  set: () => things.set.add({}), // adds: set
  weakMap: () => things.weakMap.set((keys[turn] = {}), 1), // adds: weakMap
  pushed: () => things.pushed.push(turn), // adds: pushed
  indexed: () => (things.indexed[things.indexed.length] = turn), // adds: indexed
  object: () => (things.object[`key ${turn}`] = turn), // adds: object
  dictionary: () => (things.dictionary[`key ${turn}`] = turn), // adds: dictionary
  emitter: () => things.emitter.on('change', () => turn), // adds: emitter
  signal: () => things.signal.addEventListener('abort', () => turn), // adds: signal
  promise: () => Promise.race([things.promise, Promise.resolve()]), // adds: promise
  list: () => (things.list.head = { next: things.list.head }), // adds: list
  drained: () => things.drained.push(turn), // adds: drained
  frozen: () => things.frozen.set(turn, {}), // adds: frozen
  sealed: () => (things.sealed.text += 'x'), // adds: sealed
}

// How they are written is changed by nobody but the tool: the test compares this before and after.
globalThis.describe = () =>
  JSON.stringify(
    Object.entries(things).map(([name, thing]) => [
      name,
      Reflect.ownKeys(thing).filter((key) => typeof key === 'symbol' || !/^(\d+|key \d+)$/.test(key)).map(String).sort(),
      Object.getPrototypeOf(thing) === (thing.constructor?.prototype ?? null),
      typeof Object.getOwnPropertyDescriptor(thing, 'head')?.get,
    ]),
  ) + String(Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')) + Error.stackTraceLimit

globalThis.turnOnce = () => {
  turn++
  for (const name of Object.keys(add)) add[name]()
  things.drained.shift()
  return turn
}

console.log('ready')
setInterval(() => {}, 1000)
