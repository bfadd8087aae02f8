import { expect, test } from 'vitest'
import { adviseSettings } from './advise-settings.ts'
import type { GcSummary } from './gc-summary.ts'

const GIB = 2 ** 30

function summary(liveBytes: readonly number[], more: Partial<GcSummary> = {}): GcSummary {
  return {
    collector: 'go', stream: undefined, collections: 50, minors: 0, majors: 50, mixed: 0, durationMs: 10_000, clockFalls: 0,
    pauses: { count: 50, totalMs: 10, p50Ms: 0.2, p95Ms: 0.3, p99Ms: 0.4, maxMs: 0.5 },
    pausedShare: 0.001, cpuShare: 0.05, cpuMs: 100, assistShare: 0, concurrentMs: 100, allocatedBytes: GIB, allocatedBytesPerSecond: GIB / 10,
    promotedBytesPerSecond: undefined, peakBytes: 2 * liveBytes.at(-1)!, committedBytes: Number.NaN, heapLimitBytes: undefined, lastGoalBytes: undefined,
    floor: { basis: 'live', timeMs: Float64Array.from(liveBytes, (_, at) => at * 1000), bytes: Float64Array.from(liveBytes), bytesPerHour: 0, bytesPerHourError: 0, trendScore: 0, lateShare: 0 },
    causes: [], ...more,
  }
}

test('Go: the limit stands a tenth below the container, GOGC as high as fits', () => {
  const { settings, notAKnob } = adviseSettings({ runtime: 'go', memoryBytes: 2 * GIB, processors: 2, summary: summary([0.4 * GIB, 0.4 * GIB]) })
  expect(settings).toEqual(['GOGC=325', 'GOMEMLIMIT=1843MiB'])
  expect(notAKnob).toBeUndefined()
})

test('Go: a heap that is nearly all alive is not a matter of settings', () => {
  expect(adviseSettings({ runtime: 'go', memoryBytes: GIB, processors: 2, summary: summary([0.8 * GIB, 0.8 * GIB]) }).notAKnob).toContain('More memory, or less kept')
})

test('a floor that rises is answered by no setting, whatever the runtime', () => {
  const rising = summary([1, 2, 3, 4, 5, 6].map((n) => n * 1e7))
  rising.floor!.trendScore = 3
  rising.floor!.lateShare = 0.5
  for (const runtime of ['go', 'jvm', 'node'] as const) {
    expect(adviseSettings({ runtime, memoryBytes: 2 * GIB, processors: 2, summary: rising }).notAKnob).toContain('the live floor rises')
  }
})

test('the JVM gets the collector its size and its latency ask for', () => {
  const collector = (memoryBytes: number, processors: number, latencyMs?: number, jdk?: number): string[] => adviseSettings({ runtime: 'jvm', memoryBytes, processors, latencyMs, jdk }).settings.slice(1)
  expect(collector(GIB, 1)).toEqual(['-XX:+UseSerialGC'])
  expect(collector(8 * GIB, 4)).toEqual(['-XX:+UseG1GC'])
  expect(collector(8 * GIB, 4, 5, 21)).toEqual(['-XX:+UseZGC', '-XX:+ZGenerational'])
  expect(collector(8 * GIB, 4, 5, 25)).toEqual(['-XX:+UseZGC'])
  expect(collector(8 * GIB, 4, 100)).toEqual(['-XX:+UseG1GC', '-XX:MaxGCPauseMillis=100'])
})

test('a latency that the collector of a small container, or of an old JDK, cannot keep is not passed over', () => {
  expect(adviseSettings({ runtime: 'jvm', memoryBytes: GIB / 2, processors: 2, latencyMs: 5 }).reasons.join()).toContain('not promised here')
  expect(adviseSettings({ runtime: 'jvm', memoryBytes: 8 * GIB, processors: 4, latencyMs: 5, jdk: 11 }).reasons.join()).toContain('beyond G1')
})

test('Node gets three quarters of the container, and a larger young generation when scavenges crowd', () => {
  expect(adviseSettings({ runtime: 'node', memoryBytes: 2 * GIB, processors: 2 }).settings).toEqual(['--max-old-space-size=1536'])
  expect(adviseSettings({ runtime: 'node', memoryBytes: 2 * GIB, processors: 2, summary: summary([1e7, 1e7], { minors: 400 }) }).settings).toContain('--max-semi-space-size=64')
})
