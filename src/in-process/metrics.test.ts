import { expect, test } from 'vitest'
import { observeWithOpenTelemetry, prometheusText } from './metrics.ts'
import { createShouldGoAway } from './should-go-away.ts'

test('counts stand by label and outcome, with labels escaped', () => {
  const shouldGoAway = createShouldGoAway()
  const kept = [{}, {}]
  for (const each of kept) shouldGoAway(each, 'a "quoted\\" label')
  expect(prometheusText(shouldGoAway)).toContain('stillhere_watches_total{label="a \\"quoted\\\\\\" label",outcome="watched"} 2\n')
  expect(prometheusText(shouldGoAway)).toContain('stillhere_watching 2\n')
  const seen: Record<string, number> = {}
  const instrument = (name: string) => ({
    addCallback(callback: (result: { observe(value: number, attributes?: Record<string, string>): void }) => void): void {
      callback({ observe: (value, attributes) => void (seen[`${name} ${attributes?.['outcome'] ?? ''}`] = value) })
    },
  })
  observeWithOpenTelemetry(shouldGoAway, { createObservableCounter: instrument, createObservableGauge: instrument })
  expect(seen).toMatchObject({ 'stillhere.watching ': 2, 'stillhere.watches watched': 2, 'stillhere.watches retained': 0 })
  shouldGoAway.stop()
})
