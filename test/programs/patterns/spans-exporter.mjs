class Span { constructor(n) { this.traceId = `trace-${n}`; this.attributes = { route: `/r/${n}` } } }
class InMemorySpanExporter { finishedSpans = []; export(span) { this.finishedSpans.push(span) } reset() { this.finishedSpans.length = 0 } }
const exporter = new InMemorySpanExporter()
export function leak(n) { exporter.export(new Span(n)) }
export function healthy(n) {
  exporter.export(new Span(n))
  if (n % 5 === 0) exporter.reset()
}
