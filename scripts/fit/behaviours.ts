import type { TrueClass } from '../../test/support/generated-series.ts'

/**
 * What a program under record does: orders to a worker (scripts/fit/programs), drawn at random within a kind of behaviour
 * whose truth is known. The parameters differ from scenario to scenario; the worker only allocates, holds and drops.
 */

export type Runtime = 'node' | 'python' | 'c' | 'go' | 'java'

export interface Draw {
  next(): number
  between(low: number, high: number): number
  scale(low: number, high: number): number
  chance(p: number): boolean
  pick<T>(from: readonly T[]): T
}

export interface Moment {
  second: number
  /** Share of the whole time, 0…1. */
  share: number
  requests: number
  errors: number
  /** Load relative to the usual, averaged: what is in flight follows it. */
  load: number
}

export interface Behaviour {
  tick(now: Moment, order: (line: string) => void): void
}

export interface Scenario {
  runtime: Runtime
  kind: string
  label: TrueClass
  accept: TrueClass[]
  /** Seconds of the recording. */
  duration: number
  hz: number
  requestsPerSecond: number
  errorShare: number
  /** Load at a share of the time, 1 the usual. */
  load(share: number): number
  leakStart: number
  /** Share of the time after which no more work is done. */
  idleFrom: number
  /** The leak goes on while idle. */
  byTime: boolean
  restartAt: number
  /** Seconds between full collections that a monitor asks for; 0: none. */
  probeSeconds: number
  behaviours: Behaviour[]
  flags: string[]
  environment: Record<string, string>
  /** The runtime's own metrics are recorded. */
  reports: boolean
  needsLazyFree: boolean
}

const MB = 1024 * 1024

/** Slots are numbered; each behaviour has its own range. */
function slotsFrom(): (count: number) => number {
  let next = 1
  return (count) => (next += count) - count
}

