import type { MemorySeries, Metric } from '../../src/model/memory-series.ts'
import { MemorySeriesBuilder, type Sample } from '../../src/model/memory-series-builder.ts'

/**
 * Memory series of imagined processes with known truth: a course of live memory (a leak, a cache, a daily cycle, …) seen
 * through a runtime (reference counting, a collector with one or two generations, an allocator that keeps pages) by a
 * monitor with jitter and gaps. Seeded; more than 400 lines would be two files, but the courses and the runtimes only
 * make sense together.
 */

export type TrueClass = 'leak' | 'stable' | 'warmup' | 'plateau' | 'sawtooth' | 'step' | 'diurnal' | 'burst'

export interface GeneratedSeries {
  series: MemorySeries
  family: string
  label: TrueClass
  /** Other classes that are fair. */
  accept: TrueClass[]
  leakBytesPerHour: number
  /** Seconds after which the leak begins. */
  leakStart: number
  /** Seconds after which what fills has filled; before that nobody can tell it from a leak. */
  settledAt: number
}

interface Random {
  next(): number
  between(low: number, high: number): number
  /** Log-uniform. */
  scale(low: number, high: number): number
  normal(): number
  chance(p: number): boolean
  pick<T>(from: readonly T[]): T
}

export function seeded(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    scale: (low, high) => Math.exp(Math.log(low) + (Math.log(high) - Math.log(low)) * next()),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    chance: (p) => next() < p,
    pick: (from) => from[Math.floor(next() * from.length)]!,
  }
}

/** The course of one process: all in bytes, one value a sample. */
interface Course {
  seconds: Float64Array
  /** Requests of the interval that ends at each sample. */
  work: Float64Array
  errors: Float64Array
  live: Float64Array
  native: Float64Array
  external: Float64Array
  shared: Float64Array
  file: Float64Array
  threads: Float64Array
  /** Bytes the allocator or runtime keeps after they were freed, of the live maximum: 0…1. */
  keeps: number
  label: TrueClass
  accept: TrueClass[]
  leaked: Float64Array
  leakStart: number
  idleFrom: number
  settled: number
  needs?: 'native-memory' | 'external' | 'shared' | undefined
  /** Pages the allocator cannot give back, by sample. */
  stuck: Float64Array
  lazy: Float64Array
}

type Family = (course: Course, random: Random, level: number) => void

/** x in 0…1 of a sample. */
function share(course: Course, i: number): number {
  return course.seconds[i]! / course.seconds.at(-1)!
}

function each(course: Course, column: Float64Array, value: (x: number, i: number) => number): void {
  for (let i = 0; i < column.length; i++) column[i]! += value(share(course, i), i)
}

/** Cumulative work, 0…1, from a share of the span on. */
function workShare(course: Course, from = 0): Float64Array {
  const total = new Float64Array(course.work.length)
  for (let i = 1; i < total.length; i++) total[i] = total[i - 1]! + (share(course, i) >= from ? course.work[i]! : 0)
  const last = total.at(-1)! || 1
  return total.map((value) => value / last)
}

function says(course: Course, label: TrueClass, ...accept: TrueClass[]): void {
  course.label = label
  course.accept = accept
}

function modulate(course: Course, factor: (x: number) => number): void {
  for (let i = 0; i < course.work.length; i++) course.work[i]! *= factor(share(course, i))
}

function leakInto(course: Course, column: Float64Array, curve: ArrayLike<number>, bytes: number): void {
  for (let i = 0; i < column.length; i++) {
    column[i]! += curve[i]! * bytes
    course.leaked[i]! += curve[i]! * bytes
  }
  says(course, 'leak')
}

function size(random: Random, level: number): number {
  return Math.max(level * random.scale(0.04, 2), random.scale(300e3, 3e6))
}

function sine(course: Course, random: Random): (x: number) => number {
  const period = random.between(0.14, 0.75)
  const phase = random.chance(0.5) ? -Math.PI / 2 : random.between(0, 6.3)
  const depth = random.between(0.5, 0.95)
  const shapeOf = (x: number): number => 1 + depth * Math.sin((2 * Math.PI * x) / period + phase)
  modulate(course, shapeOf)
  return shapeOf
}

