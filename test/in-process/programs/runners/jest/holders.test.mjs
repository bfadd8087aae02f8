import { shouldGoAway } from 'stillhere/jest'

const { jest } = import.meta

class Panel {}

test('argument of a mock', async () => {
  const render = jest.fn()
  await expect(() => {
    const panel = new Panel()
    shouldGoAway(panel, 'argument')
    render(panel)
  }).toLeaveNothing()
  render()
})

test('result of a mock', async () => {
  const make = jest.fn(() => new Panel())
  await expect(() => {
    shouldGoAway(make(), 'result')
  }).toLeaveNothing()
  make()
})

test('this of a spy', async () => {
  const spy = jest.spyOn(Panel.prototype, 'toString')
  await expect(() => {
    const panel = new Panel()
    shouldGoAway(panel, 'this')
    panel.toString()
  }).toLeaveNothing()
  spy.mockClear()
})
