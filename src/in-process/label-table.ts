import { isProxy } from 'node:util/types'
import { safeText } from '../base/safe-text.ts'

const MAX_LABEL_CHARACTERS = 120
const MAX_LABELS = 2000
/** What watches are counted under when there are too many different labels. */
export const OTHER_LABELS = '(other labels)'

/**
 * The labels in use: each made safe, cut, and kept once as a flat string (a joined string would be unreadable in a
 * snapshot, and 100 000 copies of one label would be memory). Bounded: a label that carries an id cannot grow it.
 */
export class LabelTable {
  readonly #safe = new Map<string, string>()

  /** The label to use for what the user gave, or for the object's class when nothing was given. */
  labelFor(given: string | undefined, object: WeakKey | undefined): string {
    const wanted = given ?? classNameOf(object)
    // The key is what was given, cut: a label of a megabyte must not be kept, nor compared in full.
    const key = wanted.length > MAX_LABEL_CHARACTERS ? flat(wanted.slice(0, MAX_LABEL_CHARACTERS + 1)) : wanted
    const known = this.#safe.get(key)
    if (known !== undefined) return known
    if (this.#safe.size >= MAX_LABELS) return OTHER_LABELS
    const safe = flat(safeText(key, MAX_LABEL_CHARACTERS))
    this.#safe.set(flat(key), safe)
    return safe
  }
}

/** The name of the object's class, without running any code of the object: no getter, no proxy trap. */
export function classNameOf(object: WeakKey | undefined): string {
  if (object === undefined) return 'value'
  if (typeof object === 'symbol') return object.description === undefined ? 'symbol' : `Symbol(${object.description})`
  if (isProxy(object)) return 'Proxy'
  if (typeof object === 'function') return textProperty(object, 'name') ?? 'function'
  for (let holder: object | null = object, depth = 0; holder !== null && depth < 10; depth++) {
    if (isProxy(holder)) return 'Proxy'
    const constructor: unknown = Object.getOwnPropertyDescriptor(holder, 'constructor')?.value
    if (typeof constructor === 'function' && !isProxy(constructor)) return textProperty(constructor, 'name') ?? 'Object'
    holder = Object.getPrototypeOf(holder) as object | null
  }
  return 'Object'
}

/**
 * The same text as one flat string that shares memory with nothing. A property key is always flat in V8; the object is
 * thrown away at once.
 */
export function flat(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? ''
}

function textProperty(object: object, name: string): string | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(object, name)?.value
  return typeof value === 'string' && value !== '' ? value : undefined
}