const stairs = (random: Random, count: number): ((x: number) => number) => {
  const offset = random.between(0.02, 0.12)
  const places = Array.from({ length: count }, (_, i) => offset + ((i + random.between(-0.15, 0.15)) * (1 - offset)) / count)
  return (x) => places.filter((place) => x >= place).length / count
}

export const FAMILIES: Readonly<Record<string, Family>> = {
  stable: (course) => says(course, 'stable', 'sawtooth'),
  'stable-ring': (course, random, level) => {
    const fill = random.between(0.01, 0.12)
    const ring = level * random.between(0.2, 2)
    each(course, course.live, (x) => ring * Math.min(1, x / fill))
    says(course, 'stable', 'sawtooth', 'warmup')
  },
  sawtooth: (course) => says(course, 'sawtooth', 'stable'),
  'random-walk': (course, random, level) => {
    const pull = random.between(0.005, 0.05)
    const kick = level * random.between(0.004, 0.02)
    let at = 0
    each(course, course.live, () => (at += -pull * at + kick * random.normal()))
    says(course, 'stable', 'sawtooth', 'plateau')
  },
  warmup: (course, random, level) => {
    const tau = random.between(0.01, 0.08)
    const rise = level * random.scale(0.1, 2.5)
    const linear = random.chance(0.4)
    each(course, course.live, (x) => rise * (linear ? Math.min(1, x / (2.5 * tau)) : 1 - Math.exp(-x / tau)))
    says(course, 'warmup', 'plateau', 'stable')
  },
  'plateau-fill': (course, random, level) => {
    const tau = random.between(0.06, 0.22)
    const rise = level * random.scale(0.15, 4)
    const q = random.chance(0.5) ? workShare(course) : undefined
    each(course, course.live, (x, i) => rise * (1 - Math.exp(-(q?.[i] ?? x) / tau)))
    says(course, 'plateau', 'warmup')
  },
  'plateau-slow': (course, random, level) => {
    const tau = random.between(0.22, 0.5)
    course.settled = tau
    const rise = level * random.scale(0.2, 3)
    each(course, course.live, (x) => rise * (1 - Math.exp(-x / tau)))
    says(course, 'plateau', 'warmup')
  },
  unreached: (course, random, level) => {
    const tau = random.between(0.45, 0.65)
    course.settled = 0.75
    const rise = level * random.scale(0.5, 4)
    each(course, course.live, (x) => rise * (1 - Math.exp(-x / tau)))
    says(course, 'plateau')
  },
  'plateau-log': (course, random, level) => {
    const tau = random.scale(0.01, 0.3)
    const rise = level * random.scale(0.15, 2)
    each(course, course.live, (x) => (rise * Math.log1p(x / tau)) / Math.log1p(1 / tau))
    says(course, 'plateau', 'warmup', 'stable')
  },
  'plateau-seq': (course, random, level) => {
    const fill = random.between(0.15, 0.6)
    const rise = level * random.scale(0.15, 4)
    const q = workShare(course)
    course.settled = share(course, q.findIndex((value) => value >= fill))
    each(course, course.live, (_x, i) => rise * Math.min(1, q[i]! / fill))
    says(course, 'plateau', 'warmup', 'step')
  },
  pool: (course, random, level) => {
    const rise = level * random.scale(0.2, 2)
    let high = 0
    const habit = random.between(0.1, 0.6)
    each(course, course.live, () => (high = Math.max(high, rise * Math.min(1, Math.abs(random.normal()) * habit * 0.35 + habit * 0.4))))
    says(course, 'plateau', 'stable', 'warmup')
  },
  fragmentation: (course, random, level) => {
    const tau = random.between(0.03, 0.25)
    const rise = level * random.scale(0.3, 3)
    each(course, course.stuck, (x) => rise * Math.min(1, (1 - Math.exp(-x / tau)) * 1.02))
    says(course, 'plateau', 'stable', 'warmup')
  },
  step: (course, random, level) => {
    const place = random.between(0.15, 0.8)
    const rise = level * random.scale(0.08, 3)
    each(course, course.live, (x) => (x >= place ? rise : 0))
    says(course, 'step')
  },
  steps: (course, random, level) => {
    const places = Array.from({ length: random.pick([2, 2, 3]) }, () => random.between(0.1, 0.9))
    const rises = places.map(() => level * random.scale(0.06, 1.2) * (random.chance(0.2) ? -0.4 : 1))
    each(course, course.live, (x) => places.reduce((sum, place, k) => sum + (x >= place ? rises[k]! : 0), 0))
    says(course, 'step', 'burst', 'plateau')
  },
  reload: (course, random, level) => {
    const first = random.between(0.1, 0.25)
    const rise = level * random.scale(0.3, 4)
    const every = random.between(0.12, 0.22)
    each(course, course.live, (x) => (x < first ? 0 : rise * (1 + ((x - first) % every < 0.015 && x - first > every / 2 ? 0.9 : 0))))
    says(course, 'step', 'plateau', 'stable', 'burst', 'sawtooth')
  },
  diurnal: (course, random, level) => {
    const load = sine(course, random)
    const rise = level * random.scale(0.15, 3)
    each(course, course.live, (x) => rise * load(x))
    says(course, 'diurnal', 'sawtooth')
  },
  ramp: (course, random, level) => {
    const [from, to] = [random.between(0.1, 0.5), random.between(1.4, 2)]
    modulate(course, (x) => from + (to - from) * x)
    const rise = level * random.scale(0.2, 3)
    const smooth = smoothed(course.work, 12)
    const top = Math.max(...smooth)
    each(course, course.live, (_x, i) => (rise * smooth[i]!) / top)
    says(course, 'diurnal')
  },
  burst: (course, random, level) => {
    bursts(course, random, level)
    course.keeps *= 0.2
    says(course, 'burst', 'stable')
  },
  'burst-retained': (course, random, level) => {
    bursts(course, random, level)
    course.keeps = random.between(0.7, 1)
    says(course, 'burst', 'step', 'stable', 'warmup')
  },
  ratchet: (course, random, level) => {
    let high = 0
    each(course, course.live, () => level * 0.12 * Math.abs(random.normal()) * random.next())
    const tall = level * random.scale(0.1, 0.8)
    each(course, course.stuck, () => (high = Math.max(high, tall * Math.abs(random.normal()) * 0.35)))
    says(course, 'plateau', 'stable', 'warmup', 'step')
  },
  flush: (course, random, level) => {
    const period = random.between(0.05, 0.35)
    const rise = level * random.scale(0.15, 5)
    const phase = random.chance(0.7) ? 0 : random.next()
    each(course, course.live, (x) => rise * ((x / period + phase) % 1))
    says(course, 'sawtooth', 'stable', 'diurnal', 'burst')
  },
  'page-cache': (course, random, level) => {
    const rise = level * random.scale(0.3, 10)
    const top = random.between(0.2, 1.5)
    each(course, course.file, (x) => rise * Math.min(top, x))
    says(course, 'stable', 'sawtooth', 'plateau')
  },
  'lazy-free': (course, random, level) => {
    const rise = level * random.scale(0.5, 4)
    const end = random.between(0.3, 0.9)
    const period = random.between(0.03, 0.12)
    each(course, course.lazy, (x) => (((x / period) % 1) < 0.55 ? rise * Math.min(1, 0.2 + x / end) : 0))
    each(course, course.stuck, (x) => (((x / period) % 1) < 0.55 ? 0 : rise * Math.min(1, 0.2 + x / end)))
    says(course, 'sawtooth', 'burst', 'stable', 'plateau')
  },
  leak: (course, random, level) => leakInto(course, course.live, random.chance(0.6) ? workShare(course) : course.seconds.map((_, i) => share(course, i)), size(random, level)),
  'leak-slow': (course, random, level) => leakInto(course, course.live, workShare(course), Math.max(level * random.scale(0.04, 0.25), 400e3)),
  'leak-warm': (course, random, level) => {
    FAMILIES['warmup']!(course, random, level)
    leakInto(course, course.live, workShare(course), size(random, level))
  },
  'leak-cache': (course, random, level) => {
    FAMILIES['plateau-fill']!(course, random, level * 0.3)
    leakInto(course, course.live, workShare(course), size(random, level))
  },
  'leak-late': (course, random, level) => {
    const from = random.between(0.12, 0.5)
    course.leakStart = from * course.seconds.at(-1)!
    leakInto(course, course.live, workShare(course, from), size(random, level))
  },
  'leak-errors': (course, random, level) => {
    const windows = Array.from({ length: random.pick([3, 4, 5, 6, 8, 12, 20]) }, () => random.between(0.02, 0.98))
    const width = random.between(0.01, 0.04)
    const burst = random.chance(0.6)
    for (let i = 1; i < course.errors.length; i++) {
      const inside = windows.some((at) => Math.abs(share(course, i) - at) < width)
      const expected = course.work[i]! * (burst ? (inside ? 0.05 : 0.0003) : 0.04)
      course.errors[i] = Math.max(0, Math.round(expected + Math.sqrt(expected) * random.normal()))
    }
    const total = new Float64Array(course.errors.length)
    for (let i = 1; i < total.length; i++) total[i] = total[i - 1]! + course.errors[i]!
    const last = total.at(-1)! || 1
    leakInto(course, course.live, total.map((value) => value / last), size(random, level))
  },
  'leak-idle': (course, random, level) => {
    const from = random.between(0.55, 0.85)
    course.idleFrom = from
    modulate(course, (x) => (x < from ? 1 : 0))
    leakInto(course, course.live, random.chance(0.75) ? workShare(course) : course.seconds.map((_, i) => share(course, i)), size(random, level))
  },
  'leak-diurnal': (course, random, level) => {
    const load = sine(course, random)
    const rise = level * random.scale(0.1, 1.2)
    each(course, course.live, (x) => rise * load(x))
    leakInto(course, course.live, random.chance(0.7) ? workShare(course) : course.seconds.map((_, i) => share(course, i)), Math.max(size(random, level), rise * 0.35))
  },
  'leak-stairs': (course, random, level) => {
    const climb = stairs(random, random.pick([5, 6, 6, 7, 7, 8, 9, 10, 12]))
    leakInto(course, course.live, course.seconds.map((_, i) => climb(share(course, i))), Math.max(size(random, level), 0.15 * level))
  },
  'leak-native': (course, random, level) => {
    course.needs = 'native-memory'
    leakInto(course, course.native, workShare(course), Math.max(level * random.scale(0.08, 1), 1e6))
  },
  'leak-external': (course, random, level) => {
    course.needs = 'external'
    leakInto(course, course.external, workShare(course), size(random, level))
  },
  'leak-shared': (course, random, level) => {
    course.needs = 'shared'
    leakInto(course, course.shared, workShare(course), size(random, level))
  },
  'leak-threads': (course, random, level) => {
    course.needs = 'native-memory'
    const count = random.scale(30, 500)
    each(course, course.threads, (x) => Math.round(count * x))
    leakInto(course, course.native, course.seconds.map((_, i) => share(course, i)), Math.max(level * random.scale(0.1, 1), count * 24e3))
  },
}

