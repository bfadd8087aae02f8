import { ReadError } from '../base/errors.ts'
import type { EdgeKind, NodeKind } from '../model/heap-graph.ts'
import { ROOT } from '../model/heap-graph.ts'
import { HeapGraphBuilder } from '../model/heap-graph-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { asList, asNumber, asObject, asText, type Json, jsonInput } from './json-input.ts'
import { findHeldFromOutside } from './pyheap-outside.ts'
import type { Reader } from './reader.ts'
import { headText } from './text-lines.ts'

const FORMAT = 'jsc-heapsnapshot'
const IS_INTERNAL = 1
const NODE_FIELDS = { Inspector: 4, GCDebugging: 7 } as const
const EDGE_FIELDS = 4

const CLASS_KINDS: Readonly<Record<string, NodeKind>> = { string: 'string', symbol: 'symbol', Function: 'closure', RegExp: 'regexp', Structure: 'shape', BigInt: 'bigint', JSLexicalEnvironment: 'context', WeakRef: 'weak-reference' }
const EDGE_KINDS: Readonly<Record<string, EdgeKind>> = { Internal: 'internal', Property: 'property', Index: 'element', Variable: 'variable' }

/**
 * JavaScriptCore's own heap snapshot (`Bun.generateHeapSnapshot()`, `generateHeapSnapshotForDebugging()`, Safari's Web
 * Inspector), versions 1 to 3; heap/HeapSnapshotBuilder.cpp in WebKit.
 *
 * It is taken after a collection, so all in it is alive. It does not show what a Map or Set holds (seen with Bun 1.4): such
 * objects hang on the root by an edge that says so. There are no locations and no contents, and why a root is a root is
 * only told in the debugging form. For the same process `Bun.generateHeapSnapshot('v8')` says more.
 */
