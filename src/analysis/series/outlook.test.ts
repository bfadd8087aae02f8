import { expect, test } from 'vitest'
import { caseFacts } from './features.ts'
import { chooseKind, severityOf } from './outlook.ts'
import { drawSignals } from './signals.ts'
import { MemorySeriesBuilder } from '../../model/memory-series-builder.ts'

/** 300 samples of a process whose heap and remainder rise by so many bytes each. */
function kindOf(heapStep: number, remainderStep: number, externalStep = 0): string {
  const builder = new MemorySeriesBuilder({ name: 'drawn', format: 'test', idsAreStable: false, notices: [] })
  for (let i = 0; i < 300; i++) {
    const heap = 40e6 + heapStep * i + 200e3 * Math.sin(i * 2.3)
    const external = 1e6 + externalStep * i
    builder.add(i * 1000, { 'heap-used': heap, 'heap-committed': 45e6 + heapStep * i, external, 'rss-anon': 60e6 + heapStep * i + remainderStep * i + externalStep * i + 100e3 * Math.sin(i * 1.1) })
  }
  const signals = drawSignals(builder.finish())
  return chooseKind(caseFacts(signals), signals, undefined)
}

test('what grows is named by the part that explains the growth', () => {
  expect(kindOf(50e3, 0)).toBe('heap')
  expect(kindOf(0, 50e3)).toBe('native')
  expect(kindOf(0, 0, 50e3)).toBe('external')
})

test('a heap that rises for sure is the leak, even if the process takes three times as much for it', () => {
  expect(kindOf(30e3, 90e3)).toBe('heap')
})

test('severity is how soon it hurts', () => {
  const severity = (hours: number): string => severityOf({ hoursLeft: { value: hours, low: hours, high: hours }, limitBytes: 1e9 } as never)
  expect([1, 24, 24 * 10, 24 * 60].map(severity)).toEqual(['critical', 'high', 'medium', 'low'])
})