/** How often a family is drawn, relative to 1. */
const WEIGHTS: Readonly<Record<string, number>> = { leak: 4, 'leak-slow': 2.5, 'leak-errors': 2, 'leak-diurnal': 1.5, 'leak-native': 1.5, stable: 2, 'stable-ring': 1.5, sawtooth: 2.5, 'plateau-fill': 1.5, 'plateau-seq': 1.5, diurnal: 1.5, flush: 1.5 }

function bursts(course: Course, random: Random, level: number): void {
  const count = random.pick([1, 1, 1, 2, 3])
  const places = Array.from({ length: count }, () => random.between(0.12, 0.85))
  const width = random.between(0.015, 0.07)
  const rise = level * random.scale(0.5, 8)
  each(course, course.live, (x) => (places.some((at) => x >= at && x < at + width) ? rise : 0))
}

function smoothed(values: Float64Array, reach: number): Float64Array {
  let at = values[1] ?? 0
  return values.map((value) => (at += (value - at) / reach))
}

export interface GenerateOptions {
  family?: string | undefined
}

/** One series, wholly determined by its seed. */
export function generateSeries(seed: number, { family: wanted }: GenerateOptions = {}): GeneratedSeries {
  const random = seeded(seed)
  const family = wanted ?? drawFamily(random)
  const style = random.pick(['service', 'service', 'program', 'program', 'program'] as const)
  const course = emptyCourse(random, style)
  const level = style === 'service' ? random.scale(8e6, 600e6) : random.scale(1e6, 25e6)
  each(course, course.live, () => level)
  // The family may change the load, and courses by work must see the load it chose: first what modulates, then the rest.
  FAMILIES[family]!(course, random, level)
  const builder = new MemorySeriesBuilder({ name: `generated ${family} ${seed}`, format: 'generated', idsAreStable: false, notices: [] })
  const runtime = drawRuntime(course, random, style)
  runtime(course, random, level, builder)
  const active = course.idleFrom < 1 && course.label === 'leak' ? course.idleFrom : 1
  const hours = (course.seconds.at(-1)! * active - course.leakStart) / 3600
  return {
    series: builder.finish(),
    family,
    label: course.label,
    accept: course.accept,
    leakBytesPerHour: course.leaked.at(-1)! / hours,
    leakStart: course.leakStart,
    settledAt: course.settled * course.seconds.at(-1)!,
  }
}

