import type { Ticket } from './ticket.ts'

/**
 * What became of something that has an end of its own:
 * notDisposed: collected, but nobody ended it; notCollected: ended, and still here; collectedLate: ended, and collected
 * only after it was found overdue; fine: ended, then collected; undecided: neither ended nor collected, or not yet known.
 */
export type LifecycleVerdict = 'notDisposed' | 'notCollected' | 'collectedLate' | 'fine' | 'undecided'

/** Watches an object from its end on, and notices when it goes without one. */
export class Lifecycle {
  readonly label: string
  readonly #onDispose: () => Ticket | undefined
  #ticket: Ticket | undefined
  #collectedBefore = false

  constructor(label: string, onDispose: () => Ticket | undefined) {
    this.label = label
    this.#onDispose = onDispose
  }

  /** To be called where the object ends; adapters do it. More calls change nothing. */
  disposed(): void {
    this.#ticket ??= this.#onDispose()
  }

  get isDisposed(): boolean {
    return this.#ticket !== undefined
  }

  /** The watch that began at the end of the object. */
  get ticket(): Ticket | undefined {
    return this.#ticket
  }

  get verdict(): LifecycleVerdict {
    if (this.#ticket === undefined) return this.#collectedBefore ? 'notDisposed' : 'undecided'
    const answer = this.#ticket.answerSoFar
    if (answer === 'gone') return 'fine'
    if (answer === 'late') return 'collectedLate'
    return answer === 'retained' ? 'notCollected' : 'undecided'
  }

  /** @internal The object was collected. */
  collected(): void {
    if (this.#ticket === undefined) this.#collectedBefore = true
  }
}

/** How the end of an object is noticed: a method's name, a signal, or an event of an emitter. */
export type DisposedWhen = (typeof DISPOSED_WHEN)[number] | AbortSignal
export const DISPOSED_WHEN = ['auto', 'dispose', 'close', 'destroy', 'event:close'] as const

const METHODS = { dispose: [Symbol.dispose ?? Symbol.for('Symbol.dispose'), 'dispose'], close: ['close'], destroy: ['destroy'] } as const

/**
 * Connects the end of `object` with `life`. Methods are shadowed on this one object by a function that calls the
 * original and holds `life` only, so nothing of ours keeps the object. Returns what was connected; empty when the
 * object has no such end or cannot be changed (frozen).
 */
export function connectEnd(object: object, life: Lifecycle, when: DisposedWhen): string[] {
  if (typeof when === 'object') {
    when.addEventListener('abort', () => life.disposed(), { once: true })
    if (when.aborted) life.disposed()
    return ['abort']
  }
  if (when === 'event:close') {
    const once = (object as { once?: unknown }).once
    if (typeof once !== 'function') return []
    once.call(object, 'close', () => life.disposed())
    return ['event:close']
  }
  const asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')
  const wanted: readonly PropertyKey[] = when === 'auto' ? [...METHODS.dispose, asyncDispose, 'close', 'destroy'] : when === 'dispose' ? [...METHODS.dispose, asyncDispose] : METHODS[when]
  return wanted.filter((name) => shadowMethod(object, name, life)).map(String)
}

function shadowMethod(object: object, name: PropertyKey, life: Lifecycle): boolean {
  try {
    const original: unknown = Reflect.get(object, name)
    if (typeof original !== 'function') return false
    return Reflect.defineProperty(object, name, {
      configurable: true,
      enumerable: false,
      writable: true,
      value(this: unknown, ...given: unknown[]): unknown {
        const result: unknown = Reflect.apply(original, this, given)
        // An end that takes time is reached when it is over; one that fails is not an end.
        if (result instanceof Promise) void result.then(() => life.disposed(), () => undefined)
        else life.disposed()
        return result
      },
    })
  } catch {
    // A getter or a proxy that throws: then this is not a way to notice the end.
    return false
  }
}