/** Draws one scenario. */
export function drawScenario(random: Draw, kinds: readonly string[] = KINDS): Scenario {
  const kind = random.pick(kinds)
  const runtime: Runtime = random.pick(runtimesFor(kind))
  const slots = slotsFrom()
  const things = thingsOf(runtime)
  const slow = kind === 'leak-slow' || kind === 'leak-tiny'
  const duration = slow ? random.pick([200, 280]) : random.pick([140, 140, 140, 140, 200])
  const scenario: Scenario = {
    runtime,
    kind,
    label: 'stable',
    accept: [],
    duration,
    hz: duration === 280 ? 2.5 : random.pick([5, 5, 5, 2.5]),
    requestsPerSecond: random.pick([10, 60, 60, 80, 100, 100, 120, 150, 150, 200, 300]),
    errorShare: 0,
    load: () => 1,
    leakStart: 0,
    idleFrom: 1,
    byTime: false,
    restartAt: 0,
    probeSeconds: runtime !== 'c' && random.chance(runtime === 'python' ? 0.08 : 0.2) ? random.between(8, 20) : 0,
    behaviours: [],
    flags: [],
    environment: {},
    reports: runtime === 'c' ? random.chance(0.65) : runtime === 'python' ? false : true,
    needsLazyFree: false,
  }
  dress(scenario, random)
  const rps = scenario.requestsPerSecond
  const add = (tick: Behaviour['tick']): void => void scenario.behaviours.push({ tick })
  const says = (label: TrueClass, ...accept: TrueClass[]): void => {
    scenario.label = label
    scenario.accept = accept
  }
  // Every program serves requests: garbage, some of it held for a while.
  const garbage = Math.round(random.scale(1500, 30_000))
  const tall = kind === 'sawtooth'
  const window = tall ? Math.round(random.between(200, 900)) : random.chance(0.5) ? Math.round(random.between(20, 400)) : 0
  const windowBytes = Math.round(tall ? garbage : garbage * random.between(0.1, 0.6))
  const windowThing = random.pick(things)
  const windowSlot = slots(window)
  let served = 0
  add(({ requests }, order) => {
    if (requests > 0) order(`G ${requests} ${garbage}`)
    for (let i = 0; i < requests && window > 0; i++) order(`P ${windowSlot + (served++ % window)} ${windowBytes} ${windowThing}`)
  })
  if (random.chance(0.5)) {
    const base = random.between(1, 12) * MB
    const slot = slots(1)
    let done = false
    const thing = random.pick(things)
    add((_now, order) => {
      if (!done) order(`B ${slot} ${Math.round(base)} ${Math.round(base / 20_000)} ${thing}`)
      done = true
    })
  }
  const leak = (bytesPerHour: number, options: { from?: number; by?: 'requests' | 'errors' | 'time'; thing?: string; order?: string } = {}): void => {
    const by = options.by ?? 'requests'
    const unitsPerSecond = by === 'requests' ? rps : by === 'errors' ? rps * scenario.errorShare : 1
    const bytesPerUnit = bytesPerHour / 3600 / unitsPerSecond
    // Not less than an object of some size at once, and no more often than a tick.
    const stride = by === 'time' ? Math.max(0.05, 100 / bytesPerUnit) : Math.max(1, Math.ceil(100 / bytesPerUnit))
    const thing = options.thing ?? random.pick(['object', 'small', 'string', 'closure', ...(runtime === 'node' ? ['listener'] : [])])
    const bytes = Math.max(24, Math.round(bytesPerUnit * stride))
    leaking(by, options.from ?? 0, stride, options.order?.replace('$', String(bytes)) ?? `L ${thing} ${bytes}`)
  }
  const leaking = (by: 'requests' | 'errors' | 'time', from: number, stride: number, what: string): void => {
    scenario.leakStart = from * duration
    scenario.byTime = by === 'time'
    says('leak')
    let units = 0
    let done = 0
    let last = 0
    add((now, order) => {
      const passed = now.second - last
      last = now.second
      if (now.share < from) return
      units += by === 'requests' ? now.requests : by === 'errors' ? now.errors : passed
      for (; done + stride <= units; done += stride) order(what)
    })
  }
  const cache = (entries: number, bytes: number, keyOf: (serial: number) => number): void => {
    const slot = slots(entries)
    const thing = random.pick(things)
    const known = new Set<number>()
    const keyAt: number[] = []
    let serial = 0
    let hand = 0
    add(({ requests }, order) => {
      for (let i = 0; i < requests; i++) {
        const key = keyOf(serial++)
        if (known.has(key)) continue
        // First in, first out: the place of the eldest is taken.
        const at = hand++ % entries
        if (keyAt[at] !== undefined) known.delete(keyAt[at])
        keyAt[at] = key
        known.add(key)
        order(`P ${slot + at} ${bytes} ${thing}`)
      }
    })
  }
  const step = (at: number, bytes: number, slot = slots(1)): void => {
    let done = false
    const thing = random.pick(things)
    add(({ share }, order) => {
      if (done || share < at) return
      done = true
      order(`B ${slot} ${Math.round(bytes)} ${Math.max(1, Math.round(bytes / random.pick([2000, 20_000])))} ${thing}`)
    })
  }
  const burst = (at: number, bytes: number, seconds: number, pin = 0): void => {
    const slot = slots(1)
    let state = 0
    const thing = random.pick(things)
    add(({ share, second }, order) => {
      if (state === 0 && share >= at) {
        state = 1
        order(`B ${slot} ${Math.round(bytes)} ${Math.round(bytes / 1000)} ${thing}`)
      } else if (state === 1 && second >= at * duration + seconds) {
        state = 2
        order(pin > 0 ? `K ${slot} ${pin}` : `D ${slot}`)
      }
    })
  }
  const held = (bytesPerLoad: number): void => {
    const pieces = 400
    const slot = slots(pieces)
    let now = 0
    const each = Math.max(100, Math.round(bytesPerLoad / 100))
    const thing = random.pick(things)
    add(({ load }, order) => {
      const wanted = Math.min(pieces, Math.round(load * 100))
      for (; now < wanted; now++) order(`P ${slot + now} ${each} ${thing}`)
      for (; now > wanted; now--) order(`D ${slot + now - 1}`)
    })
  }
  const sineLoad = (): void => {
    const period = random.between(0.15, 0.5)
    const phase = random.between(0, 6.28)
    const depth = random.between(0.5, 0.95)
    scenario.load = (share) => 1 + depth * Math.sin((2 * Math.PI * share) / period + phase)
  }
  const warm = (bytes: number, tau: number): void => {
    const pieces = 600
    const slot = slots(pieces)
    let done = 0
    const thing = random.pick(things)
    add(({ share }, order) => {
      const due = Math.min(pieces, Math.round(pieces * (1 - Math.exp(-share / tau)) * 1.01))
      for (; done < due; done++) order(`P ${slot + done} ${Math.round(bytes / pieces)} ${thing}`)
    })
  }
  const uniform = (keys: number) => (): number => Math.floor(random.next() * keys)
  const zipf = (keys: number) => (): number => Math.floor(keys ** random.next())
  switch (kind) {
    case 'stable':
      says('stable', 'sawtooth')
      if (runtime === 'java') scenario.accept.push('warmup')
      break
    case 'sawtooth':
      says('sawtooth', 'stable')
      if (runtime === 'java') scenario.accept.push('warmup')
      break
    case 'flush': {
      says('sawtooth', 'stable', ...(runtime === 'c' || runtime === 'python' ? (['burst'] as const) : []))
      const period = random.between(10, 40)
      const bytes = Math.round(random.scale(800, 6000))
      const slot = slots(Math.ceil(rps * period * 1.5) + 10)
      let count = 0
      let cycle = 0
      const thing = random.pick(things)
      add(({ second, requests }, order) => {
        if (Math.floor(second / period) !== cycle) {
          cycle = Math.floor(second / period)
          for (let i = 0; i < count; i++) order(`D ${slot + i}`)
          count = 0
        }
        for (let i = 0; i < requests && count < rps * period * 1.4; i++) order(`P ${slot + count++} ${bytes} ${thing}`)
      })
      break
    }
    case 'cache-rand': {
      says('plateau', ...(runtime === 'java' ? (['warmup'] as const) : []))
      const entries = Math.round(rps * duration * random.between(0.1, 0.35))
      cache(Math.round(entries * 1.5), Math.round(random.scale(800, 5000)), uniform(entries))
      break
    }
    case 'cache-zipf': {
      says('plateau', 'warmup')
      const entries = Math.round(rps * duration * random.between(0.05, 0.2))
      cache(entries, Math.round(random.scale(1000, 5000)), zipf(entries * random.pick([1, 2, 3])))
      break
    }
    case 'cache-seq': {
      says('plateau')
      const entries = Math.round(rps * duration * random.between(0.15, 0.6))
      cache(entries, Math.round(random.scale(800, 4000)), (serial) => serial)
      break
    }
    case 'cache-unreached': {
      says('plateau')
      const entries = Math.round(rps * duration * random.between(0.45, 0.65))
      cache(entries * 2, Math.round(random.scale(800, 3000)), uniform(entries))
      break
    }
    case 'warmup':
      says('warmup', 'plateau', 'stable')
      warm(random.scale(4, 25) * MB, random.between(0.02, 0.12))
      break
    case 'pool': {
      says('plateau', 'stable', 'warmup')
      const most = Math.round(random.between(30, 90))
      const bytes = Math.round(random.scale(50_000, 300_000))
      const slot = slots(most)
      let open = 1
      const thing = random.pick(things)
      add(({ requests }, order) => {
        for (let i = 0; i < requests; i++) {
          const busy = Math.min(most, Math.ceil((-Math.log(1 - random.next()) * most) / 6))
          for (; open < busy; open++) order(`P ${slot + open} ${bytes} ${thing}`)
        }
      })
      break
    }
    case 'step':
      says('step')
      step(random.between(0.25, 0.75), random.scale(6, 30) * MB)
      break
    case 'steps': {
      says('step', 'plateau')
      const first = random.between(0.15, 0.4)
      step(first, random.scale(5, 25) * MB)
      step(random.between(first + 0.15, 0.8), random.scale(5, 25) * MB)
      break
    }
    case 'reload': {
      says('step', 'plateau', 'stable', 'burst', 'sawtooth')
      const slot = slots(1)
      const bytes = random.scale(8, 25) * MB
      const gap = random.between(0.12, 0.25)
      for (let at = random.between(0.1, 0.25); at < 0.97; at += gap) step(at, bytes, slot)
      break
    }
    case 'diurnal':
      says('diurnal', 'sawtooth', ...(runtime === 'java' ? (['stable'] as const) : []))
      sineLoad()
      held(random.scale(4, 20) * MB)
      break
    case 'ramp': {
      says('diurnal')
      const [from, to] = [random.between(0.1, 0.4), random.between(1.4, 2)]
      scenario.load = (share) => from + (to - from) * share
      held(random.scale(5, 20) * MB)
      break
    }
    case 'burst': {
      says('burst', 'stable', 'step', ...(runtime === 'java' ? (['warmup'] as const) : []))
      burst(random.between(0.2, 0.6), random.scale(15, 60) * MB, random.between(4, 8))
      if (random.chance(0.3)) burst(random.between(0.65, 0.85), random.scale(15, 50) * MB, random.between(4, 7))
      break
    }
    case 'burst-pin':
      says('burst', 'step', 'stable', ...(runtime === 'java' ? (['warmup'] as const) : []))
      burst(random.between(0.2, 0.6), random.scale(15, 45) * MB, random.between(4, 8), random.pick([20, 30, 40, 60]))
      break
    case 'lazyfree': {
      says('sawtooth', 'burst', 'stable', 'plateau')
      scenario.needsLazyFree = true
      const top = random.between(15, 60) * MB
      const period = random.between(4, 12)
      const until = random.between(0.3, 1)
      let phase = 0
      add(({ second, share }, order) => {
        const at = Math.floor(second / (period / 2))
        if (at === phase) return
        phase = at
        const bytes = Math.round(top * Math.min(1, 0.2 + (0.8 * share) / until))
        order(at % 2 === 1 ? `A ${bytes}` : `Z ${bytes}`)
      })
      break
    }
    case 'mapped-file': {
      says('plateau', 'stable', 'warmup')
      const top = random.between(20, 100) * MB
      const until = random.between(0.3, 1.2)
      let last = 0
      add(({ share }, order) => {
        const bytes = Math.round(top * Math.min(1, share / until))
        if (bytes > last + MB) order(`I ${(last = bytes)}`)
      })
      break
    }
    case 'fragmentation': {
      says('plateau', 'stable', 'warmup')
      const count = Math.round(random.scale(3000, 20_000))
      const slot = slots(count)
      const most = random.scale(1000, 5000)
      const thing = random.pick(['string', 'buffer'])
      let filled = 0
      add(({ requests }, order) => {
        for (let i = 0; i < requests * 5; i++) {
          const at = filled < count ? filled++ : Math.floor(random.next() * count)
          order(`P ${slot + at} ${Math.round(50 + random.next() ** 2 * most)} ${thing}`)
        }
      })
      break
    }
    case 'sessions': {
      // Sessions end after a time: what came first goes when as much again has come.
      says('plateau', 'stable', 'warmup')
      const life = random.between(0.05, 0.3) * duration
      const room = Math.ceil(rps * life * 0.5)
      const slot = slots(room)
      const bytes = Math.round(random.scale(1000, 8000))
      const thing = random.pick(things)
      let count = 0
      add(({ requests }, order) => {
        for (let i = 0; i < requests; i++) if (random.chance(0.5)) order(`P ${slot + (count++ % room)} ${bytes} ${thing}`)
      })
      break
    }
    case 'batch': {
      // A job every so often that needs much, as much each time.
      says('sawtooth', 'stable', 'burst', 'plateau')
      const bytes = random.scale(5, 30) * MB
      const gap = random.between(0.08, 0.3)
      for (let at = random.between(0.02, gap); at < 0.95; at += gap) burst(at, bytes * random.between(0.8, 1.05), random.between(2, 5))
      break
    }
    case 'leak-fast':
      leak(random.scale(400, 900) * MB)
      break
    case 'leak-medium':
      leak(random.scale(120, 450) * MB, { by: random.chance(0.2) ? 'time' : 'requests' })
      break
    case 'leak-slow':
      leak(random.scale(35, 150) * MB)
      break
    case 'leak-tiny':
      leak(random.scale(12, 45) * MB)
      break
    case 'leak-errors':
      scenario.errorShare = random.between(0.02, 0.08)
      leak(random.scale(120, 500) * MB, { by: 'errors' })
      break
    case 'leak-late':
      leak(random.scale(250, 800) * MB, { from: random.between(0.25, 0.5) })
      break
    case 'leak-idle': {
      scenario.idleFrom = random.between(0.6, 0.8)
      leak(random.scale(250, 700) * MB, { by: random.chance(0.25) ? 'time' : 'requests' })
      break
    }
    case 'leak-diurnal':
      sineLoad()
      held(random.scale(2, 10) * MB)
      leak(random.scale(200, 600) * MB)
      break
    case 'leak-cache': {
      const entries = Math.round(rps * duration * random.between(0.05, 0.2))
      cache(Math.round(entries * 1.5), Math.round(random.scale(500, 2500)), uniform(entries))
      leak(random.scale(200, 600) * MB)
      break
    }
    case 'leak-warm':
      warm(random.scale(3, 12) * MB, random.between(0.02, 0.08))
      leak(random.scale(150, 600) * MB)
      break
    case 'leak-stairs': {
      const count = random.pick([6, 6, 7, 7, 8])
      const bytes = Math.round(random.between(2, 6) * MB)
      let done = 0
      const pieces = random.pick([50, 200, 1000])
      const thing = random.pick(['object', 'small', 'string'])
      add(({ share }, order) => {
        const due = Math.min(count, Math.floor(share * count - 0.6) + 1)
        for (; done < due; done++) for (let i = 0; i < pieces; i++) order(`L ${thing} ${Math.round(bytes / pieces)}`)
      })
      says('leak')
      break
    }
    case 'leak-restart':
      scenario.restartAt = random.between(0.25, 0.5) * duration
      leak(random.scale(250, 700) * MB)
      break
    case 'leak-thread':
      leaking('time', 0, 1 / random.between(0.3, 1.2), `T ${Math.round(random.scale(500, 20_000))}`)
      break
    case 'leak-goroutine':
      // Little work, each leaving one that waits for ever.
      scenario.requestsPerSecond = Math.round(random.scale(4, 40))
      leaking('requests', 0, random.pick([1, 1, 2, 3]), `T ${Math.round(random.scale(100, 4000))}`)
      break
    case 'leak-shared':
      leaking(random.pick(['time', 'requests']), 0, random.pick([1, 2, 5]), `M ${Math.round(random.scale(5000, 200_000))}`)
      break
    case 'leak-fd':
      leaking('time', 0, 1 / random.between(0.5, 2), 'F')
      break
    case 'leak-native':
      leak(random.scale(150, 600) * MB, { order: 'N $' })
      break
  }
  return scenario
}

