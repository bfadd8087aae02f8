import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder } from '../model/allocation-profile-builder.ts'
import { type HeapGraph, type NodeKind, NONE, ROOT } from '../model/heap-graph.ts'
import { HeapGraphBuilder } from '../model/heap-graph-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { asList, asNumber, asObject, asText, type Json, type JsonObject } from './json-input.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'ruby-heapdump'
const KINDS: Readonly<Record<string, NodeKind>> = { STRING: 'string', SYMBOL: 'symbol', FLOAT: 'number', BIGNUM: 'number', RATIONAL: 'number', COMPLEX: 'number', REGEXP: 'regexp', CLASS: 'class', ICLASS: 'class', MODULE: 'module', IMEMO: 'hidden', NODE: 'code', SHAPE: 'shape' }
const IMEMO_KINDS: Readonly<Record<string, NodeKind>> = { iseq: 'code', ment: 'code', env: 'context', cref: 'hidden', callcache: 'hidden' }
/** Contents longer than this say nothing more. */
const LONGEST_NAME = 256

/**
 * Ruby's heap dump (`ObjectSpace.dump_all(output: file)`, `rbtrace -e`), Ruby 2.1 to 3.4: one JSON object a line
 * (ext/objspace/objspace_dump.c).
 *
 * Sizes are `memsize`, which counts what an object owns outside its slot. References have no names. After
 * `ObjectSpace.trace_object_allocations_start` objects tell the file and line that made them: the allocation sites.
 * A dump holds garbage unless `GC.start` ran before it: what no root leads to is counted as unreachable.
 */
export const rubyHeapdump: Reader<'heap-graph'> = {
  format: FORMAT,
  title: 'Ruby heap dump (ObjectSpace.dump_all)',
  makes: 'heap-graph',
  recognize(head) {
    const text = headText(head)
    if (/^\s*\{"type":"ROOT",\s*"root":"/.test(text)) return 'certain'
    return /^\s*\{"address":"0x[0-9a-f]+",\s*"type":"[A-Z]+"/.test(text) ? 'certain' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'ruby', idsAreStable: false, notices: [] }
    const dump = new Dump(source)
    let lineNumber = 0
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (const [index, line] of lines.entries()) {
        lineNumber = firstLine + index
        if (line.trim() === '') continue
        run.checkpoint()
        const object = parsed(line)
        if (object === undefined) addNotice(source, { code: 'broken-lines', firstAt: `line ${lineNumber}`, message: 'lines that are no whole object were passed over' })
        else dump.add(object)
      }
    }
    if (dump.objects === 0) {
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'line', line: Math.max(1, lineNumber) }, expected: 'objects, one a line', found: 'none in the whole file' })
    }
    return dump.graph()
  },
}

function parsed(line: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(line) as Json)
  } catch {
    return undefined // a line cut short, counted by the caller
  }
}

class Dump {
  readonly #source: Source
  readonly #builder: HeapGraphBuilder
  readonly #profile: AllocationProfileBuilder
  readonly #ordinals = new Map<number, number>()
  readonly #classNames = new Map<number, string>()
  /** Nodes whose name is that of their class, which may stand further down. */
  readonly #instances: { node: JsonObject; address: number }[] = []
  readonly #roots: { why: string; address: number }[] = []
  #hasSites = false
  objects = 0

  constructor(source: Source) {
    this.#source = source
    this.#builder = new HeapGraphBuilder(source)
    this.#profile = new AllocationProfileBuilder({ ...source, notices: [] })
  }

