import { ReadError } from '../base/errors.ts'
import type { NodeKind } from '../model/heap-graph.ts'
import { ROOT } from '../model/heap-graph.ts'
import { HeapGraphBuilder } from '../model/heap-graph-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { findHeldFromOutside } from './pyheap-outside.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'objgraph'
const STATEMENT = /^\s*o(\d+)(?:\s*->\s*o(\d+))?\s*(?:\[(.*)\])?;?\s*$/
const LABEL = /\blabel="((?:[^"\\]|\\.)*)"/
const KINDS: Readonly<Record<string, NodeKind>> = { module: 'module', function: 'closure', type: 'class', frame: 'frame', traceback: 'frame', cell: 'context', code: 'code', str: 'string', int: 'number', float: 'number', weakref: 'weak-reference' }

/**
 * The DOT file of objgraph's `show_refs`, `show_backrefs` and `show_chain` (objgraph.py, `_show_graph`).
 *
 * A small cut of the heap around some objects: what is left out is not in the file, so sizes are 0, and dominators and
 * retained sizes mean nothing; paths do. Objects nothing in the picture refers to are taken for roots.
 */
export const objgraph: Reader<'heap-graph'> = {
  format: FORMAT,
  title: 'objgraph reference graph (DOT)',
  makes: 'heap-graph',
  recognize(head) {
    return /^\s*digraph ObjectGraph\s*\{/.test(headText(head)) ? 'certain' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'cpython', idsAreStable: false, notices: [] }
    const labels = new Map<number, string>()
    const edges: { from: number; to: number; name: string | undefined }[] = []
    let isClosed = false
    let lineNumber = 0
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (const [index, line] of lines.entries()) {
        lineNumber = firstLine + index
        if (line.trim() === '}') isClosed = true
        const match = STATEMENT.exec(line)
        if (match === null) {
          if (/^\s*o\d/.test(line)) addNotice(source, { code: 'broken-lines', firstAt: `line ${lineNumber}`, message: 'statements that are not whole were passed over' })
          continue
        }
        const [from, to] = [Number(match[1]), Number(match[2])]
        const label = LABEL.exec(match[3] ?? '')?.[1]
        if (!Number.isSafeInteger(from) || (match[2] !== undefined && !Number.isSafeInteger(to))) {
          addNotice(source, { code: 'broken-lines', firstAt: `line ${lineNumber}`, message: 'statements that are not whole were passed over' })
          continue
        }
        if (match[2] !== undefined) edges.push({ from, to, name: label })
        else if (label !== undefined || !labels.has(from)) labels.set(from, label ?? labels.get(from) ?? '')
      }
    }
    if (labels.size === 0) {
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'line', line: Math.max(1, lineNumber) }, expected: 'objects, o<address>[label=…]', found: 'none in the whole file' })
    }
    if (!isClosed) addNotice(source, { code: 'cut', firstAt: `line ${lineNumber}`, message: 'the graph is not closed: objects or references are missing' })
    addNotice(source, { code: 'no-sizes', message: 'objgraph draws a cut of the heap without sizes' })
    const builder = new HeapGraphBuilder(source)
    const nodes = new Map<number, number>()
    for (const [id, label] of labels) nodes.set(id, builder.addNode({ ...described(label), id, shallowBytes: 0 }))
    const linked: { from: number[]; to: number[]; strong: boolean[] } = { from: [], to: [], strong: [] }
    for (const { from, to, name } of edges) {
      const [holder, held] = [nodes.get(from), nodes.get(to)]
      if (holder === undefined || held === undefined) {
        addNotice(source, { code: 'dangling-references', message: 'references to objects that are not in the file were left out' })
        continue
      }
      builder.addEdge({ from: holder, to: held, kind: name === undefined ? 'internal' : 'property', name: name === undefined ? '(unnamed)' : unescapeDot(name) })
      linked.from.push(holder)
      linked.to.push(held)
      linked.strong.push(true)
    }
    for (const node of findHeldFromOutside({ nodeCount: builder.nodeCount, ...linked, roots: [] }, run)) builder.addEdge({ from: ROOT, to: node, kind: 'root', name: 'top of the picture' })
    return builder.build()
  },
}

/** `Leaf [1]\n<__main__.Leaf object at 0x7f6f>`: the type, perhaps the reference count, the repr. */
function described(label: string): { kind: NodeKind; name: string } {
  const text = unescapeDot(label)
  const lineEnd = text.indexOf('\n')
  const type = (lineEnd < 0 ? text : text.slice(0, lineEnd)).replace(/ \[\d+\]$/, '')
  const detail = lineEnd < 0 ? '' : text.slice(lineEnd + 1)
  const kind = KINDS[type] ?? 'object'
  const isNamed = kind === 'module' || kind === 'closure' || kind === 'class'
  const name = isNamed && detail !== '' ? detail.replace(/^<function (\S+) at .*$/, '$1') : type
  return { kind, name: name === '' ? '?' : name }
}

function unescapeDot(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' || character === 'l' || character === 'r' ? '\n' : character))
}
