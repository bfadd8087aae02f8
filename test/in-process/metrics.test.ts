import { execFileSync, spawnSync } from 'node:child_process'
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { Counter, Registry } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { createShouldGoAway, observeWithOpenTelemetry, prometheusText } from '../../src/in-process/should-go-away.ts'
import type { ShouldGoAway } from '../../src/in-process/should-go-away.ts'

// What others make of our metrics: Prometheus' own checker, and OpenTelemetry's own SDK.

const kept: object[] = []
const open: ShouldGoAway[] = []

function watched(): ShouldGoAway {
  const shouldGoAway = createShouldGoAway()
  open.push(shouldGoAway)
  for (const label of ['session', 'a "quoted\\" label\nin two lines', 'ünïcode ☂']) {
    for (let number = 0; number < 2; number++) {
      const object = { number }
      kept.push(object)
      shouldGoAway(object, label)
    }
  }
  return shouldGoAway
}

afterEach(() => {
  for (const each of open.splice(0)) each.stop()
})

const hasPromtool = spawnSync('promtool', ['--version']).status === 0

test.skipIf(!hasPromtool && process.env['STILLHERE_REQUIRE_TOOLS'] === undefined)('promtool finds nothing to say, alone and after the metrics of prom-client', async () => {
  const text = prometheusText(watched())
  const check = (input: string): string => execFileSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })
  expect(check(text)).toBe('')
  const registry = new Registry()
  new Counter({ name: 'app_requests_total', help: 'Requests.', registers: [registry] }).inc(3)
  expect(check((await registry.metrics()) + text)).toBe('')
  // The checker sees what it is given: a metric that breaks its rules is refused.
  expect(() => check(text.replaceAll('stillhere_watches_total', 'stillhere_watches'))).toThrow()
})

test("OpenTelemetry's SDK collects the counts by label and outcome", async () => {
  const shouldGoAway = watched()
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  try {
    observeWithOpenTelemetry(shouldGoAway, provider.getMeter('stillhere'))
    const { resourceMetrics, errors } = await reader.collect()
    expect(errors).toEqual([])
    const metrics = resourceMetrics.scopeMetrics.flatMap(({ metrics: list }) => list)
    const points = (name: string) => metrics.find(({ descriptor }) => descriptor.name === name)!.dataPoints
    expect(points('stillhere.watching').map(({ value }) => value)).toEqual([6])
    const sessions = points('stillhere.watches').filter(({ attributes }) => attributes['label'] === 'session')
    expect(Object.fromEntries(sessions.map(({ attributes, value }) => [attributes['outcome'], value]))).toEqual({ watched: 2, gone: 0, late: 0, retained: 0, dropped: 0 })
    expect(new Set(points('stillhere.watches').map(({ attributes }) => attributes['label'])).size).toBe(3)
  } finally {
    await provider.shutdown()
  }
})
