import { createRequire } from 'node:module'
import type { ShouldGoAway } from './should-go-away.ts'

/** What ends by itself or is ended, and should be collected soon after that. */
export type WatchedEnd = 'sockets' | 'streams' | 'servers' | 'workers'
export const WATCHED_ENDS: readonly WatchedEnd[] = ['sockets', 'streams', 'servers', 'workers']

/**
 * Watches Node's own handles from their end on: every socket, stream and server after `close`, every worker after
 * `exit`. One shadowed `emit` on each class's prototype; the handles themselves are not touched, and no listener is
 * added to them. Returns a function that takes it back.
 */
export function watchEnds(shouldGoAway: ShouldGoAway, kinds: readonly WatchedEnd[]): () => void {
  // By require: these modules are loaded when the program wants them watched, and only those.
  const load = createRequire(import.meta.url)
  const undo: (() => void)[] = []
  const on = (prototype: object, event: string, label: (object: object) => string): void => {
    undo.push(shadowEmit(prototype, event, (object) => shouldGoAway(object, { label: label(object) })))
  }
  const named = (what: string) => (object: object) => `${what} after close (${object.constructor?.name ?? 'Object'})`
  if (kinds.includes('sockets')) on((load('node:net') as typeof import('node:net')).Socket.prototype, 'close', named('socket'))
  if (kinds.includes('streams')) {
    const { Readable, Writable, Duplex } = load('node:stream') as typeof import('node:stream')
    const { Socket } = load('node:net') as typeof import('node:net')
    const unlessSocket = (prototype: object): void => {
      undo.push(shadowEmit(prototype, 'close', (object) => {
        if (!(object instanceof Socket)) shouldGoAway(object, { label: named('stream')(object) })
      }))
    }
    for (const prototype of [Readable.prototype, Writable.prototype, Duplex.prototype]) unlessSocket(prototype)
  }
  if (kinds.includes('servers')) on((load('node:net') as typeof import('node:net')).Server.prototype, 'close', named('server'))
  if (kinds.includes('workers')) on((load('node:worker_threads') as typeof import('node:worker_threads')).Worker.prototype, 'exit', named('worker'))
  return () => {
    for (const each of undo) each()
  }
}

type Emit = (this: object, event: unknown, ...given: unknown[]) => unknown

function shadowEmit(prototype: object, event: string, ended: (object: object) => void): () => void {
  const original: Emit = Reflect.get(prototype, 'emit') as Emit
  const isOwn = Object.hasOwn(prototype, 'emit')
  const emit: Emit = function (this: object, name: unknown, ...given: unknown[]): unknown {
    const result = Reflect.apply(original, this, [name, ...given])
    // A Duplex passes here twice, by its own class and by its parent's; the second watch finds the first.
    if (name === event) {
      try {
        ended(this)
      } catch {
        // The program's close must end as it would without us.
      }
    }
    return result
  }
  const done = Reflect.defineProperty(prototype, 'emit', { configurable: true, writable: true, enumerable: false, value: emit })
  return () => {
    if (!done || Reflect.get(prototype, 'emit') !== emit) return
    if (isOwn) Reflect.defineProperty(prototype, 'emit', { configurable: true, writable: true, enumerable: false, value: original })
    else Reflect.deleteProperty(prototype, 'emit')
  }
}
