import { expect, test } from 'vitest'
import { pageLeavesNothing, type PageLike } from './playwright.ts'

test('a page into which nothing was installed is no page that leaves nothing', async () => {
  let isDetached = false
  const page: PageLike = {
    addInitScript: () => Promise.resolve(),
    evaluate: (work, argument) => Promise.resolve(work(argument)),
    frames: () => [page],
    url: () => 'about:blank',
    context: () => ({ newCDPSession: () => Promise.resolve({ send: () => Promise.resolve({}), on: () => undefined, off: () => undefined, detach: async () => void (isDetached = true) }) }),
  }
  await expect(pageLeavesNothing(page)).rejects.toThrow('call installShouldGoAway(page) before page.goto')
  expect(isDetached).toBe(true)
})
