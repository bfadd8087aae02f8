/** How long a trap may stay and how much it may keep; it takes itself away when either is reached. */
export interface TrapLimits {
  readonly mostCalls: number
  readonly mostStacks: number
  readonly mostFrames: number
  readonly lastsMs: number
}

/** What lives in the watched program while a trap is set. */
export interface Trap {
  /** Empty when nothing could be set. */
  readonly watched: string
  readonly refusal: string
  /** JSON of what was seen, as `CaughtWrites` without `watched`. */
  report(): string
  remove(): void
}

/**
 * Watches what adds to `this`: an own, non-enumerable method in front of the inherited one (`set`, `add`, `push`, `on`
 * …) which calls it, and notes the stack when there is one entry more. Only in the way of everything, where the
 * program is ours to disturb, also what no method does: a layer between an object and its prototype sees new keys and
 * positions, an accessor sees a property assigned, and an own `constructor` sees who waits for a promise.
 *
 * This function is sent to the program as text: it may use nothing but its parameters and the language, and must run
 * on Node 18. It takes itself away at its limits, so that it does not outlive a tool that was killed.
 */
export function setTrap(this: object, how: 'methods' | 'everything', property: string, limits: TrapLimits): Trap {
  // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment
  const target = this as Record<PropertyKey, unknown>
  const stacks = new Map<string, { frames: unknown[]; count: number }>()
  const undo: (() => void)[] = []
  const watched: string[] = []
  let refusal = ''
  let added = 0
  let removed = 0
  let calls = 0
  let depth = 0
  let isSet = true
  const until = Date.now() + limits.lastsMs

  const remove = (): void => {
    isSet = false
    for (const step of undo.splice(0)) {
      try {
        step()
      } catch {
        // Frozen since; then the method in front only passes on.
      }
    }
  }
  const isOver = (): boolean => {
    if (isSet && (++calls > limits.mostCalls || Date.now() > until)) remove()
    return !isSet
  }

  const stackAbove = (above: unknown): unknown[] => {
    const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
    const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
    try {
      Error.stackTraceLimit = limits.mostFrames
      Error.prepareStackTrace = (_, sites) =>
        sites.map((site) => {
          const name = site.getFunctionName() ?? ''
          const type = site.isToplevel() || site.isConstructor() ? null : site.getTypeName()
          const isNamed = type !== null && name !== '' && !name.includes('.') && !/^(Object|Function|Module|global|process)$/.test(type)
          return {
            functionName: site.isConstructor() ? `new ${name}` : isNamed ? `${type}.${name}` : name,
            file: site.getFileName() ?? '',
            line: site.getLineNumber() ?? 0,
            column: site.getColumnNumber() ?? 0,
          }
        })
      const caught: { stack?: unknown } = {}
      Error.captureStackTrace(caught, above as (...args: unknown[]) => unknown)
      return Array.isArray(caught.stack) ? caught.stack : []
    } catch {
      return [] // a program that has frozen Error tells no stacks
    } finally {
      if (prepare === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
      else Reflect.defineProperty(Error, 'prepareStackTrace', prepare)
      if (limit === undefined) Reflect.deleteProperty(Error, 'stackTraceLimit')
      else Reflect.defineProperty(Error, 'stackTraceLimit', limit)
    }
  }
  const note = (count: number, above: unknown): void => {
    added += count
    const frames = stackAbove(above)
    const key = JSON.stringify(frames)
    const known = stacks.get(key)
    if (known !== undefined) known.count += count
    else if (stacks.size < limits.mostStacks) stacks.set(key, { frames, count })
  }

  const wrap = (name: string, sizeOf: (args: unknown[]) => number): boolean => {
    const original = target[name]
    if (typeof original !== 'function') return false
    const own = Object.getOwnPropertyDescriptor(target, name)
    const inFront = {
      [name](this: unknown, ...args: unknown[]): unknown {
        if (this !== target || depth > 0 || isOver()) return Reflect.apply(original, this, args)
        const before = sizeOf(args)
        depth++
        let result: unknown
        try {
          result = Reflect.apply(original, this, args)
        } finally {
          depth--
        }
        const more = sizeOf(args) - before
        if (more > 0) note(more, inFront)
        else removed -= more
        return result
      },
    }[name]
    if (!Reflect.defineProperty(target, name, { value: inFront, writable: true, enumerable: own?.enumerable ?? false, configurable: true })) return false
    undo.push(() => {
      if (Object.getOwnPropertyDescriptor(target, name)?.value !== inFront) return
      if (own === undefined) Reflect.deleteProperty(target, name)
      else Reflect.defineProperty(target, name, own)
    })
    return true
  }
  const wrapAll = (what: string, names: string[], sizeOf: (args: unknown[]) => number): void => {
    if (names.filter((name) => wrap(name, sizeOf)).length > 0) watched.push(what)
    else refusal = Object.isExtensible(target) ? `its methods cannot be put in front of (${names[0]})` : 'it is frozen, sealed or not extensible'
  }
  const brand = (prototype: object, name: string, ...args: unknown[]): unknown => {
    try {
      const found = Object.getOwnPropertyDescriptor(prototype, name)!
      return Reflect.apply((found.get ?? found.value) as (...all: unknown[]) => unknown, target, args)
    } catch {
      return undefined // of another kind
    }
  }

  let size: (() => number) | undefined
  const holdsWeakly = (prototype: object): boolean => brand(prototype, 'has', {}) === false
  const sizeFrom = (prototype: object): number | undefined => brand(prototype, 'size') as number | undefined
  const listeners = (type: unknown): number => {
    const list = (target['_events'] as Record<PropertyKey, unknown> | undefined)?.[type as string]
    return typeof list === 'function' ? 1 : Array.isArray(list) ? list.length : 0
  }
  if (sizeFrom(Map.prototype) !== undefined) {
    size = () => sizeFrom(Map.prototype)!
    wrapAll('Map', ['set', 'delete', 'clear'], size)
  } else if (sizeFrom(Set.prototype) !== undefined) {
    size = () => sizeFrom(Set.prototype)!
    wrapAll('Set', ['add', 'delete', 'clear'], size)
  } else if (holdsWeakly(WeakMap.prototype)) {
    wrapAll('WeakMap', ['set', 'delete'], ([key]) => Number(brand(WeakMap.prototype, 'has', key)))
  } else if (holdsWeakly(WeakSet.prototype)) {
    wrapAll('WeakSet', ['add', 'delete'], ([key]) => Number(brand(WeakSet.prototype, 'has', key)))
  } else if (Array.isArray(target)) {
    const list = target as unknown as unknown[]
    size = () => list.length
    wrapAll('Array', ['push', 'unshift', 'splice', 'pop', 'shift'], size)
  } else if (typeof target['on'] === 'function' && typeof target['_events'] === 'object') {
    size = () => Reflect.ownKeys((target['_events'] as object | undefined) ?? {}).reduce((sum, type) => sum + listeners(type), 0)
    wrapAll('EventEmitter', ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener', 'off', 'removeListener', 'removeAllListeners'], ([type]) => listeners(type))
  } else if (typeof target['addEventListener'] === 'function') {
    const table = Object.getOwnPropertySymbols(target).find(({ description }) => description === 'kEvents')
    const lists = table === undefined ? undefined : (target[table] as Map<unknown, { size?: number }> | undefined)
    wrapAll('EventTarget', ['addEventListener', 'removeEventListener'], ([type]) => lists?.get(type)?.size ?? 0)
  }

  if (how === 'everything') {
    const isPromise = target instanceof Promise
    const own = property === '' ? undefined : Object.getOwnPropertyDescriptor(target, property)
    if (isPromise) {
      const usual = target['constructor']
      const get = (): unknown => {
        if (!isOver()) note(1, get)
        return usual
      }
      if (!Object.hasOwn(target, 'constructor') && Reflect.defineProperty(target, 'constructor', { get, configurable: true, enumerable: false })) {
        watched.push('Promise')
        undo.push(() => Reflect.deleteProperty(target, 'constructor'))
      }
    } else if (own !== undefined && 'value' in own && own.configurable === true && own.writable === true) {
      let value: unknown = own.value
      const set = (next: unknown): void => {
        const isOther = next !== value
        value = next
        if (!isOver() && isOther) note(1, set)
      }
      if (Reflect.defineProperty(target, property, { get: () => value, set, configurable: true, enumerable: own.enumerable === true })) {
        watched.push(`property ${property}`)
        undo.push(() => Reflect.defineProperty(target, property, { ...own, value }))
      }
    }
    const isPlain = watched.length === 0 && refusal === '' && !isPromise
    if (isPlain || Array.isArray(target)) {
      const prototype: object | null = Object.getPrototypeOf(target)
      const set = (inner: object, key: PropertyKey, next: unknown, receiver: unknown): boolean => {
        const done = Reflect.set(inner, key, next, receiver)
        if (done && receiver === target && depth === 0 && !isOver()) note(1, set)
        return done
      }
      const layer: object = new Proxy(Object.create(prototype) as object, { set })
      if (Reflect.setPrototypeOf(target, layer)) {
        if (isPlain) {
          watched.push('object')
          size = () => Object.keys(target).length
        }
        undo.push(() => {
          if (Object.getPrototypeOf(target) === layer) Reflect.setPrototypeOf(target, prototype)
        })
      } else if (isPlain) refusal = 'it is frozen, sealed or not extensible'
    }
  }
  if (watched.length === 0 && refusal === '') refusal = how === 'everything' ? 'nothing about it can be watched' : 'it is no collection whose methods add'
  const sizeBefore = size?.()
  return {
    watched: watched.join(' and '),
    refusal,
    report: () => JSON.stringify({ added, removed, gained: sizeBefore === undefined ? undefined : size!() - sizeBefore, entries: size?.(), stacks: [...stacks.values()] }),
    remove,
  }
}