function drawFamily(random: Random): string {
  const names = Object.keys(FAMILIES)
  const total = names.reduce((sum, name) => sum + (WEIGHTS[name] ?? 1), 0)
  let at = random.next() * total
  for (const name of names) if ((at -= WEIGHTS[name] ?? 1) < 0) return name
  return 'stable'
}

function emptyCourse(random: Random, style: 'service' | 'program'): Course {
  const program = style === 'program'
  const step = program ? random.pick([0.2, 0.2, 0.2, 0.4]) : random.pick([5, 10, 15, 20, 30, 60, 120])
  const count = program ? Math.round(random.pick([140, 140, 160, 200, 280]) / step) : Math.round(random.between(200, 420))
  const seconds: number[] = []
  for (let i = 0; i < count; i++) {
    if (!program && i > 1 && i < count - 1 && random.chance(0.01)) continue
    seconds.push(i * step + step * random.between(-0.02, 0.02) + step)
  }
  const n = seconds.length
  const zeros = (): Float64Array => new Float64Array(n)
  const rps = program ? random.pick([10, 60, 100, 120, 150, 200, 300]) : random.between(60, 130)
  const work = zeros()
  let mood = 0
  const moody = program ? 0 : random.between(0.02, 0.07)
  for (let i = 1; i < n; i++) {
    mood += -0.08 * mood + moody * random.normal()
    const expected = rps * (seconds[i]! - seconds[i - 1]!) * Math.exp(mood) * (program ? random.between(0.9, 1.1) : 1)
    work[i] = Math.max(0, Math.round(expected + Math.sqrt(expected) * 0.3 * random.normal()))
  }
  const errors = work.map(() => (random.chance(0.02) ? Math.ceil(random.between(0, 4)) : 0))
  const quiet = random.chance(0.4)
  return {
    seconds: Float64Array.from(seconds),
    work,
    errors: quiet ? zeros() : errors,
    live: zeros(),
    native: zeros(),
    external: zeros(),
    shared: zeros(),
    file: zeros(),
    threads: zeros(),
    stuck: zeros(),
    lazy: zeros(),
    keeps: random.between(0, 1),
    label: 'stable',
    accept: [],
    leaked: zeros(),
    leakStart: 0,
    idleFrom: 1,
    settled: 0,
  }
}

