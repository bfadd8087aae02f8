import type { AllocationProfile } from '../model/allocation-profile.ts'
import type { DataColumn, DataTable } from '../model/data-table.ts'
import type { Report } from '../model/report.ts'
import type { RetainingGraph } from '../model/retaining-graph.ts'
import type { StringTable } from '../model/string-table.ts'
import { isRuntimeClass, isRuntimeEdge, isRuntimeFile } from './runtime-words.ts'

type Kind = 'Class' | 'function' | 'name' | 'file' | 'text'
/** How a field is masked: as one name, as a name with its holder, as words with classes among them, not at all, or by leaving it out. */
type FieldKind = Kind | 'holder' | 'classes' | 'kept' | 'dropped'

/** Fields of a report, whatever object they stand in, that hold names of the program. All other strings are sentences. */
const FIELDS: Readonly<Record<string, FieldKind>> = {
  className: 'Class',
  nodeName: 'Class',
  root: 'Class',
  collection: 'holder',
  heldAs: 'holder',
  keys: 'classes',
  values: 'classes',
  contents: 'classes',
  functionName: 'function',
  edgeName: 'name',
  file: 'file',
  command: 'text',
  label: 'text',
  tags: 'text',
  stack: 'text',
  // Contents, which were asked for beside the mask (`--contents --mask`): pseudonyms of keys would tell nothing.
  sample: 'dropped',
  samples: 'dropped',
  // Words of ours, and hashes: nothing of the program.
  fingerprint: 'kept',
  schema: 'kept',
  verdict: 'kept',
  pattern: 'kept',
  category: 'kept',
  kind: 'kept',
  status: 'kept',
  edgeKind: 'kept',
  nodeKind: 'kept',
  per: 'kept',
  format: 'kept',
  runtime: 'kept',
  runtimeVersion: 'kept',
  code: 'kept',
  advice: 'kept',
  example: 'kept',
  tool: 'kept',
}

/** One-word looks of keys (analysis/collections/text-looks.ts): ours, whatever function has the same name. */
const LOOKS: ReadonlySet<string> = new Set(['mixed', 'path', 'labels'])

/**
 * Pseudonyms for the names of a program: `Class1`, `name2`, `file3.js`. The same name always gets the same one, and
 * names of the runtime stay, so a masked report can be read, compared with itself and discussed. One masker a run.
 *
 * Names are taken from the fields of a report that hold names; in sentences they are replaced where they occur. A name
 * that stands in a sentence only is not known to be one and stays.
 */
export class Masker {
  readonly #pseudonyms = new Map<string, string>()
  readonly #counts = new Map<Kind, number>()
  #pattern: RegExp | undefined

  className(name: string): string {
    if (isRuntimeClass(name) || isRuntimeEdge(name)) return name
    const shape = /^((?:Object )?)\{(.*)\}$/s.exec(name)
    if (shape !== null) return `${shape[1]}{${shape[2]!.split(', ').map((each) => (each === '…' ? each : this.edge(each))).join(', ')}}`
    const code = /^\(code for (.+)\)$/s.exec(name)
    if (code !== null) return `(code for ${this.className(code[1]!)})`
    const wrapped = /^(system \/ Context(?: \/ )?|global \/ |Detached |class )(.+)$/s.exec(name)
    if (wrapped !== null) return wrapped[1]! + this.className(wrapped[2]!)
    const array = /^(.+?)((?:\[\])+)$/.exec(name)
    if (array !== null) return this.className(array[1]!) + array[2]!
    return this.#pseudonym('Class', name)
  }

  functionName(name: string): string {
    return isRuntimeClass(name) || isRuntimeEdge(name) ? name : this.#pseudonym('function', name)
  }

