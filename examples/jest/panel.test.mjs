/* Needs node --experimental-vm-modules, and stillhere/jest in setupFilesAfterEnv. */
import { shouldGoAway } from 'stillhere/jest'
import { LeakyPanel, TidyPanel } from './panel.mjs'

test('a tidy panel leaves nothing', async () => {
  await expect(() => {
    const panel = new TidyPanel()
    shouldGoAway(panel, 'panel')
    panel.close()
  }).toLeaveNothing()
})

test('a leaky panel leaves nothing', async () => {
  await expect(() => {
    const panel = new LeakyPanel()
    panel.close()
    return panel
  }).toLeaveNothing()
})

test('a ticket can be asked', async () => {
  const [ticket] = await shouldGoAway.scope(() => {
    const panel = new LeakyPanel()
    shouldGoAway(panel, 'panel that was asked')
    panel.close()
  })
  await expect(ticket).toGoAway()
})

test('what is gone is gone', async () => {
  await expect(new WeakRef({})).toGoAway()
})
