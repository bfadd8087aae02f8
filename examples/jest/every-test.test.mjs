/* Needs node --experimental-vm-modules. */
import { expectAllGoneAfterEach } from 'stillhere/jest'
import { LeakyPanel, TidyPanel } from './panel.mjs'

// Nothing is watched by hand: every panel that a test makes should be gone after it.
expectAllGoneAfterEach({ classes: [LeakyPanel, TidyPanel] })

test('a tidy panel is closed', () => {
  new TidyPanel().close()
})

test('a leaky panel is closed', () => {
  new LeakyPanel().close()
})
