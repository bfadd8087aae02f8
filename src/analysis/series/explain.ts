import { bytesText, countText } from '../../base/bytes-text.ts'
import type { SeriesVerdict } from '../../model/series-verdict.ts'
import type { CaseFacts, GrowthFacts } from './features.ts'
import type { Signals } from './signals.ts'

/** The words of a verdict: why, why not something else, what would settle it, what to do. */

const SHAPE_WORDS: Readonly<Record<string, string>> = {
  constant: 'stays level',
  exponential: 'rises and levels off',
  logarithm: 'rises ever more slowly',
  'ramp-flat': 'rises, then stays level',
  'ramp-slower': 'rises, then hardly any more',
  step: 'jumps once and stays',
  'two-steps': 'jumps twice',
  rate: 'follows the request rate',
  sine: 'goes up and down in a cycle',
  line: 'rises evenly',
  'by-requests': 'rises with the requests served, not with time',
  'by-errors': 'rises with the errors, not with time',
  'late-ramp': 'begins to rise later and goes on',
  'step-line': 'jumps once and rises evenly besides',
  'warm-line': 'warms up, then goes on rising evenly',
  'rate-line': 'follows the load and rises evenly below it',
  'rate-requests': 'follows the load and rises with each request',
  'sine-line': 'goes up and down on a rising floor',
}

const SOURCE_WORDS = { 'heap-floor': 'use after full collections', 'heap-live': 'use after collections', 'heap-used': 'heap in use', none: 'memory of the process' } as const

/** Sentences for and against a leak, the one that decided first. */
export function reasonsFor(verdict: SeriesVerdict, facts: CaseFacts, signals: Signals): SeriesVerdict['reasons'] {
  const reasons: SeriesVerdict['reasons'] = []
  const block = facts.live ?? facts.process
  const accused = verdict.verdict === 'leak' || verdict.verdict === 'growing'
  if (block !== undefined) {
    const name = facts.live === undefined ? 'memory of the process' : SOURCE_WORDS[signals.liveFrom ?? 'none']
    reasons.push({ for: block.shapes.best.grows, text: `${name} ${SHAPE_WORDS[block.shapes.best.name] ?? 'moves'}: floor ${levels(block)}, ${countText(block.floor.values.length)} points` })
  }
  if (facts.live !== undefined && facts.process !== undefined) {
    const { best } = facts.process.shapes
    reasons.push({ for: best.grows, text: `memory of the process ${SHAPE_WORDS[best.name] ?? 'moves'}: ${levels(facts.process)}` })
  }
  if (verdict.kind === 'native') reasons.push({ for: true, text: 'what grows lies outside the runtime’s heap: native allocations, stacks or fragmentation' })
  if (verdict.kind === 'external') reasons.push({ for: true, text: 'external memory of the runtime grows: buffers and the like' })
  if (verdict.kind === 'shared-memory') reasons.push({ for: true, text: 'shared memory grows, which no single process shows as its own' })
  if (block !== undefined && accused) reasons.push(...against(block, signals))
  if (verdict.retained !== undefined) {
    const keeper = { 'lazy-free': 'the kernel takes them when it needs them', allocator: 'the allocator or runtime keeps them', 'page-cache': 'they are pages of files' }[verdict.retained.by]
    reasons.push({ for: false, text: `${bytesText(verdict.retained.bytes)} are resident but not in use: ${keeper}` })
  }
  if (signals.exactness > 0 && signals.exactness < 0.6) reasons.push({ for: false, text: 'hardly any full collection was seen: what is dead already may still be counted as live' })
  if (signals.live === undefined) reasons.push({ for: false, text: withoutLive(signals) })
  return reasons
}

/** Why nothing is said of live memory. */
function withoutLive({ full, after }: Signals): string {
  const last = (full ?? after)?.values.at(-1)
  return last === undefined
    ? 'nothing is known from inside the runtime: this rests on the process’s memory alone'
    : `the runtime’s word on live memory (${bytesText(last)} at last) changed too seldom to show a course: this rests on the process’s memory`
}

