import { countText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import type { RetainingGraph, RetainingGraphEdge, RetainingGraphNode } from '../model/retaining-graph.ts'
import { edgeText, leftOutText, nodeLabelLines } from './node-text.ts'
import { simplifyGraph } from './simplify-graph.ts'

export interface DotOptions {
  /** Shown above the picture. */
  title?: string | undefined
  /** At most this many nodes are drawn; 200 when absent. */
  limit?: number | undefined
}

const FONT = 'Helvetica,Arial,sans-serif'

/**
 * A retaining graph in Graphviz' language (https://graphviz.org/doc/info/lang.html), simplified first.
 * Roots are grey, what was asked for is bold, suspect references are red and say so, cycles are dashed.
 */
export function renderDot(graph: RetainingGraph, { title, limit }: DotOptions = {}): string {
  const drawn = simplifyGraph(graph, limit)
  const lines = [
    'digraph retaining {',
    `  graph [rankdir=TB, bgcolor=white, fontname=${quote(FONT)}, fontsize=12, labelloc=t${title === undefined ? '' : `, label=${quote(safeText(title, 300))}`}]`,
    `  node [shape=box, style="rounded,filled", fillcolor=white, color="#8a8a8a", fontname=${quote(FONT)}, fontsize=11, margin="0.12,0.06"]`,
    `  edge [color="#6a6a6a", fontname=${quote(FONT)}, fontsize=10, arrowsize=0.7]`,
    ...drawn.nodes.map((node, position) => `  n${position} [${nodeAttributes(node)}]`),
    ...drawn.edges.map((edge) => `  n${edge.from} -> n${edge.to} [${edgeAttributes(edge)}]`),
  ]
  const leftOut = leftOutText(drawn)
  if (leftOut !== undefined) lines.push(`  leftOut [label=${quote(leftOut)}, shape=plaintext, style=""]`)
  return `${lines.join('\n')}\n}\n`
}

function nodeAttributes(node: RetainingGraphNode): string {
  const attributes = [`label="${nodeLabelLines(node).map(escape).join('\\n')}"`]
  if (node.role === 'root') attributes.push('fillcolor="#e8e8e8"')
  else if (node.status === 'leaking') attributes.push('fillcolor="#fde7e4"', 'color="#b3261e"')
  else if (node.status === 'suspect') attributes.push('fillcolor="#fff4d6"')
  if (node.role === 'target') attributes.push('penwidth=2')
  return attributes.join(', ')
}

function edgeAttributes(edge: RetainingGraphEdge): string {
  const words = [edgeText(edge.kind, edge.name)]
  if (edge.count > 1) words.push(`× ${countText(edge.count)}`)
  if (edge.suspect === true) words.push('(suspect)')
  if (edge.closesCycle === true) words.push('(cycle)')
  const attributes = [`label=${quote(words.join(' '))}`]
  if (edge.suspect === true) attributes.push('color="#b3261e"', 'fontcolor="#b3261e"', 'penwidth=2')
  if (edge.closesCycle === true) attributes.push('style=dashed', 'constraint=false')
  return attributes.join(', ')
}

function quote(text: string): string {
  return `"${escape(text)}"`
}

/** Backslashes start escapes in labels, quotes end them, and Graphviz reads HTML entities even in plain labels. */
function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
