import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { AllocationProfileBuilder } from '../model/allocation-profile-builder.ts'
import type { EdgeKind, HeapGraph, NodeKind } from '../model/heap-graph.ts'
import { NONE, ROOT } from '../model/heap-graph.ts'
import { HeapGraphBuilder } from '../model/heap-graph-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { asNumber, asObject, asText, type Json, parseJson } from './json-input.ts'
import { findHeldFromOutside } from './pyheap-outside.ts'
import type { ByteSource, Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'pyheap'

const KINDS: Readonly<Record<string, NodeKind>> = {
  object: 'object',
  string: 'string',
  number: 'number',
  function: 'closure',
  code: 'code',
  class: 'class',
  module: 'module',
  frame: 'frame',
  traceback: 'frame',
  cell: 'context',
  weakref: 'weak-reference',
}
/** What a dictionary's entries are to who owns it. */
const OWNED_DICTS: Readonly<Record<string, 'property' | 'variable'>> = { __dict__: 'property', __globals__: 'variable', f_globals: 'variable' }

/**
 * The object graph `stillhere.py` writes of a CPython process (docs/formats/pyheap.md): one JSON value a line.
 *
 * Roots are modules and the frames of running threads, as the file tells them. Objects reached from neither are alive
 * because the interpreter or an extension written in C holds them; each such group gets a root edge that says so.
 * Ids are addresses: an address may be used again, so they do not mean the same object in another file.
 * Sizes are `sys.getsizeof`: the object itself with its collector's header, without the malloc rounding; attribute
 * values that Python 3.11 and later keep inline are not counted by it.
 * Cost: a `JSON.parse` a line; about 100 bytes a reference while reading.
 */
export const pyheap: Reader<'heap-graph'> = {
  format: FORMAT,
  title: 'Python object graph (stillhere.py)',
  makes: 'heap-graph',
  recognize(head) {
    return /^\s*\{\s*"format"\s*:\s*"pyheap"/.test(headText(head)) ? 'certain' : 'no'
  },
  async read(input, run) {
    const rows = new Rows(input)
    run.progress({ step: 'reading objects', done: 0 })
    let pending: { text: string; line: number } | undefined
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (let index = 0; index < lines.length; index++) {
        // the last line may be cut: each is read when the next one shows that it is whole
        if (pending !== undefined) rows.line(pending.text, pending.line)
        pending = { text: lines[index]!, line: firstLine + index }
      }
    }
    if (pending !== undefined) rows.lastLine(pending.text, pending.line)
    run.progress({ step: 'linking references', done: 0 })
    return rows.graph(run)
  },
}

class Rows {
  readonly #file: string
  readonly #source: Source
  readonly #builder: HeapGraphBuilder
  readonly #allocations: AllocationProfileBuilder
  #line = 0
  #isOpen = false
  #isWhole = false
  readonly #typeNames: string[] = []
  readonly #typeKinds: string[] = []
  readonly #nodes = new Map<number, number>()
  readonly #kinds: NodeKind[] = ['synthetic']
  // references, in file order; names are interned numbers, positions −1 − position, unnamed NaN
  readonly #from: number[] = []
  readonly #toId: number[] = []
  readonly #name: (string | number | null)[] = []
  readonly #roots: { id: number; name: string; weak: boolean }[] = []
  readonly #places: { id: number; file: string; line: number }[] = []
  readonly #sites: number[] = []
  readonly #siteOf: number[] = [NONE]

  constructor(input: ByteSource) {
    this.#file = input.name
    this.#source = { name: input.name, format: FORMAT, runtime: 'cpython', idsAreStable: false, sizeBytes: input.sizeBytes, notices: [] }
    this.#builder = new HeapGraphBuilder(this.#source)
    this.#allocations = new AllocationProfileBuilder(this.#source)
  }

  line(text: string, line: number): void {
    this.#line = line
    if (text === '') return
    const row = parseJson(text, this.#file, FORMAT, { kind: 'line', line })
    if (!this.#isOpen) return this.#header(row)
    if (!Array.isArray(row)) return this.#refuse('a row, [kind, …]', 'another value')
    switch (row[0]) {
      case 'e': return this.#references(row)
      case 'o': return this.#object(row)
      case 't':
        if (row[1] !== this.#typeNames.length) this.#refuse(`type ${this.#typeNames.length} next`, JSON.stringify(row[1] ?? null))
        this.#typeNames.push(asText(row[2]) ?? '?')
        this.#typeKinds.push(asText(row[4]) ?? 'object')
        return
      case 'r':
        this.#roots.push({ id: this.#id(row[1]), name: `${asText(row[2]) ?? 'root'} ${asText(row[3]) ?? ''}`.trimEnd(), weak: false })
        return
      case 'w': {
        const name = asText(row[2]) ?? '?'
        this.#roots.push({ id: this.#id(row[1]), name: `should go away: ${name}`, weak: true })
        addNotice(this.#source, { code: 'should-have-gone', firstAt: `line ${line}`, message: `should_go_away() watched this process; the first that is still here is "${name}"` })
        return
      }
      case 'l':
        this.#places.push({ id: this.#id(row[1]), file: asText(row[2]) ?? '?', line: lineNumber(row[3]) })
        return
      case 'a': return this.#site(row)
      case 'end': {
        this.#isWhole = true
        const [, objects, references] = row
        if (objects !== this.#nodes.size || references !== this.#from.length) {
          this.#refuse(`the ${JSON.stringify(objects ?? null)} objects and ${JSON.stringify(references ?? null)} references the end tells`, `${this.#nodes.size} and ${this.#from.length}`)
        }
        return
      }
      default:
        addNotice(this.#source, { code: 'unknown-rows', firstAt: `line ${line}`, message: 'rows of unknown kinds were passed over; they may be of a newer stillhere.py' })
    }
  }

  /** Of a file that ends early the last line is no whole row: what came before is read. */
  lastLine(text: string, line: number): void {
    try {
      this.line(text, line)
    } catch (error) {
      if (!(error instanceof ReadError) || !(error.cause instanceof SyntaxError) || this.#nodes.size === 0) throw error
    }
  }

  graph(run: Run): HeapGraph {
    if (!this.#isOpen) this.#refuse('the header line', 'an empty file')
    if (this.#nodes.size === 0) this.#refuse('objects', 'none')
    if (!this.#isWhole) addNotice(this.#source, { code: 'cut', firstAt: `line ${this.#line}`, message: 'the file ends early: objects and references are missing, so what seems unreachable may not be' })
    const builder = this.#builder
    const nodes = this.#nodes
    for (const { id, name, weak } of this.#roots) {
      const node = nodes.get(id)
      if (node !== undefined) builder.addEdge({ from: ROOT, to: node, kind: weak ? 'weak' : 'root', name })
    }
    const { from, to, strong } = this.#link(run)
    for (const { id, file, line } of this.#places) {
      const node = nodes.get(id)
      if (node !== undefined && line > 0) builder.setLocation(node, file, line, 1)
    }
    const known = this.#roots.filter(({ weak }) => !weak).map(({ id }) => nodes.get(id)).filter((node) => node !== undefined)
    const outside = findHeldFromOutside({ nodeCount: builder.nodeCount, from, to, strong, roots: known }, run)
    for (const node of outside) builder.addEdge({ from: ROOT, to: node, kind: 'root', name: 'held by the interpreter or an extension' })
    const graph = builder.build()
    if (this.#sites.length === 0) return graph
    run.checkpoint()
    const allocations = this.#allocations.build({ unit: 'objects' })
    return { ...graph, allocations, allocationSite: Uint32Array.from(this.#siteOf) }
  }

  /** Adds all references to the builder, under the names their owners give them. */
  #link(run: Run): { from: number[]; to: number[]; strong: boolean[] } {
    const linked: { from: number[]; to: number[]; strong: boolean[] } = { from: [], to: [], strong: [] }
    const entriesOf = this.#ownedDicts()
    for (let reference = 0; reference < this.#from.length; reference++) {
      if (reference % 65_536 === 0) run.checkpoint()
      const from = this.#from[reference]!
      const to = this.#nodes.get(this.#toId[reference]!)
      const name = this.#name[reference]!
      if (to === undefined) {
        addNotice(this.#source, { code: 'dangling-references', message: 'references to objects that are not in the file were left out' })
        continue
      }
      const entries = entriesOf.get(from)
      if (entries !== undefined && name === '<key>') continue // the name of an attribute or variable, not data
      const { kind, text } = edgeOf(name, entries)
      this.#builder.addEdge({ from, to, kind, name: text })
      linked.from.push(from)
      linked.to.push(to)
      linked.strong.push(kind !== 'weak')
    }
    return linked
  }

  /** Dictionaries that hold the attributes of an instance or class, or the variables of a module. */
  #ownedDicts(): Map<number, 'property' | 'variable'> {
    const owned = new Map<number, 'property' | 'variable'>()
    for (const [reference, name] of this.#name.entries()) {
      if (typeof name !== 'string' || name[0] !== '<') continue
      const kind = OWNED_DICTS[name.slice(1, -1)]
      if (kind === undefined) continue
      const dict = this.#nodes.get(this.#toId[reference]!)
      if (dict !== undefined) owned.set(dict, this.#kinds[this.#from[reference]!] === 'module' ? 'variable' : kind)
    }
    return owned
  }

  #header(row: Json): void {
    const header = asObject(row)
    if (header?.['format'] !== 'pyheap') this.#refuse('the header of a pyheap file', 'another value')
    const version = asNumber(header?.['version'])
    if (version !== 1) this.#refuse('pyheap version 1', JSON.stringify(header?.['version'] ?? null).slice(0, 40))
    const python = asText(header?.['python'])
    const time = asNumber(header?.['time'])
    if (python !== undefined) this.#source.runtimeVersion = python
    if (time !== undefined) this.#source.takenAtMs = time * 1000
    this.#isOpen = true
  }

  #object(row: Json[]): void {
    const id = this.#id(row[1])
    const type = asNumber(row[2]) ?? -1
    const typeName = this.#typeNames[type]
    const size = asNumber(row[3])
    if (typeName === undefined) return this.#refuse('a type told before', JSON.stringify(row[2] ?? null))
    if (size === undefined || size < 0) return this.#refuse('a size', JSON.stringify(row[3] ?? null))
    if (this.#nodes.has(id)) return this.#refuse('each object once', `${id} again`)
    const label = asText(row[4])
    const kindText = this.#typeKinds[type]!
    const kind = KINDS[kindText] ?? 'object'
    const isNamed = kindText !== 'object' && kindText !== 'number' && kindText !== 'cell'
    const node = this.#builder.addNode({ kind, name: isNamed && label !== undefined ? label : typeName, id, shallowBytes: size })
    this.#nodes.set(id, node)
    this.#kinds.push(kind)
    const site = row[5] === undefined ? undefined : this.#sites[asNumber(row[5]) ?? -1]
    this.#siteOf.push(site ?? NONE)
    if (site !== undefined) this.#allocations.add(site, { liveBytes: size, liveCount: 1 })
  }

  #references(row: Json[]): void {
    const from = this.#nodes.get(this.#id(row[1]))
    if (from === undefined) return this.#refuse('references of an object told before', JSON.stringify(row[1]))
    if (row.length % 2 !== 0) return this.#refuse('names and objects in pairs', `${row.length - 2} items`)
    for (let at = 2; at < row.length; at += 2) {
      const name = row[at]
      if (typeof name !== 'string' && name !== null && !(typeof name === 'number' && Number.isInteger(name) && name >= 0 && name < NONE)) {
        return this.#refuse('a name, a position or null', JSON.stringify(name).slice(0, 40))
      }
      this.#from.push(from)
      this.#toId.push(this.#id(row[at + 1]))
      this.#name.push(typeof name === 'string' ? this.#builder.interner.strings[this.#builder.interner.number(name)]! : name)
    }
  }

  #site(row: Json[]): void {
    const parent = row[2] === -1 ? 0 : this.#sites[asNumber(row[2]) ?? -1]
    const file = asText(row[3])
    if (row[1] !== this.#sites.length || parent === undefined || file === undefined) {
      return this.#refuse(`allocation site ${this.#sites.length} next`, JSON.stringify(row).slice(0, 80))
    }
    const line = lineNumber(row[4])
    const base = file.slice(file.lastIndexOf('/') + 1)
    this.#sites.push(this.#allocations.site(parent, this.#allocations.frame({ functionName: line > 0 ? `${base}:${line}` : base, file, line })))
  }

  #id(value: Json | undefined): number {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) return this.#refuse('the id of an object', JSON.stringify(value ?? null).slice(0, 40))
    return value
  }

  #refuse(expected: string, found: string): never {
    throw new ReadError({ file: this.#file, format: FORMAT, position: { kind: 'line', line: Math.max(1, this.#line) }, expected, found })
  }
}

/** `.attribute`, `=variable`, `[key]`, `<internal>`, `~weak`, a position, or null where the name is not known. */
function edgeOf(name: string | number | null, entries: 'property' | 'variable' | undefined): { kind: EdgeKind; text: string | number } {
  if (typeof name === 'number') return { kind: 'element', text: name }
  if (name === null || name === '') return { kind: 'internal', text: '(unnamed)' }
  const rest = name.slice(1)
  switch (name[0]) {
    case '.': return { kind: entries ?? 'property', text: rest }
    case '=': return { kind: 'variable', text: rest }
    case '~': return { kind: 'weak', text: rest }
    case '<': return { kind: 'internal', text: rest.endsWith('>') ? rest.slice(0, -1) : rest }
    case '[': return entries === undefined ? { kind: 'property', text: name } : { kind: entries, text: rest.endsWith(']') ? rest.slice(0, -1) : rest }
    default: return { kind: 'property', text: name }
  }
}

function lineNumber(value: Json | undefined): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < NONE ? value : 0
}