/** What it is not, where the numbers say so. */
function against(block: GrowthFacts, signals: Signals): SeriesVerdict['reasons'] {
  const { values } = block.floor
  const n = values.length
  const late = values[n - 1] - values[Math.floor(0.6 * (n - 1))]
  const all = values[n - 1] - values[0]
  const reasons: SeriesVerdict['reasons'] = []
  if (all > 0 && late / all > 0.25) reasons.push({ for: true, text: `not a warm-up: ${Math.round((100 * late) / all)} % of the rise came in the last 40 % of the time` })
  if (signals.requests !== undefined && block.shapes.best.name !== 'rate') reasons.push({ for: true, text: 'not the load: memory does not follow the request rate' })
  return reasons
}

function levels({ floor }: GrowthFacts): string {
  // A foot of a sawtooth is worked out, not read: it may come out below nothing.
  const text = (bytes: number): string => bytesText(Math.max(0, bytes))
  return `${text(floor.values[0])} → ${text(floor.values[floor.values.length - 1])}`
}

/** What would make the answer surer. */
export function wouldDecide(verdict: SeriesVerdict, signals: Signals): string | undefined {
  if (verdict.verdict === 'leak' && verdict.confidence > 0.9) return undefined
  if (verdict.verdict !== 'leak' && verdict.verdict !== 'growing' && verdict.confidence < 0.2) return undefined
  if (signals.live === undefined) return 'metrics from inside the runtime (use after collections), or a longer watch'
  if (signals.exactness < 1) return 'five to eight forced full collections, evenly spaced: `stillhere confirm` does that'
  return 'a longer watch, or `stillhere confirm`: an idle phase and a restart'
}

/** What to do about it, in a sentence or two. */
export function adviceFor(verdict: SeriesVerdict): string {
  switch (verdict.verdict) {
    case 'leak':
      return `${whatToTake(verdict)}${stopgap(verdict)}`
    case 'growing':
      return 'It grows, but it may still be filling a cache: watch on, or force the answer with `stillhere confirm`.'
    case 'plateau':
    case 'warmup':
      return 'It rose and levelled off: give it the memory it settled at, with room for its peaks.'
    case 'step':
      return 'It jumped and stayed: look at what was loaded or configured at that moment, if the new level is too high.'
    case 'diurnal':
      return 'It follows the load: size for the peak.'
    case 'burst':
      return 'A short peak set the level: limit the work done at once, if the peak is too high.'
    case 'undecided':
      return 'Watch longer before acting on it.'
    default:
      return 'No growth that needs an action.'
  }
}

function whatToTake({ kind }: SeriesVerdict): string {
  switch (kind) {
    case 'heap':
      return 'Compare two heap snapshots taken some time apart: what was born between them and is still here is the leak.'
    case 'external':
      return 'Look for buffers that are kept: a heap snapshot shows who holds them.'
    case 'process':
      return 'Nothing tells yet whether the heap grows or native memory: look into the heap first (`stillhere hunt`); what is not there is for a native allocation profile (heaptrack, jemalloc or the runtime’s own).'
    case 'native':
      return 'Take a native allocation profile (heaptrack, jemalloc or the runtime’s own): the growth is outside what the runtime counts.'
    case 'shared-memory':
      return 'List what lies in /dev/shm and which memfds are open: something creates shared memory and never removes it.'
    case 'fds':
      return 'List the open descriptors by kind (`ls -l /proc/PID/fd`): something opens and never closes.'
    case 'threads':
    case 'goroutines':
      return 'Dump the stacks and count equal ones: the place where most of them wait is where they are started and never ended.'
    default:
      return 'Find what is created and never released.'
  }
}

/** A restart well before the limit, for as long as the fix takes. */
function stopgap({ hoursLeft }: SeriesVerdict): string {
  if (hoursLeft === undefined || !Number.isFinite(hoursLeft.low)) return ''
  const every = hoursLeft.low * 0.7
  return every < 0.2 ? ' Until it is fixed it needs a restart now.' : ` Until it is fixed, restart it at least every ${every < 48 ? `${every.toFixed(every < 10 ? 1 : 0)} h` : `${Math.floor(every / 24)} d`}.`
}
