import { mock, test } from 'node:test'
import { leavesNothing, shouldGoAway } from 'stillhere/node-test'

class Panel {}

test('argument of a mock', async () => {
  const render = mock.fn()
  await leavesNothing(() => {
    const panel = new Panel()
    shouldGoAway(panel, 'argument')
    render(panel)
  })
  render()
})

test('result of a mock', async () => {
  const make = mock.fn(() => new Panel())
  await leavesNothing(() => {
    shouldGoAway(make(), 'result')
  })
  make()
})