  /** A property, variable or key. */
  edge(name: string): string {
    if (isRuntimeEdge(name)) return name
    if (/ \/ part of key \(.* pair in WeakMap/s.test(name)) return 'part of a WeakMap entry'
    return this.#pseudonym('name', name)
  }

  /** A path without its folders; what kind of file it is stays. */
  file(name: string): string {
    if (isRuntimeFile(name)) return name
    const ending = /(?:\.[a-z0-9]{1,14}){1,2}$/i.exec(name)?.[0] ?? ''
    return this.#pseudonym('file', name, ending)
  }

  text(text: string): string {
    return text === '' ? text : this.#pseudonym('text', text)
  }

  /** `sessions (Map)`, `EventEmitter._events.update (Array)`. */
  holder(text: string): string {
    const [, path, kind] = /^(.*?)( \(\w+\))?$/s.exec(text)!
    return path!.split('.').map((each) => (isRuntimeClass(each) ? each : this.edge(each))).join('.') + (kind ?? '')
  }

  /** `a-9 → Visit (84 %), Object {run}`: what looks like a class or a function is one. */
  classes(text: string): string {
    return text.split(/( → | \(\d+ %\)(?:, )?)/).map((part, at) => (at % 2 === 1 ? part : this.#classOrLook(part))).join('')
  }

  #classOrLook(text: string): string {
    if (LOOKS.has(text) || /^[a9_$.]+$/.test(text)) return text
    if (/^[\p{L}_$][\p{L}\p{N}_$.]*$/u.test(text)) return this.className(text)
    return text.replace(/Object \{[^}]*\}|(?<![\p{L}\p{N}_$])\p{Lu}[\p{L}\p{N}_$.]*/gu, (name) => this.className(name))
  }

  /** Words of ours with names in them: every name that was met so far is replaced. */
  sentence(text: string): string {
    if (this.#pattern === undefined) {
      const known = [...this.#pseudonyms.keys()].filter((name) => name.length > 2).toSorted((a, b) => b.length - a.length)
      this.#pattern = known.length === 0 ? /(?!)/g : new RegExp(`(?<![\\p{L}\\p{N}_$])(?:${known.map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|')})(?![\\p{L}\\p{N}_$])`, 'gu')
    }
    return text.replace(this.#pattern, (name) => this.#pseudonyms.get(name)!)
  }

  #pseudonym(kind: Kind, name: string, ending = ''): string {
    const known = this.#pseudonyms.get(name)
    if (known !== undefined) return known
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    const made = `${kind}${count}${ending}`
    this.#pseudonyms.set(name, made)
    this.#pattern = undefined
    return made
  }
}

/** The report with pseudonyms for the program's names, all else as it was. */
export function maskReport(report: Report, masker: Masker): Report {
  const names = report.sources.map(({ name }) => masker.file(name))
  // Twice: a sentence at the beginning may repeat a name that only a field at the end tells.
  const { command, ...rest } = report
  masked(rest, '', masker, () => '')
  const again = masked(rest, '', masker, (text) => masker.sentence(text)) as Omit<Report, 'command'>
  return { ...again, command, sources: again.sources.map((source, at) => ({ ...source, name: names[at]! })) }
}

type Sentence = (text: string) => string

function masked(value: unknown, field: string, masker: Masker, sentence: Sentence): unknown {
  if (typeof value === 'string') return maskedText(value, FIELDS[field], masker, sentence)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map((each: unknown) => masked(each, field, masker, sentence))
  if (FIELDS[field] === 'kept') return value
  const shown = Object.entries(value).filter(([key, each]) => FIELDS[key] !== 'dropped' || typeof each === 'number')
  return Object.fromEntries(shown.map(([key, each]) => [key, masked(each, key, masker, sentence)]))
}

function maskedText(text: string, kind: FieldKind | undefined, masker: Masker, sentence: Sentence): string {
  switch (kind) {
    case 'kept':
      return text
    case 'dropped':
      return ''
    case 'Class':
      return masker.className(text)
    case 'function':
      return masker.functionName(text)
    case 'name':
      return masker.edge(text)
    case 'file':
      return masker.file(text)
    case 'text':
      return masker.text(text)
    case 'holder':
      return masker.holder(text)
    case 'classes':
      return masker.classes(text)
    case undefined:
      return sentence(text)
  }
}

/** A picture of holders, with the pseudonyms of the report it belongs to. */
export function maskGraph(graph: RetainingGraph, masker: Masker): RetainingGraph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      name: masker.className(node.name),
      ...(node.note === undefined ? {} : { note: masker.sentence(node.note) }),
      ...(node.location === undefined ? {} : { location: masked(node.location, '', masker, (text) => masker.sentence(text)) as NonNullable<typeof node.location> }),
    })),
    edges: graph.edges.map((edge) => ({ ...edge, name: masker.edge(edge.name) })),
  }
}

/** A profile with pseudonyms for its functions and files; steps of a path (`sessions : Map`) part by part. */
export function maskProfile(profile: AllocationProfile, masker: Masker): AllocationProfile {
  const { frames, strings } = profile
  const files = new Set(frames.file)
  const names = new Set(frames.functionName)
  const get = (number: number): string => {
    const text = strings.get(number)
    if (!names.has(number)) return files.has(number) ? masker.file(text) : text
    const step = /^(.*) : (.*)$/s.exec(text)
    return step === null ? masker.functionName(text) : `${masker.edge(step[1]!)} : ${masker.className(step[2]!)}`
  }
  const table: StringTable = { count: strings.count, get, numbersOf: (texts) => strings.numbersOf(texts) }
  return { ...profile, strings: table, source: { ...profile.source, name: masker.file(profile.source.name) } }
}

const COLUMNS: Readonly<Record<string, (masker: Masker, text: string) => string>> = {
  class: (masker, text) => masker.className(text),
  file: (masker, text) => masker.file(text),
  function: (masker, text) => masker.functionName(text),
}
const KEPT_COLUMNS: ReadonlySet<string> = new Set(['kind', 'generation', 'cause', 'verdict'])

/** Tables with pseudonyms in every column of texts but those that hold words of ours. */
export function maskTables(tables: readonly DataTable[], masker: Masker): DataTable[] {
  return tables.map(({ name, about, columns, ...table }) => ({ ...table, name, about, columns: columns.map((column) => maskColumn(column, name, masker)) }))
}

function maskColumn(column: DataColumn, table: string, masker: Masker): DataColumn {
  if (KEPT_COLUMNS.has(column.name)) return column
  const mask = COLUMNS[column.name] ?? (table === 'edges' ? (all: Masker, text: string) => all.edge(text) : (all: Masker, text: string) => all.text(text))
  if (column.type === 'word') {
    let words: readonly string[] | undefined
    return { ...column, words: () => (words ??= column.words().map((text) => mask(masker, text))) }
  }
  if (column.type !== 'text') return column
  return {
    ...column,
    text(row) {
      const text = column.text(row)
      return text === undefined ? undefined : mask(masker, text)
    },
  }
}
