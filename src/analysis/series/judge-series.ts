import type { MemorySeries } from '../../model/memory-series.ts'
import type { SeriesVerdict, SeriesVerdictName } from '../../model/series-verdict.ts'
import { isRefuted } from './collection-facts.ts'
import { countLeak } from './count-leak.ts'
import { type CaseFacts, caseFacts, type GrowthFacts } from './features.ts'
import { isAlarm, logistic, sumTrees, type VerdictWeights } from './forest.ts'
import { adviceFor, reasonsFor, wouldDecide } from './explain.ts'
import { chooseKind, exhaustion, retainedMemory, severityOf } from './outlook.ts'
import { drawSignals, type Signals } from './signals.ts'
import { VERDICT_WEIGHTS } from './verdict-weights.ts'

export interface JudgeOptions {
  /** `process`: use nothing the runtime says, as a monitor outside would. */
  evidence?: 'all' | 'process' | undefined
  weights?: VerdictWeights | undefined
}

/** Below this many samples there is no verdict but `undecided`. */
const FEWEST_SAMPLES = 24

/**
 * Does it leak? One verdict on one memory series.
 *
 * Method: signals (what may grow) → floor (what a sawtooth comes back to) → competing shapes → numbers → two forests of
 *   boosted trees: the probability of a leak, and which harmless course it is otherwise. A leak is said when it is likely on
 *   average over four looks, now and at 90, 80 and 70 % of the time. How the trees were grown, and on what: scripts/fit-verdict.ts.
 * Cost: 3–10 ms for 1,000 samples; the shapes cost the same whatever the sampling rate.
 * Inputs: any series; the newest epoch of at least 60 samples is judged.
 * Result: never more certain than its evidence: `undecided` for too few samples or no memory metric.
 */
export function judgeSeries(series: MemorySeries, { evidence = 'all', weights = VERDICT_WEIGHTS }: JudgeOptions = {}): SeriesVerdict {
  const signals = drawSignals(series, { evidence })
  const facts = caseFacts(signals)
  if (signals.sampleCount < FEWEST_SAMPLES || (facts.live === undefined && facts.process === undefined)) return undecided(signals)

  const odds = leakLogit(facts, weights)
  const now = logistic(odds)
  const { thresholds } = weights
  const counted = countLeak(signals)
  const known = (share: number): number => leakLogit(caseFacts(drawSignals(series, { evidence, share })), weights)
  const isRising = isAlarm(thresholds, signals.live === undefined, odds, known)
  const isGarbage = isRising && facts.live !== undefined && chooseKind(facts, signals, counted) === 'heap' && isRefuted(signals, facts.live.floor)
  const isLeak = counted !== undefined || (isRising && !isGarbage)
  const isGrowing = !isLeak && now >= thresholds.growing && stillRises(facts)
  const verdict = isLeak ? 'leak' : isGrowing ? 'growing' : harmlessClass(facts, weights)

  const kind = isLeak || isGrowing ? chooseKind(facts, signals, counted) : undefined
  const outlook = kind === undefined ? {} : exhaustion(facts, signals, kind)
  const partial: SeriesVerdict = {
    verdict,
    confidence: counted === undefined ? now : Math.max(now, counted.probability),
    kind,
    ...outlook,
    countPerHour: isLeak && counted?.kind === kind ? counted?.perHour : undefined,
    retained: isLeak ? undefined : retainedMemory(signals, facts),
    evidence: evidenceOf(signals),
    reasons: [],
    advice: '',
  }
  partial.severity = isLeak ? severityOf(partial) : undefined
  partial.reasons = reasonsFor(partial, facts, signals)
  partial.wouldDecide = wouldDecide(partial, signals)
  partial.advice = adviceFor(partial)
  return partial
}

/** The log odds that the process leaks, from its numbers. */
function leakLogit(facts: CaseFacts, weights: VerdictWeights): number {
  return sumTrees(weights.leak.trees, weights.leak.start, facts.numbers)
}

function harmlessClass(facts: CaseFacts, weights: VerdictWeights): SeriesVerdictName {
  // Trees are fitted to what moves; for what does not, no tree is needed.
  if ([facts.live, facts.process].every((block) => block === undefined || isLevel(block))) return 'stable'
  let best: { name: SeriesVerdictName; score: number } | undefined
  for (const { name, trees } of weights.classes) {
    const score = sumTrees(trees, 0, facts.numbers)
    if (best === undefined || score > best.score) best = { name, score }
  }
  return best?.name ?? 'undecided'
}

/** All values within 1 % of each other. */
function isLevel({ signal }: GrowthFacts): boolean {
  let low = Infinity
  let high = -Infinity
  for (const value of signal.values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return high - low <= 0.01 * Math.max(1, high)
}

/** The newest fifth of the time took part in the rise. */
function stillRises(facts: CaseFacts): boolean {
  const block = facts.live ?? facts.process
  if (block === undefined) return false
  const { values, noise } = block.floor
  const late = values[Math.max(0, values.length - 1 - Math.ceil(values.length / 5))]
  return values[values.length - 1] > late + noise
}

function evidenceOf(signals: Signals): SeriesVerdict['evidence'] {
  return {
    sampleCount: signals.sampleCount,
    spanSeconds: signals.spanSeconds,
    epoch: signals.epoch + 1,
    epochCount: signals.epochCount,
    live: signals.liveFrom ?? 'none',
    exactness: signals.exactness,
  }
}

function undecided(signals: Signals): SeriesVerdict {
  const noMemory = signals.process === undefined && signals.live === undefined
  return {
    verdict: 'undecided',
    confidence: 0.25, // the share of leaks among what people point this at, for want of anything better
    evidence: evidenceOf(signals),
    reasons: [
      noMemory
        ? { for: false, text: 'the series holds no memory metric that can be judged' }
        : { for: false, text: `${signals.sampleCount} samples over ${Math.round(signals.spanSeconds)} s are too few to tell a floor from a sawtooth` },
    ],
    wouldDecide: noMemory ? 'record at least RssAnon, better use after collections too' : `watch longer: at least ${FEWEST_SAMPLES} samples, better 200`,
    advice: 'Watch longer before acting on it.',
  }
}
