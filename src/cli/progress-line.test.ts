import { expect, test } from 'vitest'
import { progressLine } from './progress-line.ts'

function record(isTTY: boolean): { written: string[]; line: ReturnType<typeof progressLine>; pass(ms: number): void } {
  const written: string[] = []
  let time = 0
  const line = progressLine({ isTTY, columns: 80, write: (text) => written.push(text) }, () => time)
  return { written, line, pass: (ms) => void (time += ms) }
}

test('progress is one line, written over a few times a second, and cleared at the end', () => {
  const { written, line, pass } = record(true)
  for (let done = 0; done <= 100; done++) {
    line.show({ step: 'reading nodes', done, total: 100 })
    pass(10)
  }
  line.clear()
  line.clear()
  expect(written).toEqual([...Array.from({ length: 11 }, (_, tenth) => `\r\u001b[K  reading nodes ${tenth * 10} %`), '\r\u001b[K'])
})

test('a new step is shown at once, a step of unknown length without a share', () => {
  const { written, line } = record(true)
  line.show({ step: 'a', done: 1, total: 0 })
  line.show({ step: 'b\u001b[2J', done: 1 })
  expect(written).toEqual(['\r\u001b[K  a', '\r\u001b[K  b\\u001b[2J'])
})

test('nothing is written where stderr is no terminal', () => {
  const { written, line } = record(false)
  line.show({ step: 'reading', done: 1, total: 2 })
  line.clear()
  expect(written).toEqual([])
})