export const KINDS = [
  ...Array<string>(2).fill('stable'), ...Array<string>(3).fill('sawtooth'), ...Array<string>(3).fill('flush'), ...Array<string>(3).fill('cache-rand'), 'cache-zipf', 'cache-zipf',
  ...Array<string>(4).fill('cache-seq'), 'cache-unreached', 'warmup', 'warmup', 'pool', 'pool', 'step', 'step', 'steps', 'reload', 'diurnal', 'diurnal', 'ramp', 'ramp', 'burst', 'burst',
  'burst-pin', 'burst-pin', 'lazyfree', 'mapped-file', 'fragmentation', 'fragmentation', 'sessions', 'batch', 'batch',
  'leak-fast', 'leak-medium', 'leak-medium', 'leak-medium', 'leak-slow', 'leak-slow', 'leak-slow', 'leak-tiny', 'leak-tiny', 'leak-errors', 'leak-errors', 'leak-late', 'leak-idle', 'leak-idle', 'leak-diurnal',
  'leak-diurnal', 'leak-cache', 'leak-warm', 'leak-stairs', 'leak-stairs', 'leak-restart', 'leak-thread', 'leak-goroutine', 'leak-shared', 'leak-fd', 'leak-native', 'leak-native',
] as const

function runtimesFor(kind: string): readonly Runtime[] {
  if (kind === 'lazyfree' || kind === 'mapped-file') return ['c']
  if (kind === 'leak-thread') return ['c', 'python', 'java', 'go']
  if (kind === 'leak-goroutine') return ['go']
  if (kind === 'leak-shared') return ['c']
  if (kind === 'leak-fd') return ['c', 'python']
  if (kind === 'leak-native') return ['node', 'node', 'python', 'java', 'go']
  if (kind === 'fragmentation') return ['c', 'c', 'python']
  if (kind === 'sawtooth') return ['node', 'java', 'go']
  return ['node', 'node', 'node', 'java', 'java', 'go', 'go', 'python', 'python', 'c', 'c']
}