type Runtime = (course: Course, random: Random, level: number, builder: MemorySeriesBuilder) => void

function drawRuntime(course: Course, random: Random, style: 'service' | 'program'): Runtime {
  if (course.needs === 'external') return generational
  if (course.stuck.some((value) => value > 0) || course.lazy.some((value) => value > 0)) return random.chance(0.35) && style === 'service' ? traced : counted
  if (style === 'service') return traced
  if (course.needs === 'shared') return counted
  return random.pick([counted, counted, marking, generational, generational, tenured])
}

/** Samples that are the same for every runtime. */
function emit(course: Course, builder: MemorySeriesBuilder, i: number, totals: { requests: number; errors: number }, sample: Sample, file: number, random: Random, has: ReadonlySet<string>): void {
  totals.requests += course.work[i]!
  totals.errors += course.errors[i]!
  const anon = Math.max(4096, sample['rss-anon'] ?? 0)
  const all: Sample = { ...sample, 'rss-anon': anon, 'rss-file': file, rss: anon + file, 'request-total': totals.requests }
  if (course.errors.some((value) => value > 0)) all['error-total'] = totals.errors
  if (has.has('threads') || course.threads.at(-1)! > 0) all['thread-count'] = 4 + course.threads[i]!
  if (has.has('cgroup') || course.shared.at(-1)! > 0) {
    all['cgroup-anon'] = anon
    all['cgroup-shmem'] = course.shared[i]!
    all['cgroup-inactive-file'] = course.file[i]!
    all['cgroup-current'] = anon + course.shared[i]! + course.file[i]! + 100e3
  }
  if (course.lazy.at(-1)! > 0 || course.lazy.some((value) => value > 0)) {
    all['rss-anon'] = anon + course.lazy[i]!
    all['lazy-free'] = course.lazy[i]!
  }
  // Monitors report whole pages; counters are exact.
  for (const [name, value] of Object.entries(all)) if (!isCount(name) && value !== undefined) all[name as Metric] = Math.round(value / 1024) * 1024
  builder.add(course.seconds[i]! * 1000, all)
}

