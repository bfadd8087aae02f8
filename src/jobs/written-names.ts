import { decodedMappings, type TraceMap } from '@jridgewell/trace-mapping'
import { heapIndex } from '../analysis/heap/heap-index.ts'
import { isContext } from '../analysis/heap/retaining-paths.ts'
import type { Run } from '../base/run.ts'
import { EDGE, type HeapGraph, NODE } from '../model/heap-graph.ts'
import type { StringTable } from '../model/string-table.ts'
import type { LoadedHeap } from './load-heap.ts'
import { loadMap, pathOf, readText } from './source-maps.ts'
import { topLevelDeclarations } from './top-level-declarations.ts'

/** Names this short are what minifiers give; a `#` of a private field is not counted. */
const LONGEST_MINIFIED = 3
/** A bigger graph is left as it is: the names would cost a copy of its references. */
const MOST_EDGES = 50_000_000
const WORD = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/**
 * The graph with classes, functions, captured variables and private fields called as they were written, where a
 * minifier renamed them and its source map tells the names (https://tc39.es/ecma426/). A report that speaks of `o` held
 * by `a` helps nobody.
 *
 * Method: for every place (a constructor, a function) that stands in a script with a map, the declaration of the short
 *   name nearest before it; for a captured variable the first time it is named from a function of its scope on, for one of a module and
 *   for private fields the one name that all segments of the map agree on, else for one of a module the name it has where it is
 *   declared outside of everything. What is not certain so keeps its name.
 * Cost: one pass over the nodes; two columns are copied where something was renamed, else the graph given is returned.
 * The graph given is not changed.
 * @throws Cancelled
 */
export async function withWrittenNames(graph: HeapGraph, run: Run): Promise<HeapGraph> {
  const { locations, strings } = graph
  if (graph.source.runtime !== 'V8' || locations === undefined || graph.edgeCount > MOST_EDGES) return graph
  const scripts = new Map<number, Script | undefined>()
  const scriptOf = async (file: number): Promise<Script | undefined> => {
    if (!scripts.has(file)) scripts.set(file, await loadScript(strings.get(file)))
    return scripts.get(file)
  }
  const names = new AddedStrings(strings)
  const renamed = new Map<number, { from: number; to: number }>() // by place
  const seen = new Uint8Array(locations.line.length)
  const isShort = new Int8Array(strings.count).fill(-1) // by name: millions of objects share a few thousand
  for (let node = 0; node < graph.nodeCount; node++) {
    const place = locations.place[node]!
    if (place === 0 || seen[place] === 1 || (graph.nodeKind[node] !== NODE.object && graph.nodeKind[node] !== NODE.closure)) continue
    const number = graph.nodeName[node]!
    if (isShort[number]! < 0) isShort[number] = isMinified(strings.get(number)) ? 1 : 0
    if (isShort[number] === 0) continue
    const name = strings.get(number)
    seen[place] = 1
    run.checkpoint()
    const script = await scriptOf(locations.file[place]!)
    const written = script?.declaredBefore(name, locations.line[place]!, locations.column[place]!)
    if (written !== undefined && written !== name) renamed.set(place, { from: graph.nodeName[node]!, to: names.number(written) })
  }
  if (renamed.size === 0) return graph
  const nodeName = graph.nodeName.slice()
  const edgeName = graph.edgeName.slice()
  const scopes = new Map<number, number>() // the place of a function that runs in this scope
  const { firstEdge, edgeKind, edgeTarget } = graph
  for (let node = 0; node < graph.nodeCount; node++) {
    const place = locations.place[node]!
    const script = place === 0 ? undefined : scripts.get(locations.file[place]!)
    if (script === undefined) continue
    const known = renamed.get(place)
    if (known?.from === nodeName[node]) nodeName[node] = known!.to
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
      if (isContext(graph, edgeTarget[edge]!)) {
        if (!scopes.has(edgeTarget[edge]!)) scopes.set(edgeTarget[edge]!, place)
      } else if (edgeKind[edge] === EDGE.property) {
        const name = strings.get(edgeName[edge]!)
        const written = name.startsWith('#') && isMinified(name) ? script.agreed(name) : undefined
        if (written !== undefined) edgeName[edge] = names.number(written)
      }
    }
  }
  for (const [scope, place] of scopes) {
    const script = scripts.get(locations.file[place]!)!
    for (let edge = firstEdge[scope]!; edge < firstEdge[scope + 1]!; edge++) {
      if (edgeKind[edge] !== EDGE.variable) continue
      const name = strings.get(edgeName[edge]!)
      const written = isMinified(name) ? script.captured(name, locations.line[place]!, locations.column[place]!) : undefined
      if (written !== undefined) edgeName[edge] = names.number(written)
    }
  }
  return { ...graph, nodeName, edgeName, strings: names }
}

/** A loaded heap with names as they were written; what was computed from the others is computed again when asked for. */
export async function heapAsWritten(heap: LoadedHeap, run: Run): Promise<LoadedHeap> {
  const graph = await withWrittenNames(heap.graph, run)
  return graph === heap.graph ? heap : { graph, index: heapIndex(graph, run) }
}

function isMinified(name: string): boolean {
  const bare = name.startsWith('#') ? name.slice(1) : name
  return bare.length > 0 && bare.length <= LONGEST_MINIFIED && WORD.test(bare)
}

