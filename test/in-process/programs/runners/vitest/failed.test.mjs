import { test } from 'vitest'
import { expectAllGoneAfterEach } from 'stillhere/vitest'

class Panel {}
const kept = []
expectAllGoneAfterEach({ classes: [Panel] })

test('fails, and keeps a panel', () => {
  kept.push(new Panel())
  throw new Error('its own error')
})

test('is not blamed for the one before', () => {
  new Panel()
})

test('keeps a panel', () => {
  kept.push(new Panel())
})
