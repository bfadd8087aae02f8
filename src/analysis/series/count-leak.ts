import type { LeakKind } from '../../model/series-verdict.ts'
import { growthFacts } from './features.ts'
import { growthRate } from './growth-rate.ts'
import { COUNT_METRICS, type CountMetric, type Signals } from './signals.ts'

/** A count that only ever rises: descriptors, threads, goroutines, contexts, handles. */
export interface CountLeak {
  kind: LeakKind
  metric: CountMetric
  probability: number
  perHour: number
  from: number
  to: number
}

const KINDS: Readonly<Record<CountMetric, LeakKind>> = {
  'fd-count': 'fds',
  'thread-count': 'threads',
  'goroutine-count': 'goroutines',
  'context-count': 'contexts',
  'handle-count': 'handles',
}

/**
 * The clearest leak among the counts. A count has no sawtooth and hardly any noise, so plain rules do: it at least doubled
 * and rose by 20 or more, in many steps, evenly to the end.
 */
export function countLeak(signals: Signals): CountLeak | undefined {
  let best: CountLeak | undefined
  for (const metric of COUNT_METRICS) {
    const signal = signals.counts.get(metric)
    if (signal === undefined || signal.values.length < 60) continue
    const facts = growthFacts(signal, { requests: signals.requests, errors: signals.errors }, { smallestNoise: 0.3 })
    if (facts === undefined || facts.floor.values.length < 12) continue
    const { values } = facts.floor
    const from = values[0]
    const to = values[values.length - 1]
    const quarters = [0.25, 0.5, 0.75].map((share) => values[Math.round(share * (values.length - 1))])
    const even = [from, ...quarters, to].every((value, i, all) => i === 0 || value - all[i - 1] > 0.1 * (to - from))
    if (to - from < Math.max(20, from) || !even || facts.shapes.growing < 0.9) continue
    const rate = growthRate(facts, { requests: signals.requests, errors: signals.errors })
    if (rate !== undefined && (best === undefined || to / from > best.to / best.from)) {
      best = { kind: KINDS[metric], metric, probability: 0.95, perHour: rate.perHour.value, from, to }
    }
  }
  return best
}
