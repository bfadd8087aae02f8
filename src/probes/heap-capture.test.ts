import { expect, test } from 'vitest'
import { ProbeError } from '../base/errors.ts'
import { forecastCapture, refuseCostlyCapture } from './heap-capture.ts'

// The figures of docs/concepts/careful-capture.md: heaps of small objects, measured on each Node.

test('the forecast is not below what snapshots of small objects were measured to cost', () => {
  for (const [version, heapBytes, pauseMs, peakBytes] of [
    ['20.20.2', 300e6, 93_000 * 0.8, 4.0e9 * 0.9],
    ['22.23.3', 300e6, 63_000 * 0.8, 4.0e9 * 0.9],
    ['24.21.0', 300e6, 49_000 * 0.8, 4.0e9 * 0.9],
    ['24.21.0', 45e6, 5400 * 0.8, 620e6 * 0.8],
  ] as const) {
    const forecast = forecastCapture({ heapUsedBytes: heapBytes, codeBytes: 2e6 }, version)
    expect(forecast.pauseMs).toBeGreaterThan(pauseMs)
    expect(heapBytes + forecast.extraBytes).toBeGreaterThan(peakBytes)
  }
})

test('a heap of few big objects is known to be cheap once a first snapshot counted them', () => {
  const memory = { heapUsedBytes: 500e6, codeBytes: 2e6 }
  expect(forecastCapture(memory, '24.0.0', 20_000).extraBytes).toBeLessThan(100e6)
  expect(forecastCapture(memory, '24.0.0', 40).extraBytes).toBeGreaterThan(5e9)
})

test('a snapshot that would not fit is refused with the figures and the way to insist', () => {
  const forecast = forecastCapture({ heapUsedBytes: 100e6, codeBytes: 2e6 }, '24.0.0')
  const room = { availableBytes: 300e6, because: 'cgroup', limitBytes: 512e6 } as const
  let refused: unknown
  try {
    refuseCostlyCapture('pid 7', forecast, room)
  } catch (error) {
    refused = error
  }
  expect(refused).toBeInstanceOf(ProbeError)
  expect((refused as ProbeError).message).toMatch(/may need 1\.\d GB more memory and stop the program for 1\d s, but its cgroup limit of 512 MB leaves 300 MB/)
  expect((refused as ProbeError).hint).toContain('--force-snapshot')
  expect(() => refuseCostlyCapture('pid 7', forecast, { ...room, availableBytes: 3e9 })).not.toThrow()
})
