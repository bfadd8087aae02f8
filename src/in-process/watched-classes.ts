import * as nodeModule from 'node:module'
import type { ShouldGoAway } from './should-go-away.ts'

/** Methods that end an object, in the order in which they are looked for. */
const END_METHODS = ['close', 'destroy', 'dispose', Symbol.dispose ?? Symbol.for('Symbol.dispose')] as const
const HOOK = 'stillhere.class'

interface LoadedModule {
  source?: string | ArrayBuffer | Uint8Array | undefined
}
type LoadHook = (url: string, context: unknown, nextLoad: (url: string, context: unknown) => LoadedModule) => LoadedModule

/**
 * Watches instances of the program's own classes, by name, without a change of its code: from their end on if the class
 * has a method that ends it (`close`, `destroy`, `dispose`), else from their making on.
 *
 * Method: a load hook writes one static block into each class declaration of these names, which tells us the class when
 *   it is made; for a class without an end it also writes a private field, whose initializer tells us each instance. A
 *   declaration must begin its line; packages under node_modules are left alone.
 * Needs `module.registerHooks` (Node 22.15). Returns false where there is none.
 */
export function watchClasses(shouldGoAway: ShouldGoAway, names: readonly string[], within: number | undefined): boolean {
  const { registerHooks } = nodeModule as unknown as { registerHooks?: (hooks: { load: LoadHook }) => unknown }
  if (registerHooks === undefined) return false
  const usable = names.filter((name) => /^[A-Za-z_$][\w$]*$/.test(name))
  if (usable.length === 0) return true
  const options = (name: string): { label: string; within?: number } => ({ label: name, ...(within === undefined ? {} : { within }) })
  Object.defineProperty(globalThis, Symbol.for(HOOK), {
    configurable: true,
    value: {
      made: (constructor: { name: string; prototype: object }) => void watchEndOf(constructor, (object) => shouldGoAway(object, options(constructor.name))),
      born: (object: object, constructor: { prototype: object }) => {
        if (!hasEnd(constructor.prototype)) shouldGoAway(object, options(object.constructor.name))
      },
    },
  })
  const declaration = new RegExp(`^(\\s*(?:export\\s+(?:default\\s+)?|(?:const|let|var)\\s+[\\w$]+\\s*=\\s*|module\\.exports(?:\\.\\w+)?\\s*=\\s*)?class\\s+(${usable.map((name) => name.replaceAll('$', '\\$')).join('|')})\\b[^{\\n]*\\{)`, 'gm')
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (!url.startsWith('file:') || url.includes('/node_modules/') || loaded.source === undefined || loaded.source === null) return loaded
      const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
      if (!declaration.test(source)) return loaded
      declaration.lastIndex = 0
      // On the same line, so that no line of the program moves.
      return { ...loaded, source: source.replace(declaration, (head: string, _whole: string, name: string) => `${head} static { globalThis[Symbol.for('${HOOK}')]?.made(this) } #stillhere = globalThis[Symbol.for('${HOOK}')]?.born(this, ${name});`) }
    },
  })
  return true
}

function hasEnd(prototype: object): boolean {
  return END_METHODS.some((name) => typeof Reflect.get(prototype, name) === 'function')
}

/** Shadows the method that ends instances of this class. */
function watchEndOf({ prototype }: { prototype: object }, ended: (object: object) => void): boolean {
  const name = END_METHODS.find((each) => typeof Reflect.get(prototype, each) === 'function')
  if (name === undefined) return false
  const original = Reflect.get(prototype, name) as (...given: unknown[]) => unknown
  return Reflect.defineProperty(prototype, name, {
    configurable: true,
    writable: true,
    enumerable: false,
    value(this: object, ...given: unknown[]): unknown {
      const result = Reflect.apply(original, this, given)
      try {
        ended(this)
      } catch {
        // The program's own end must work as it would without us.
      }
      return result
    },
  })
}
