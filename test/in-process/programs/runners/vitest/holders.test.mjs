import { expect, test, vi } from 'vitest'
import { shouldGoAway } from 'stillhere/vitest'

class Panel {}

test('argument of a mock', async () => {
  const render = vi.fn()
  await expect(() => {
    const panel = new Panel()
    shouldGoAway(panel, 'argument')
    render(panel)
  }).toLeaveNothing()
  render()
})

test('result of a mock', async () => {
  const make = vi.fn(() => new Panel())
  await expect(() => {
    shouldGoAway(make(), 'result')
  }).toLeaveNothing()
  make()
})

test('this of a spy', async () => {
  const spy = vi.spyOn(Panel.prototype, 'toString')
  await expect(() => {
    const panel = new Panel()
    shouldGoAway(panel, 'this')
    panel.toString()
  }).toLeaveNothing()
  spy.mockClear()
})

test('value of a soft assertion that failed', async () => {
  await expect(() => {
    const panel = new Panel()
    shouldGoAway(panel, 'asserted')
    expect.soft(panel).toBe(1)
  }).toLeaveNothing()
})

test('value in the task', async ({ task }) => {
  await expect(() => {
    task.meta.panel = new Panel()
    shouldGoAway(task.meta.panel, 'in the task')
  }).toLeaveNothing()
})
