import type { LabelCounts, Stats } from './counts.ts'

/** `shouldGoAway` is one. */
interface Counted {
  stats(): Stats
}

const OUTCOMES = ['watched', 'gone', 'late', 'retained', 'dropped'] as const satisfies readonly (keyof LabelCounts)[]

/**
 * The counts of all watches in Prometheus' text format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/), to be answered by the program's own `/metrics`.
 */
export function prometheusText(shouldGoAway: Counted): string {
  const { watching, byLabel } = shouldGoAway.stats()
  const lines = ['# HELP stillhere_watching Objects that are watched now.', '# TYPE stillhere_watching gauge', `stillhere_watching ${watching}`, '# HELP stillhere_watches_total Watches by label and by what became of the object.', '# TYPE stillhere_watches_total counter']
  for (const [label, counts] of byLabel) {
    for (const outcome of OUTCOMES) lines.push(`stillhere_watches_total{label="${escapeValue(label)}",outcome="${outcome}"} ${counts[outcome]}`)
  }
  return `${lines.join('\n')}\n`
}

/** As much of `@opentelemetry/api`'s Meter as is needed; pass `metrics.getMeter('stillhere')`. */
export interface MeterLike {
  createObservableCounter(name: string, options?: { description?: string }): { addCallback(callback: (result: { observe(value: number, attributes?: Record<string, string>): void }) => void): void }
  createObservableGauge(name: string, options?: { description?: string }): { addCallback(callback: (result: { observe(value: number, attributes?: Record<string, string>): void }) => void): void }
}

/** The same counts as OpenTelemetry instruments. */
export function observeWithOpenTelemetry(shouldGoAway: Counted, meter: MeterLike): void {
  meter.createObservableGauge('stillhere.watching', { description: 'Objects that are watched now.' }).addCallback((result) => result.observe(shouldGoAway.stats().watching))
  meter.createObservableCounter('stillhere.watches', { description: 'Watches by label and by what became of the object.' }).addCallback((result) => {
    for (const [label, counts] of shouldGoAway.stats().byLabel) {
      for (const outcome of OUTCOMES) result.observe(counts[outcome], { label, outcome })
    }
  })
}

function escapeValue(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