function isCount(name: string): boolean {
  return name.endsWith('-count') || name.endsWith('-total')
}

function parts(random: Random, ...chances: [string, number][]): Set<string> {
  return new Set(chances.filter(([, chance]) => random.chance(chance)).map(([name]) => name))
}

/** C, Python: what is freed is gone from the heap at once; the allocator may keep the pages. */
const counted: Runtime = (course, random, level, builder) => {
  const has = parts(random, ['heap', 0.5], ['total', 0.6], ['cgroup', 0.3])
  const base = random.scale(0.5e6, 9e6)
  const file = random.scale(1e6, 10e6)
  const slack = random.between(1, 1.15)
  const noise = random.chance(0.4) ? level * random.scale(0.0005, 0.02) : 0
  let held = 0
  const totals = { requests: 0, errors: 0 }
  for (let i = 0; i < course.live.length; i++) {
    const used = course.live[i]! + noise * Math.abs(random.normal())
    held = Math.max(used * slack, held - (held - used * slack) * (1 - course.keeps) * 0.8)
    const sample: Sample = { 'rss-anon': held + base + course.native[i]! + course.stuck[i]! }
    if (has.has('heap')) {
      sample['heap-used'] = used
      if (has.has('total')) sample['heap-committed'] = held + course.stuck[i]!
    }
    emit(course, builder, i, totals, sample, file, random, has)
  }
}

