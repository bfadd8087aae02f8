import type { RetainingGraph } from '../model/retaining-graph.ts'
import { type DotOptions, renderDot } from './dot.ts'

/**
 * A retaining graph as a drawing, laid out by Graphviz (compiled to WebAssembly, loaded on first use).
 * Cost: a start of about a tenth of a second; a few seconds at the limit of 200 nodes.
 * The result is one `<svg>` element without prologue, so that it can stand in a page as well as in a file.
 */
export async function renderSvg(graph: RetainingGraph, options: DotOptions = {}): Promise<string> {
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz')
  const graphviz = await Graphviz.load()
  const drawn = graphviz.layout(renderDot(graph, options), 'svg', 'dot')
  return drawn.slice(Math.max(0, drawn.indexOf('<svg')))
}
