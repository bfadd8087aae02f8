/** What the page knows of one watch. */
export interface PageWatch {
  ticket: string
  label: string
  stack: string | undefined
}

/** What stands in the page beside `shouldGoAway`; named so that no page has one. */
export interface PageWatches {
  /** Watches whose objects the registry has not told of. */
  pending(): PageWatch[]
  /** Ends when a collection that begins after the call has been told of, or after so many milliseconds: false. */
  collected(patienceMs: number): Promise<boolean>
}

interface PageGlobal {
  stillhereWatches?: PageWatches
  shouldGoAway?: (object: WeakKey, options?: string | { label?: string; stack?: 0 | 1 }) => { id: string; label: string }
}

/**
 * Runs in the page before its own scripts, and stands alone there: its text is what is sent. It leaves the same marker in
 * the heap as `shouldGoAway` in Node (see watch-record.ts), so that any snapshot of the page carries the list; and it
 * watches in the same way (see watcher.ts), except that nothing is judged by time: a test asks when it is over.
 */
export function installInPage(): void {
  const place = globalThis as PageGlobal
  if (place.stillhereWatches !== undefined) return
  const page = Math.random().toString(36).slice(2, 8)
  const open = new Map<string, object>()
  const stubs = new WeakMap<WeakKey, { stillhereRecord: PageRecord }>()
  const witnesses = new Map<object, () => void>()
  const registry = new FinalizationRegistry<object>((told) => {
    if (told instanceof PageRecord) open.delete(told.stillhereTicket)
    else {
      witnesses.get(told)?.()
      witnesses.delete(told)
    }
  })
  const flat = (text: string): string => Object.keys({ [text.slice(0, 120)]: 0 })[0] ?? ''
  const nameOf = (object: WeakKey): string => {
    if (typeof object === 'symbol') return 'symbol'
    const name: unknown = typeof object === 'function' ? object.name : (object as { constructor?: { name?: unknown } }).constructor?.name
    return typeof name === 'string' && name !== '' ? name : 'Object'
  }

  class PageRecord {
    readonly stillhereTicket: string
    readonly stillhereBatch: { label: string; watchedAt: string; within: string; stack: string | undefined }
    constructor(label: string, stack: string | undefined) {
      this.stillhereTicket = flat(`${page}-${open.size}-${Math.random().toString(36).slice(2, 8)}`)
      this.stillhereBatch = { label, watchedAt: flat(String(Date.now())), within: '0', stack }
    }
  }

  place.shouldGoAway = function shouldGoAway(object, options) {
    const given = typeof options === 'string' ? { label: options } : (options ?? {})
    const known = stubs.get(object)?.stillhereRecord
    if (known !== undefined) return { id: known.stillhereTicket, label: known.stillhereBatch.label }
    const stack = given.stack === 1 ? flat((new Error().stack ?? '').split('\n').slice(2).join('\n')) : undefined
    const record = new PageRecord(flat(given.label ?? nameOf(object)), stack)
    const stub = { stillhereRecord: record }
    // Throws for what cannot be held weakly, as the program should hear.
    stubs.set(object, stub)
    registry.register(stub, record)
    open.set(record.stillhereTicket, record)
    return { id: record.stillhereTicket, label: record.stillhereBatch.label }
  }
  place.stillhereWatches = {
    pending: () => [...open.values()].map((record) => {
      const { stillhereTicket, stillhereBatch } = record as PageRecord
      return { ticket: stillhereTicket, label: stillhereBatch.label, stack: stillhereBatch.stack }
    }),
    collected: (patienceMs) => new Promise((resolve) => {
      const witness = {}
      const timer = setTimeout(() => {
        witnesses.delete(witness)
        resolve(false)
      }, patienceMs)
      // Told of in the same go as all that the collection freed; one task later all of it has been told.
      witnesses.set(witness, () => {
        clearTimeout(timer)
        setTimeout(() => resolve(true), 0)
      })
      registry.register({}, witness)
    }),
  }
}