export const jscHeapSnapshot: Reader<'heap-graph'> = {
  format: FORMAT,
  title: 'JavaScriptCore heap snapshot (Bun, Safari)',
  makes: 'heap-graph',
  recognize(head) {
    return /^\s*\{\s*"version"\s*:\s*\d+\s*,\s*"type"\s*:\s*"(?:Inspector|GCDebugging)"/.test(headText(head)) ? 'certain' : 'no'
  },
  async read(input, run) {
    run.progress({ step: 'reading nodes', done: 0 })
    const refuse = (what: string, expected: string, found: unknown): never => {
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'whole' }, expected: `${what} to be ${expected}`, found: (JSON.stringify(found) ?? 'nothing').slice(0, 60) })
    }
    const file = asObject(await jsonInput(input, FORMAT, run)) ?? refuse('the file', 'an object', null)
    const version = asNumber(file['version'])
    if (version !== 1 && version !== 2 && version !== 3) refuse('version', '1, 2 or 3', file['version'] ?? null)
    const type = asText(file['type']) ?? 'Inspector'
    const list = (key: string): Json[] => asList(file[key]) ?? refuse(key, 'a list', file[key] ?? null)
    const [nodes, edges, classNames, edgeTypes, edgeNames] = [list('nodes'), list('edges'), list('nodeClassNames'), list('edgeTypes'), list('edgeNames')]
    const stride = type === 'GCDebugging' ? NODE_FIELDS.GCDebugging : NODE_FIELDS.Inspector
    if (nodes.length % stride !== 0) refuse('nodes', `rows of ${stride}`, nodes.length)
    if (edges.length % EDGE_FIELDS !== 0) refuse('edges', `rows of ${EDGE_FIELDS}`, edges.length)
    const whole = (rows: Json[], at: number, what: string, below = Number.MAX_SAFE_INTEGER): number => {
      const value = asNumber(rows[at])
      return value !== undefined && Number.isInteger(value) && value >= 0 && value < below ? value : refuse(`${what}[${at}]`, below === Number.MAX_SAFE_INTEGER ? 'a whole number' : `a whole number below ${below}`, rows[at] ?? null)
    }

    const source: Source = { name: input.name, format: FORMAT, runtime: 'jsc', idsAreStable: false, notices: [] }
    const builder = new HeapGraphBuilder(source)
    const ordinals = new Map<number, number>([[0, ROOT]])
    for (let at = 0; at < nodes.length; at += stride) {
      run.checkpoint()
      const id = whole(nodes, at, 'nodes')
      const bytes = whole(nodes, at + 1, 'nodes')
      const name = asText(classNames[whole(nodes, at + 2, 'nodes', classNames.length)]) ?? '?'
      if (id === 0) continue // the root
      const isInternal = (whole(nodes, at + 3, 'nodes') & IS_INTERNAL) !== 0
      ordinals.set(id, builder.addNode({ kind: kindOf(name, isInternal), name, id, shallowBytes: bytes }))
    }
    const why = rootReasons(file, whole)
    const linked: { from: number[]; to: number[]; strong: boolean[] } = { from: [], to: [], strong: [] }
    const roots: number[] = []
    for (let at = 0; at < edges.length; at += EDGE_FIELDS) {
      run.checkpoint()
      const [from, to] = [ordinals.get(whole(edges, at, 'edges')), ordinals.get(whole(edges, at + 1, 'edges'))]
      const kind = EDGE_KINDS[asText(edgeTypes[whole(edges, at + 2, 'edges', edgeTypes.length)]) ?? ''] ?? 'internal'
      if (from === undefined || to === undefined || to === ROOT) {
        addNotice(source, { code: 'dangling-references', message: 'references to objects that are not in the file were left out' })
        continue
      }
      if (from === ROOT) {
        roots.push(to)
        builder.addEdge({ from, to, kind: 'root', name: why.get(Number(edges[at + 1])) ?? 'GC root' })
        continue
      }
      linked.from.push(from)
      linked.to.push(to)
      linked.strong.push(true)
      const extra = at + 3
      if (kind === 'element') builder.addEdge({ from, to, kind, name: whole(edges, extra, 'edges', 0xffffffff) })
      else builder.addEdge({ from, to, kind, name: kind === 'internal' ? '(internal)' : (asText(edgeNames[whole(edges, extra, 'edges', edgeNames.length)]) ?? '?') })
    }
    const outside = findHeldFromOutside({ nodeCount: builder.nodeCount, ...linked, roots }, run)
    for (const node of outside) builder.addEdge({ from: ROOT, to: node, kind: 'root', name: 'not shown (an entry of a Map or Set?)' })
    if (outside.length > 0) addNotice(source, { code: 'held-from-outside', count: outside.length, message: "objects whose holder is not in the file: JavaScriptCore leaves out what maps and sets hold; Bun.generateHeapSnapshot('v8') has it" })
    return builder.build()
  },
}

/** `roots` of the debugging form: cell, label of the reason, label of why it was marked. */
function rootReasons(file: Record<string, Json | undefined>, whole: (rows: Json[], at: number, what: string) => number): Map<number, string> {
  const [rows, labels] = [asList(file['roots']) ?? [], asList(file['labels']) ?? []]
  const reasons = new Map<number, string>()
  for (let at = 0; at + 2 < rows.length; at += 3) {
    const reason = asText(labels[whole(rows, at + 1, 'roots')]) ?? ''
    const mark = asText(labels[whole(rows, at + 2, 'roots')]) ?? ''
    const text = [reason, mark].filter((each) => each !== '').join(', ')
    if (text !== '') reasons.set(whole(rows, at, 'roots'), text)
  }
  return reasons
}

function kindOf(className: string, isInternal: boolean): NodeKind {
  const known = CLASS_KINDS[className]
  if (known !== undefined) return known
  if (!isInternal) return 'object'
  return /Executable|CodeBlock/.test(className) ? 'code' : 'hidden'
}
