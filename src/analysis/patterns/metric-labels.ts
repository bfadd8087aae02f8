import { hasClass, hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

export const metricLabels: Pattern = {
  id: 'metric-label-explosion',
  category: 'growing-collection',
  runtimes: ['v8'],
  title: 'a metric with a label that never repeats',
  proves: 'A metric\'s table of label values gains one entry each time.',
  disproves: 'A fixed set of routes, methods and codes.',
  why: 'Each new combination of label values is a new time series, kept for ever in the registry.',
  advice: 'Take ids out of labels: route templates instead of paths, classes instead of codes.',
  example: {
    before: 'requests.inc({ path: request.url })',
    after: 'requests.inc({ path: route.template })',
  },
  inOneSnapshot: { title: 'a metric with many label values' },
  confidence: 'medium',
  matches: (held) => hasEdge(held, /^(hashMap|_valueMap|_metrics|labelValues|aggregations|_attributesMap)$/, { above: 1 }) || hasClass(held, /^(Counter|Gauge|Histogram|Summary|Metric|Meter|AttributeHashMap)$/, { above: 1 }),
}
