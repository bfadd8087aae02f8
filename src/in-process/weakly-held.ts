import { UsageError } from '../base/errors.ts'

/** What a language that can only hold objects weakly refuses, and what to do instead. */
export class CannotBeHeldWeakly extends UsageError {
  constructor(value: unknown) {
    super({
      argument: 'shouldGoAway',
      given: describe(value),
      allowed: 'an object, a function or an unregistered symbol (only those can be held weakly)',
      hint: [
        'shouldGoAway.box(value)             carry the value in a box, and watch the box',
        'shouldGoAway.ownedBy(owner)         watch the smallest object that has the value',
        "shouldGoAway.content('prefix…')     look for the string by its content in the next snapshot",
      ].join('\n'),
    })
  }
}

/** Objects, functions and symbols that `Symbol.for` does not know: what WeakRef and FinalizationRegistry accept. */
export function canBeHeldWeakly(value: unknown): value is WeakKey {
  if (typeof value === 'object') return value !== null
  if (typeof value === 'symbol') return Symbol.keyFor(value) === undefined
  return typeof value === 'function'
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'symbol') return 'a symbol of the global registry (Symbol.for)'
  return `a ${typeof value}`
}
