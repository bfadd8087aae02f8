type CollectAsync = (options: { type: 'major'; execution: 'async' }) => Promise<void>

/**
 * A function that runs one full collection in a task of its own, where no frame of ours is on the stack.
 *
 * Method: `gc` of `--expose-gc` if the program has it. Otherwise the flag is switched on, `gc` is taken out of a fresh
 *   context, and the flag is switched off again: the function keeps working, and neither the program nor later contexts
 *   ever see it.
 */
export async function loadForcedCollection(): Promise<() => Promise<void>> {
  const known = (globalThis as { gc?: CollectAsync }).gc
  const collect = typeof known === 'function' ? known : await borrowedGc()
  return async () => {
    await collect({ type: 'major', execution: 'async' })
  }
}

/** Ends in a later macrotask, after the callbacks of the event loop's current turn. */
export function laterTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

async function borrowedGc(): Promise<CollectAsync> {
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([import('node:v8'), import('node:vm')])
  setFlagsFromString('--expose-gc')
  try {
    return runInNewContext('gc') as CollectAsync
  } finally {
    setFlagsFromString('--no-expose-gc')
  }
}