function thingsOf(runtime: Runtime): readonly string[] {
  return runtime === 'node' ? ['object', 'small', 'string', 'object'] : ['object', 'small', 'string', 'buffer']
}

/** Flags and environment: the collectors and allocators programs run with. */
function dress(scenario: Scenario, random: Draw): void {
  switch (scenario.runtime) {
    case 'java':
      scenario.flags = random.pick([
        ['-Xmx128m', '-XX:+UseSerialGC', '-Xmn12m'],
        ['-Xmx160m', '-XX:+UseSerialGC'],
        ['-Xmx192m', '-XX:+UseParallelGC'],
        ['-Xmx128m', '-XX:+UseG1GC', '-XX:G1HeapRegionSize=1m'],
        ['-Xmx256m', '-XX:+UseG1GC', '-XX:G1HeapRegionSize=1m'],
        ['-Xmx128m', '-XX:+UseSerialGC', '-Xmn24m'],
      ])
      break
    case 'node':
      scenario.flags = random.chance(0.25) ? ['--max-semi-space-size=1'] : []
      break
    case 'go':
      scenario.environment = { ...(random.chance(0.2) ? { GOGC: random.pick(['50', '200']) } : {}), ...(random.chance(0.25) ? { GODEBUG: 'madvdontneed=0' } : {}) }
      scenario.needsLazyFree = scenario.environment['GODEBUG'] !== undefined
      break
    case 'python':
      scenario.reports = true
      if (random.chance(0.25)) scenario.flags = ['traced']
      break
    default:
      scenario.environment = random.chance(0.15) ? { LD_PRELOAD: '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2' } : {}
      if (scenario.environment['LD_PRELOAD'] !== undefined) scenario.reports = false
  }
}
