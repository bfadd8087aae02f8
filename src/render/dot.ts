import { countText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import type { RetainingGraph, RetainingGraphEdge, RetainingGraphNode } from '../model/retaining-graph.ts'
import { edgeText, leftOutText, nodeLabelLines } from './node-text.ts'
import { simplifyGraph } from './simplify-graph.ts'
import { wrap } from './wrap.ts'

export interface DotOptions {
  /** Shown above the picture. */
  title?: string | undefined
  /** At most this many nodes are drawn; 200 when absent. */
  limit?: number | undefined
}

/** The one name Graphviz has the widths of; others it takes for Times, and labels would stick out of their boxes. */
const FONT = 'Helvetica'
const TITLE_COLUMNS = 48

/**
 * A retaining graph in Graphviz' language (https://graphviz.org/doc/info/lang.html), simplified first.
 * Roots are grey, what was asked for is bold, suspect references are red and say so, cycles are dashed.
 */
export function renderDot(graph: RetainingGraph, { title, limit }: DotOptions = {}): string {
  const drawn = simplifyGraph(graph, limit)
  const lines = [
    'digraph retaining {',
    `  graph [rankdir=TB, bgcolor=white, fontname=${quote(FONT)}, fontsize=12, labelloc=t${title === undefined ? '' : `, label="${wrap(safeText(title, 300), TITLE_COLUMNS).map(escape).join('\\n')}\\n "`}]`,
    `  node [shape=box, style="rounded,filled", fillcolor=white, color="#8a8a8a", fontname=${quote(FONT)}, fontsize=11, margin="0.2,0.08"]`,
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
  const attributes = [`label=${quote(`  ${words.join(' ')}`)}`] // the spaces keep it off its arrow
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