/** A script whose map has names. */
class Script {
  readonly #lines: readonly string[]
  readonly #map: TraceMap
  #agreed: Map<string, string | undefined> | undefined
  #top: ReadonlyMap<string, number> | undefined
  readonly #captured = new Map<string, string | undefined>()

  constructor(text: string, map: TraceMap) {
    this.#lines = text.split(/\r\n|[\n\r\u2028\u2029]/)
    this.#map = map
  }

  /** The name of the class or function that is declared as `name` nearest before the place, or at it. Line and column count from 1. */
  declaredBefore(name: string, line: number, column: number): string | undefined {
    const mappings = decodedMappings(this.#map)
    for (let row = line - 1; row >= 0; row--) {
      const segments = mappings[row] ?? []
      const text = this.#lines[row] ?? ''
      for (let at = segments.length - 1; at >= 0; at--) {
        const segment = segments[at]!
        // A class without a constructor of its own stands at the word `class`, before its name.
        if (segment.length !== 5 || (row === line - 1 && segment[0] > column - 1 && !/^class\s+$/.test(text.slice(column - 1, segment[0])))) continue
        if (!isWordAt(text, segment[0], name)) continue
        const before = text.slice(Math.max(0, segment[0] - 20), segment[0])
        const after = text.slice(segment[0] + name.length, segment[0] + name.length + 20)
        if (/\b(?:class|function)\s*\*?\s*$/.test(before) || /^\s*[=:]\s*(?!=)/.test(after) || /^\s*\(/.test(after)) return this.#map.names[segment[4]]
      }
    }
    return undefined
  }

  /** A variable of the scope that the function at this place runs in; a place at the very start is the module's. */
  captured(name: string, line: number, column: number): string | undefined {
    if (line === 1 && column === 1) return this.agreed(name) ?? this.#atTop(name)
    const key = `${name} ${line} ${column}`
    if (!this.#captured.has(key)) this.#captured.set(key, this.agreed(name) ?? this.#firstAfter(name, line, column))
    return this.#captured.get(key)
  }

  #firstAfter(name: string, line: number, column: number): string | undefined {
    const mappings = decodedMappings(this.#map)
    for (let row = line - 1; row < mappings.length; row++) {
      const text = this.#lines[row] ?? ''
      for (const segment of mappings[row]!) {
        if (segment.length === 5 && (row > line - 1 || segment[0] >= column - 1) && isWordAt(text, segment[0], name)) return this.#map.names[segment[4]]
      }
    }
    return undefined
  }

  /** What the map calls a variable where the module declares it; functions inside may use the short name for something else. */
  #atTop(name: string): string | undefined {
    this.#top ??= topLevelDeclarations(this.#lines.join('\n')) ?? new Map<string, number>()
    const offset = this.#top.get(name)
    if (offset === undefined) return undefined
    let row = 0
    let begin = 0
    while (begin + this.#lines[row]!.length < offset) begin += this.#lines[row++]!.length + 1
    const segment = decodedMappings(this.#map)[row]?.find(([column]) => column === offset - begin)
    return segment?.length === 5 ? this.#map.names[segment[4]] : undefined
  }

  /** What all segments call this, if they agree. */
  agreed(name: string): string | undefined {
    this.#agreed ??= this.#findAgreed()
    return this.#agreed.get(name)
  }

  #findAgreed(): Map<string, string | undefined> {
    const agreed = new Map<string, string | undefined>()
    for (const [row, segments] of decodedMappings(this.#map).entries()) {
      const text = this.#lines[row] ?? ''
      for (const segment of segments) {
        if (segment.length !== 5) continue
        const word = wordAt(text, segment[0])
        const name = this.#map.names[segment[4]]
        if (word === '' || name === undefined) continue
        if (agreed.has(word) && agreed.get(word) !== name) agreed.set(word, undefined)
        else if (!agreed.has(word)) agreed.set(word, name)
      }
    }
    return agreed
  }
}

function wordAt(text: string, column: number): string {
  const word = /#?[\p{ID_Continue}$]*/uy
  word.lastIndex = column
  return word.exec(text)?.[0] ?? ''
}

function isWordAt(text: string, column: number, name: string): boolean {
  return text.startsWith(name, column) && wordAt(text, column) === name
}

async function loadScript(name: string): Promise<Script | undefined> {
  const file = pathOf(name)
  if (file === undefined) return undefined
  const map = await loadMap(file, () => {}) // a map that cannot be read is told where places are mapped
  if (map === undefined || map.names.length === 0) return undefined
  const text = await readText(file)
  return text === undefined ? undefined : new Script(text, map)
}

/** A table with some strings more. */
class AddedStrings implements StringTable {
  readonly #table: StringTable
  readonly #added: string[] = []
  readonly #numbers = new Map<string, number>()

  constructor(table: StringTable) {
    this.#table = table
  }

  get count(): number {
    return this.#table.count + this.#added.length
  }

  get(number: number): string {
    return this.#added[number - this.#table.count] ?? this.#table.get(number)
  }

  numbersOf(texts: readonly string[]): Map<string, number> {
    const found = this.#table.numbersOf(texts)
    for (const text of texts) {
      const number = this.#numbers.get(text)
      if (number !== undefined && !found.has(text)) found.set(text, number)
    }
    return found
  }

  number(text: string): number {
    const known = this.#numbers.get(text) ?? this.#table.numbersOf([text]).get(text)
    if (known !== undefined) return known
    this.#added.push(text)
    this.#numbers.set(text, this.#table.count + this.#added.length - 1)
    return this.#table.count + this.#added.length - 1
  }
}
