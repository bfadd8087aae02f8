import { bytesText, countText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import type { EdgeKind, NodeKind, SourceLocation } from '../model/heap-graph.ts'
import type { RetainingGraph, RetainingGraphNode } from '../model/retaining-graph.ts'

/** How nodes, references and places are written, the same in the terminal, in Markdown and in pictures. */

/** A node: `Session`, `"3f2a…"`, `closure onResize`, `(array)`. */
export function nodeText(kind: NodeKind, name: string, maxLength = 60): string {
  const safe = safeText(name, maxLength)
  if (safe === 'global / ') return 'global' // V8 names a page's global by its address; Node's has none
  if (/^\(.*\)$/.test(safe)) return safe // not a name but what it is: `(string)`, `(anonymous function)`
  if (safe.startsWith('system / Context')) return safe.length > 19 ? `context of ${safe.slice(19)}` : 'context'
  switch (kind) {
    case 'string':
    case 'concatenated-string':
    case 'sliced-string':
      return `"${safe}"`
    case 'closure':
      return `closure ${safe === '' ? '(anonymous)' : safe}`
    case 'context':
      return safe === '' ? 'context' : `context of ${safe}`
    case 'class':
      return safe.startsWith('class ') ? safe : `class ${safe}`
    default:
      return safe === '' ? `(${kind})` : safe
  }
}

/** The captured variables of some function; V8 files them under its objects. One with a name (a module's) is not meant. */
export function isPlainContext({ nodeKind, nodeName }: { nodeKind: NodeKind; nodeName: string }): boolean {
  return nodeName === 'system / Context' || (nodeKind === 'context' && nodeName === '')
}

/** A reference: `sessions`, `[3]`, `#hidden`. */
export function edgeText(kind: EdgeKind, name: string, maxLength = 40): string {
  const safe = safeText(name, maxLength)
  return kind === 'element' || kind === 'hidden' || (kind === 'internal' && /^\d+$/.test(safe)) ? `[${safe}]` : safe
}

/** Why something is a root, in brackets: `(module src/a.js)`; the runtime's own `(GC roots)` has them already. */
export function rootText(root: string, maxLength = 60): string {
  return /^\(.*\)$/.test(root) ? safeText(root, maxLength) : `(${nodeText('synthetic', root, maxLength - 2)})`
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
  if (node.note !== undefined) lines.push(safeText(node.note, 80))
  if (node.location !== undefined) lines.push(placeText(node.location))
  return lines
}

/** What a picture says about what it leaves out, or undefined. */
export function leftOutText({ leftOutCount, leftOutEdgeCount = 0 }: RetainingGraph): string | undefined {
  const parts = [leftOutCount === 0 ? '' : `${countText(leftOutCount)} more nodes`, leftOutEdgeCount === 0 ? '' : `${countText(leftOutEdgeCount)} more references`].filter((part) => part !== '')
  return parts.length === 0 ? undefined : `${parts.join(' and ')} not drawn`
}
