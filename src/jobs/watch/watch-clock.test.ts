import { expect, test } from 'vitest'
import { WatchClock } from './watch-clock.ts'

function clocks(): { clock: WatchClock; pass(ms: number): void; sleep(ms: number): void; set(ms: number): void } {
  let wall = 1_700_000_000_000
  let steady = 5000
  return {
    clock: new WatchClock({ wallMs: () => wall, steadyMs: () => steady }),
    pass: (ms) => void ((wall += ms), (steady += ms)),
    sleep: (ms) => void (wall += ms),
    set: (ms) => void (wall += ms),
  }
}

test('time passes as it does', () => {
  const { clock, pass } = clocks()
  pass(1000)
  expect(clock.tick(1000)).toEqual({ nowMs: 1_700_000_001_000 })
})

test('a machine that slept is told from one that was busy', () => {
  const { clock, pass, sleep } = clocks()
  pass(1000)
  sleep(3_600_000)
  expect(clock.tick(1000)).toEqual({ nowMs: 1_700_003_601_000, event: { kind: 'slept', ms: 3_601_000 } })
  pass(30_000)
  expect(clock.tick(1000)).toEqual({ nowMs: 1_700_003_631_000, event: { kind: 'late', ms: 30_000 } })
})

test('a clock that is set back is told once and not followed: times go on rising by what really passed', () => {
  const { clock, pass, set } = clocks()
  set(-3_600_000)
  pass(1000)
  expect(clock.tick(1000)).toEqual({ nowMs: 1_700_000_001_000, event: { kind: 'set-back', ms: 3_600_000 } })
  pass(1000)
  expect(clock.tick(1000)).toEqual({ nowMs: 1_700_000_002_000 })
  // and when it is set right again nothing happens at all
  set(3_600_000)
  pass(1000)
  expect(clock.tick(1000)).toEqual({ nowMs: 1_700_000_003_000 })
})

test('a small drift is followed neither way', () => {
  const { clock, pass, set } = clocks()
  set(300)
  pass(1000)
  expect(clock.tick(1000)).toEqual({ nowMs: 1_700_000_001_000 })
})
