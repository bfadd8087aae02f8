import { countText } from '../base/bytes-text.ts'
import type { RetainingGraph, RetainingGraphEdge } from '../model/retaining-graph.ts'
import { edgeText, leftOutText, nodeLabelLines } from './node-text.ts'
import { simplifyGraph } from './simplify-graph.ts'

/**
 * A retaining graph as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html), simplified first: for
 * Markdown that draws it. Suspect references are thick and red, cycles dotted; both say so in words.
 */
export function renderMermaid(graph: RetainingGraph, { limit }: { limit?: number | undefined } = {}): string {
  const drawn = simplifyGraph(graph, limit)
  const lines = ['flowchart TD']
  for (const [position, node] of drawn.nodes.entries()) {
    const label = nodeLabelLines(node).map(escape).join('<br/>')
    const [open, close] = node.role === 'root' ? ['(["', '"])'] : ['["', '"]']
    const style = node.role === 'root' ? ':::root' : node.status === 'leaking' ? ':::leaking' : node.status === 'suspect' ? ':::suspect' : ''
    lines.push(`  n${position}${open}${label}${close}${style}`)
  }
  const suspects: number[] = []
  for (const [index, edge] of drawn.edges.entries()) {
    if (edge.suspect === true) suspects.push(index)
    const arrow = edge.closesCycle === true ? '-.->' : edge.suspect === true ? '==>' : '-->'
    lines.push(`  n${edge.from} ${arrow}|"${escape(edgeLabel(edge))}"| n${edge.to}`)
  }
  const leftOut = leftOutText(drawn)
  if (leftOut !== undefined) lines.push(`  leftOut["${escape(leftOut)}"]`)
  lines.push('  classDef root fill:#e8e8e8,stroke:#8a8a8a', '  classDef leaking fill:#fde7e4,stroke:#b3261e', '  classDef suspect fill:#fff4d6,stroke:#8a8a8a')
  if (suspects.length > 0) lines.push(`  linkStyle ${suspects.join(',')} stroke:#b3261e,color:#b3261e`)
  return `${lines.join('\n')}\n`
}

function edgeLabel({ kind, name, count, suspect, closesCycle }: RetainingGraphEdge): string {
  const words = [edgeText(kind, name)]
  if (count > 1) words.push(`× ${countText(count)}`)
  if (suspect === true) words.push('(suspect)')
  if (closesCycle === true) words.push('(cycle)')
  return words.join(' ')
}

/** Mermaid's own entity codes: everything that could end the label, start markup or start a Markdown string. */
function escape(text: string): string {
  return text.replace(/[#"&<>`\\*_{}[\]|]/g, (character) => `#${character.charCodeAt(0)};`)
}