/** Services of any traced runtime: one collector, a committed heap that shrinks slowly, metrics or none. */
const traced: Runtime = (course, random, level, builder) => {
  const kind = random.pick(['none', 'used', 'after', 'after', 'after'] as const)
  const tooth = level * (course.label === 'sawtooth' && course.accept.length === 1 ? random.between(0.5, 1.4) : random.scale(0.04, 0.6))
  const volume = 1 / random.between(4, 80)
  const file = 20e6
  const base = level * random.between(0.05, 0.5)
  const fade = random.between(0.001, 0.006)
  const blur = random.chance(0.5) ? 0 : base * 0.02
  let garbage = tooth * random.next()
  let after = Number.NaN
  let collections = 0
  let committed = 0
  const perWork = tooth / (volume * course.work.reduce((sum, value) => sum + value, 1))
  const totals = { requests: 0, errors: 0 }
  const deadOld = random.chance(0.5) ? random.between(0, 0.06) : 0
  for (let i = 0; i < course.live.length; i++) {
    garbage += perWork * course.work[i]!
    if (garbage >= tooth) {
      garbage = 0
      collections++
      after = course.live[i]! * (1 + deadOld * Math.abs(random.normal()) * 0.5)
    }
    const used = course.live[i]! + garbage + level * 0.003 * random.normal()
    committed = Math.max(used * 1.05, committed * (1 - fade))
    if (course.keeps < 0.3 && used * 1.3 < committed) committed -= (committed - used * 1.1) * 0.3
    const sample: Sample = { 'rss-anon': committed + base + course.native[i]! + course.stuck[i]! + course.external[i]! + blur * random.normal(), 'gc-count': collections }
    if (kind !== 'none') {
      sample['heap-used'] = used
      sample['heap-committed'] = committed
      if (kind === 'after') sample['heap-live'] = after
    }
    emit(course, builder, i, totals, sample, file, random, new Set())
  }
}

/** Go: the whole heap is marked when it has doubled. */
const marking: Runtime = (course, random, _level, builder) => {
  const has = parts(random, ['cgroup', 0.3], ['threads', 0.3])
  const perRequest = random.scale(3e3, 40e3)
  const file = 1.3e6
  const growth = random.pick([1, 1, 1, 0.5])
  let used = course.live[0]!
  let goal = 4.2e6
  let live = 2.1e6
  let collections = 0
  let committed = 0
  const totals = { requests: 0, errors: 0 }
  for (let i = 0; i < course.live.length; i++) {
    const grown = i === 0 ? 0 : course.live[i]! - course.live[i - 1]!
    used += perRequest * course.work[i]! + Math.max(0, grown)
    let turns = 0
    while (used > goal && turns++ < 20) {
      collections++
      live = Math.max(2.1e6, course.live[i]! * (1 + 0.01 * Math.abs(random.normal())))
      const excess = Math.max(0, used - goal)
      goal = Math.max(4.2e6, live * (1 + growth))
      used = Math.min(goal, course.live[i]! + (excess % Math.max(1, goal - course.live[i]!)))
      if (used >= goal) break
    }
    const top = Math.min(goal, used * 1.15)
    committed = Math.max(top, committed - (committed - top) * (course.keeps > 0.5 ? 0 : 0.02)) // the scavenger is slow
    const sample: Sample = {
      'rss-anon': committed + 0.4e6 + course.native[i]! + course.stuck[i]!,
      'heap-used': used,
      'heap-committed': committed,
      'gc-count': collections,
      ...(collections > 0 ? { 'heap-live': live } : {}),
    }
    emit(course, builder, i, totals, sample, file, random, has)
  }
}

