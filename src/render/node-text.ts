import { bytesText, countText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import type { EdgeKind, NodeKind, SourceLocation } from '../model/heap-graph.ts'
import type { RetainingGraph, RetainingGraphNode } from '../model/retaining-graph.ts'

/** How nodes, references and places are written, the same in the terminal, in Markdown and in pictures. */

/** A node: `Session`, `"3f2a…"`, `closure onResize`, `(array)`. */
export function nodeText(kind: NodeKind, name: string, maxLength = 60): string {
  const safe = safeText(name, maxLength)
  switch (kind) {
    case 'string':
    case 'concatenated-string':
    case 'sliced-string':
      return `"${safe}"`
    case 'closure':
      return `closure ${safe === '' ? '(anonymous)' : safe}`
    case 'context':
      return safe === '' || safe === 'system / Context' ? 'context' : `context of ${safe}`
    case 'class':
      return `class ${safe}`
    default:
      return safe === '' ? `(${kind})` : safe
  }
}

/** A reference: `sessions`, `[3]`, `#hidden`. */
export function edgeText(kind: EdgeKind, name: string, maxLength = 40): string {
  const safe = safeText(name, maxLength)
  return kind === 'element' || kind === 'hidden' ? `[${safe}]` : safe
}

/** A place one can click: `src/session-store.ts:14:7`. Never cut: half a path leads nowhere. */
export function placeText({ file, line, column }: SourceLocation): string {
  return `${safeText(file, 4096)}:${line}${column === undefined ? '' : `:${column}`}`
}

/** The lines inside a drawn node: what, how many, how big, where. */
export function nodeLabelLines(node: RetainingGraphNode): string[] {
  const lines = [`${nodeText(node.kind, node.name)}${node.count > 1 ? ` × ${countText(node.count)}` : ''}`]
  if (node.retainedBytes !== undefined) lines.push(`keeps ${bytesText(node.retainedBytes)}`)
  else if (node.shallowBytes !== undefined) lines.push(bytesText(node.shallowBytes))
  if (node.exampleId !== undefined && node.exampleId !== 0 && node.role !== 'root') lines.push(`${node.count > 1 ? 'such as ' : ''}@${node.exampleId}`)
  if (node.location !== undefined) lines.push(placeText(node.location))
  return lines
}

/** What a picture says about what it leaves out, or undefined. */
export function leftOutText(graph: RetainingGraph): string | undefined {
  return graph.leftOutCount === 0 ? undefined : `${countText(graph.leftOutCount)} more not drawn`
}
