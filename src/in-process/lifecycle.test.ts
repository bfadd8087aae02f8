import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { createShouldGoAway } from './should-go-away.ts'
import type { Lifecycle } from './lifecycle.ts'

class Resource {
  open = true
  close(): void {
    this.open = false
  }
}
const kept: object[] = []

async function live(scenario: (watch: ReturnType<typeof createShouldGoAway>) => Lifecycle): Promise<string> {
  const shouldGoAway = createShouldGoAway()
  const lives: Lifecycle[] = []
  await shouldGoAway.scope(() => {
    lives.push(scenario(shouldGoAway))
  })
  const [life] = lives
  await life!.ticket?.answer({ collections: 'forced', patienceMs: 50 })
  if (life!.ticket === undefined) await shouldGoAway({}).answer({ collections: 'forced' })
  return life!.verdict
}

test('closed and collected is fine; closed and kept is not collected; collected without close is not disposed', async () => {
  expect(await live((watch) => {
    const resource = new Resource()
    const life = watch.lifecycle(resource)
    resource.close()
    return life
  })).toBe('fine')
  expect(await live((watch) => {
    const resource = new Resource()
    const life = watch.lifecycle(resource)
    kept.push(resource)
    resource.close()
    return life
  })).toBe('notCollected')
  expect(await live((watch) => watch.lifecycle(new Resource()))).toBe('notDisposed')
  expect(await live((watch) => {
    const resource = new Resource()
    kept.push(resource)
    return watch.lifecycle(resource)
  })).toBe('undecided')
})

test('an end is noticed by method, by asynchronous disposal, by signal and by event, and the object still works', async () => {
  const shouldGoAway = createShouldGoAway()
  const closing = new Resource()
  const closed = shouldGoAway.lifecycle(closing)
  closing.close()
  expect([closing.open, closed.isDisposed]).toEqual([false, true])

  const disposing = { async [Symbol.asyncDispose]() { await Promise.resolve() } }
  const disposed = shouldGoAway.lifecycle(disposing)
  const ended = disposing[Symbol.asyncDispose]()
  expect(disposed.isDisposed).toBe(false)
  await ended
  await Promise.resolve()
  expect(disposed.isDisposed).toBe(true)

  const controller = new AbortController()
  const aborted = shouldGoAway.lifecycle({}, { disposed: controller.signal })
  controller.abort()
  expect(aborted.isDisposed).toBe(true)

  const emitter = new EventEmitter()
  const emitted = shouldGoAway.lifecycle(emitter, { disposed: 'event:close' })
  emitter.emit('close')
  expect(emitted.isDisposed).toBe(true)

  const frozen = Object.freeze(new Resource())
  expect(() => shouldGoAway.lifecycle(frozen)).not.toThrow()
  shouldGoAway.stop()
})
