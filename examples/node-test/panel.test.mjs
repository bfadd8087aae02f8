import { test } from 'node:test'
import { goesAway, leavesNothing, shouldGoAway } from 'stillhere/node-test'
import { LeakyPanel, TidyPanel } from './panel.mjs'

test('a tidy panel leaves nothing', async () => {
  await leavesNothing(() => {
    const panel = new TidyPanel()
    shouldGoAway(panel, 'panel')
    panel.close()
  })
})

test('a leaky panel leaves nothing', async () => {
  await leavesNothing(() => {
    const panel = new LeakyPanel()
    panel.close()
    return panel
  })
})

test('a ticket can be asked', async () => {
  const [ticket] = await shouldGoAway.scope(() => {
    const panel = new LeakyPanel()
    shouldGoAway(panel, 'panel that was asked')
    panel.close()
  })
  await goesAway(ticket)
})

test('what is gone is gone', async () => {
  await goesAway(new WeakRef({}))
})
