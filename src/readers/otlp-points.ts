import type { Run } from '../base/run.ts'
import { type Labels, metricOf, MetricSamples } from './metric-names.ts'
import type { SampleTable } from './sample-table.ts'

/** One data point of an OpenTelemetry metric, however it was encoded. */
export interface OtlpPoint {
  /** As published, with dots. */
  name: string
  /** A number is a gauge's or a sum's; a count is how many values a histogram or summary holds. */
  kind: 'number' | 'count'
  /** Values are differences to the point before. */
  isDelta: boolean
  attributes: Labels
  timeMs: number
  value: number
}

/** Attributes of a resource that tell processes apart, in the order in which they are shown. */
const IDENTITY = ['service.name', 'service.instance.id', 'k8s.pod.name', 'k8s.container.name', 'container.name', 'container.id', 'host.name', 'process.executable.name', 'process.pid']
/** What Prometheus exporters put behind a name of this unit. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = { number: ['_bytes', '_total', ''], count: ['_seconds_count', '_count'] }

/**
 * Points of OpenTelemetry metrics on their way to samples. A name is looked up as a Prometheus exporter would write it
 * (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/): dots as underscores, the unit behind.
 * Deltas are added up from the first point on: such a count begins at 0 where the recording begins.
 */
export class OtlpPoints {
  readonly #samples = new MetricSamples()
  readonly #sums = new Map<string, number>()
  readonly #run: Run

  constructor(run: Run) {
    this.#run = run
  }

  add(resource: Labels, point: OtlpPoint): void {
    this.#run.checkpoint()
    const base = underscored(point.name)
    const labels = Object.fromEntries(Object.entries(point.attributes).map(([key, value]) => [underscored(key), value]))
    const name = SUFFIXES[point.kind]?.map((suffix) => base + suffix).find((each) => metricOf(each, labels) !== undefined)
    if (name === undefined) return
    const process = processOf(resource)
    let { value } = point
    if (point.isDelta) {
      const key = JSON.stringify([process, name, labels])
      value += this.#sums.get(key) ?? 0
      this.#sums.set(key, value)
    }
    this.#samples.add({ name, labels, timeMs: Math.round(point.timeMs), value, process })
  }

  addTo(table: SampleTable): void {
    this.#samples.addTo(table)
  }
}

function processOf(resource: Labels): string {
  return IDENTITY.map((key) => (Object.hasOwn(resource, key) ? resource[key] : '')).filter((value) => value !== '').join(' ')
}

function underscored(name: string): string {
  return name.replace(/[^A-Za-z0-9_]+/g, '_')
}