  add(object: JsonObject): void {
    const type = asText(object['type']) ?? ''
    if (type === 'ROOT') {
      const why = asText(object['root']) ?? '?'
      for (const each of asList(object['references']) ?? []) this.#roots.push({ why, address: addressOf(each) })
      return
    }
    const address = addressOf(object['address'])
    if (!Number.isSafeInteger(address)) {
      addNotice(this.#source, { code: 'no-address', message: 'objects without an address were passed over' })
      return
    }
    this.objects++
    if (type === 'CLASS' || type === 'MODULE') this.#classNames.set(address, asText(object['name']) ?? (type === 'CLASS' ? 'Class (without a name)' : 'Module (without a name)'))
    // contents can be megabytes and are not needed again
    const value = asText(object['value'])
    this.#instances.push({ node: { ...object, value: value?.slice(0, LONGEST_NAME), flags: undefined }, address })
  }

  graph(): HeapGraph {
    const siteOf: number[] = [NONE]
    for (const { node, address } of this.#instances) {
      const ordinal = this.#builder.addNode({ ...this.#described(node), id: address, shallowBytes: this.#bytes(node) })
      if (!this.#ordinals.has(address)) this.#ordinals.set(address, ordinal)
      siteOf[ordinal] = this.#site(node)
    }
    for (const { node, address } of this.#instances) {
      const from = this.#ordinals.get(address)!
      const to = this.#ordinals.get(addressOf(node['class']))
      if (to !== undefined) this.#builder.addEdge({ from, to, kind: 'internal', name: 'class' })
      for (const each of asList(node['references']) ?? []) this.#link(from, addressOf(each), 'internal', '(unnamed)')
    }
    const seen = new Set<string>()
    for (const { why, address } of this.#roots) {
      const key = `${why} ${address}` // the machine's stack names one object many times
      if (seen.has(key)) continue
      seen.add(key)
      this.#link(ROOT, address, 'root', why.replaceAll('_', ' '))
    }
    if (this.#roots.length === 0) addNotice(this.#source, { code: 'no-roots', message: 'the dump names no roots: it is cut, or was made object by object' })
    const graph = this.#builder.build()
    return this.#hasSites ? { ...graph, allocationSite: Uint32Array.from(siteOf), allocations: this.#profile.build({ unit: 'objects' }) } : graph
  }

  #link(from: number, address: number, kind: 'internal' | 'root', name: string): void {
    const to = this.#ordinals.get(address)
    if (to !== undefined) this.#builder.addEdge({ from, to, kind, name })
    else if (address !== 0) addNotice(this.#source, { code: 'dangling-references', message: 'references to objects that are not in the file were left out' })
  }

  #described(node: JsonObject): { kind: NodeKind; name: string } {
    const type = asText(node['type']) ?? ''
    const className = this.#classNames.get(addressOf(node['class']))
    if (type === 'STRING') return { kind: 'string', name: asText(node['value']) ?? className ?? 'String' }
    if (type === 'SYMBOL') return { kind: 'symbol', name: asText(node['value']) ?? 'Symbol' }
    if (type === 'CLASS' || type === 'MODULE') return { kind: KINDS[type]!, name: this.#classNames.get(addressOf(node['address'])) ?? type }
    if (type === 'IMEMO') {
      const what = asText(node['imemo_type']) ?? 'internal'
      return { kind: IMEMO_KINDS[what] ?? 'hidden', name: `(${what})` }
    }
    if (type === 'DATA') {
      const struct = asText(node['struct'])
      return { kind: struct === 'proc' ? 'closure' : className === undefined ? 'native' : 'object', name: className ?? struct ?? 'data' }
    }
    return { kind: KINDS[type] ?? 'object', name: className ?? (type === '' ? '?' : type[0] + type.slice(1).toLowerCase()) }
  }

  #bytes(node: JsonObject): number {
    const bytes = asNumber(node['memsize']) ?? asNumber(node['slot_size'])
    if (bytes !== undefined && bytes >= 0 && bytes <= Number.MAX_SAFE_INTEGER) return bytes
    addNotice(this.#source, { code: 'no-sizes', message: 'objects without a size count as 0 bytes' })
    return 0
  }

  #site(node: JsonObject): number {
    const file = asText(node['file'])
    const line = asNumber(node['line'])
    if (file === undefined || line === undefined || !Number.isInteger(line) || line < 0 || line >= 0xffffffff) return NONE
    this.#hasSites = true
    const site = this.#profile.stack([{ functionName: asText(node['method']) ?? `${file.slice(file.lastIndexOf('/') + 1)}:${line}`, file, line }])
    this.#profile.add(site, { liveBytes: this.#bytes(node), liveCount: 1 })
    return site
  }
}

function addressOf(text: Json | undefined): number {
  const digits = asText(text)
  return digits !== undefined && /^0x[0-9a-f]{1,13}$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN
}