/** V8: many minor collections, few major ones; what is promoted and dies stays until the next major. */
const generational: Runtime = (course, random, _level, builder) => {
  const has = parts(random, ['cgroup', 0.25], ['threads', 0.2])
  const perRequest = random.scale(3e3, 30e3)
  const promoted = random.scale(0.002, 0.12)
  const young = random.pick([1e6, 4e6, 16e6])
  const file = 40e6
  const base = random.between(4e6, 10e6)
  let oldDead = 0
  let youngUsed = 0
  let seenLive = course.live[0]!
  let limit = course.live[0]! * 1.3 + 4e6
  let after = Number.NaN
  let full = Number.NaN
  let minors = 0
  let majors = 0
  let committed = 0
  const externalBase = 1.4e6
  const totals = { requests: 0, errors: 0 }
  for (let i = 0; i < course.live.length; i++) {
    const live = course.live[i]!
    const grown = i === 0 ? 0 : live - course.live[i - 1]!
    const garbage = perRequest * course.work[i]!
    youngUsed += garbage + Math.max(0, grown)
    if (grown < 0) oldDead -= grown
    let turns = 0
    while (youngUsed > young && turns++ < 6) {
      minors++
      oldDead += promoted * young * random.between(0.3, 1.7)
      youngUsed -= young
      seenLive = live
      after = live + oldDead
    }
    if (turns > 6) youngUsed = 0
    if (seenLive + oldDead > limit || (oldDead > 1e6 && random.chance(0.0008))) {
      majors++
      minors++
      oldDead *= random.between(0, 0.08)
      full = live + oldDead
      after = full
      limit = Math.max(full * random.between(1.4, 2), full + 4e6)
      youngUsed = 0
    }
    const used = live + oldDead + youngUsed
    const want = live + oldDead + young * (youngUsed > 0 ? 1 : 0.5) + 2e6
    committed = want > committed ? want : committed - (committed - want) * (course.keeps > 0.6 ? 0 : 0.01)
    const sample: Sample = {
      'rss-anon': committed + base + course.native[i]! + course.stuck[i]! + course.external[i]!,
      'heap-used': used,
      'heap-committed': committed,
      external: externalBase + course.external[i]!,
      'gc-count': minors,
      'gc-full-count': majors,
      ...(minors > 0 ? { 'heap-live': after } : {}),
      ...(majors > 0 ? { 'heap-floor': full } : {}),
    }
    emit(course, builder, i, totals, sample, file, random, has)
  }
}

/** A JVM: a fixed young space, promotion at each minor collection, a full collection only when the old space is full. */
const tenured: Runtime = (course, random, level, builder) => {
  const has = parts(random, ['cgroup', 0.25], ['threads', 0.2])
  const perRequest = random.scale(8e3, 40e3)
  const young = random.pick([12e6, 12e6, 30e6, 44e6])
  const window = random.chance(0.4) ? random.between(0.05, 0.4) : random.between(0, 0.02)
  const oldLimit = Math.max(...course.live) + random.between(30e6, 120e6) + level
  const committed = young + oldLimit
  const base = random.between(14e6, 40e6)
  const clears = random.pick([0.02, 0.02, 0.6])
  let oldDead = 0
  let youngUsed = 0
  let after = Number.NaN
  let full = Number.NaN
  let minors = 0
  let majors = 0
  let touched = 4e6
  let warm = 0
  const totals = { requests: 0, errors: 0 }
  for (let i = 0; i < course.live.length; i++) {
    const live = course.live[i]!
    const grown = i === 0 ? 0 : live - course.live[i - 1]!
    if (grown < 0) oldDead -= grown
    youngUsed += perRequest * course.work[i]! + Math.max(0, grown)
    let turns = 0
    while (youngUsed > young && turns++ < 6) {
      youngUsed -= young
      minors++
      oldDead += window * young * random.between(0.8, 1.2)
      if (clears > 0.5 && oldDead > 0.45 * oldLimit) oldDead *= 0.3 // a mixed collection
      after = live + oldDead
    }
    if (turns > 6) youngUsed = 0
    if (live + oldDead > oldLimit) {
      majors++
      oldDead = 0
      full = live
      after = live
    }
    touched = Math.max(touched, Math.min(youngUsed, young) + live + oldDead)
    warm += (1 - warm) * 0.01
    const sample: Sample = {
      'rss-anon': touched + base * (0.5 + 0.5 * warm) + course.native[i]! + course.stuck[i]! + course.external[i]!,
      'heap-used': live + oldDead + Math.min(youngUsed, young),
      'heap-committed': committed,
      'gc-count': minors,
      ...(minors > 0 ? { 'heap-live': after } : {}),
      ...(majors > 0 ? { 'heap-floor': full, 'gc-full-count': majors } : {}),
    }
    emit(course, builder, i, totals, sample, 21e6, random, has)
  }
}
