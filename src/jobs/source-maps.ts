import { readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AnyMap, GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND, originalPositionFor, type TraceMap } from '@jridgewell/trace-mapping'
import type { Run } from '../base/run.ts'
import type { SourceLocation } from '../model/heap-graph.ts'
import type { Report } from '../model/report.ts'
import type { Notice } from '../model/source.ts'

export interface MapOptions {
  run: Run
  /** Places inside are shown relative to it. */
  cwd: string
}

/** A bundle larger than this, or its map, is not read: no program is written in such files. */
const MOST_BYTES = 256 * 2 ** 20

/**
 * The report with every source position led to where the program was written.
 * `file:` URLs become paths; a file that has a source map (https://tc39.es/ecma426/; beside it, named in its last
 * comment, or inline) leads to the original file, line and column, and the place that runs is kept as `generated`;
 * paths inside `cwd` become relative. What is not on this machine stays as it is.
 * A map that was promised and cannot be read is counted in a notice.
 * The report given is not changed.
 * @throws Cancelled
 */
export async function mapSources(report: Report, { run, cwd }: MapOptions): Promise<Report> {
  const mapped = structuredClone(report)
  const places = placesIn({ findings: mapped.findings, details: mapped.details })
  const trouble = new Map<string, Notice>()
  const maps = new Map<string, TraceMap | undefined>()
  for (const file of new Set(places.map((place) => pathOf(place.file)))) {
    run.checkpoint()
    if (file === undefined) continue
    maps.set(file, await loadMap(file, (code, message) => count(trouble, code, message, shorten(file, cwd))))
  }
  for (const place of places) {
    const file = pathOf(place.file)
    if (file === undefined) continue
    const map = maps.get(file)
    const original = map === undefined ? undefined : findOriginal(map, place)
    if (original === undefined) {
      place.file = shorten(file, cwd)
      continue
    }
    place.generated = { file: shorten(file, cwd), line: place.line, ...(place.column === undefined ? {} : { column: place.column }) }
    Object.assign(place, { file: shorten(originalPath(original.file, cwd), cwd), line: original.line, column: original.column })
  }
  mapped.notices.push(...trouble.values())
  return mapped
}

/** Every source position inside `value`, each once. */
function placesIn(value: unknown): SourceLocation[] {
  const places = new Set<SourceLocation>()
  const seen = new Set<object>()
  const open: unknown[] = [value]
  while (open.length > 0) {
    const each = open.pop()
    if (typeof each !== 'object' || each === null || ArrayBuffer.isView(each) || seen.has(each)) continue
    seen.add(each)
    if (isPlace(each)) places.add(each)
    else open.push(...Object.values(each))
  }
  return [...places]
}

function isPlace(value: object): value is SourceLocation {
  return 'file' in value && typeof value.file === 'string' && 'line' in value && typeof value.line === 'number'
}

/** The path of a script's name, or undefined when it names no file: `node:fs`, `evalmachine.<anonymous>`, a web page. */
export function pathOf(name: string): string | undefined {
  if (name.startsWith('file:')) {
    try {
      const url = new URL(name)
      url.search = '' // `?t=1700000000` is how modules are loaded anew
      url.hash = ''
      return fileURLToPath(url)
    } catch {
      return undefined // a file on another host: not ours to read
    }
  }
  return isAbsolute(name) ? name : undefined
}

function shorten(path: string, cwd: string): string {
  if (!isAbsolute(path)) return path
  const inside = relative(cwd, path)
  return inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? path : inside
}

/** The source map of a script: beside it, named in its last comment, or inline; undefined where there is none. */
export async function loadMap(file: string, tell: (code: string, message: string) => void): Promise<TraceMap | undefined> {
  const text = await readText(file)
  if (text === undefined) return undefined // taken on another machine, or the file is gone
  const link = linkIn(text)
  const inline = link !== undefined && /^data:/i.test(link)
  const path = link === undefined || inline ? `${file}.map` : mapPath(link, file)
  const json = inline ? decodeDataUrl(link) : path === undefined ? undefined : await readText(path)
  if (json === undefined) {
    if (link !== undefined) tell('source-map-missing', 'a file names a source map that is not there; places in it are those of the code that runs')
    return undefined
  }
  try {
    // The prefix is allowed so that a map cannot be run as a script.
    return new AnyMap(json.replace(/^\)\]\}'[^\n]*\n/, ''), pathToFileURL(inline ? file : (path ?? file)).href)
  } catch {
    tell('source-map-damaged', 'a source map cannot be read; places in its file are those of the code that runs')
    return undefined
  }
}

/** The address in the last `//# sourceMappingURL=` comment. */
function linkIn(text: string): string | undefined {
  let at = text.lastIndexOf('sourceMappingURL=')
  while (at >= 0) {
    const before = text.slice(Math.max(0, at - 4), at)
    if (/(\/\/|\/\*)[#@] $/.test(before) || /(\/\/|\/\*)[#@]$/.test(before.trimEnd())) return /^[^\s'"*]+/.exec(text.slice(at + 'sourceMappingURL='.length))?.[0]
    at = at === 0 ? -1 : text.lastIndexOf('sourceMappingURL=', at - 1)
  }
  return undefined
}

function mapPath(link: string, file: string): string | undefined {
  if (/^[a-z][a-z+.-]+:/i.test(link)) return pathOf(link)
  try {
    return resolve(dirname(file), decodeURIComponent(link))
  } catch {
    return resolve(dirname(file), link) // a stray percent sign: the name as it stands
  }
}

function decodeDataUrl(link: string): string | undefined {
  const comma = link.indexOf(',')
  if (comma < 0) return ''
  const [head, body] = [link.slice(0, comma), link.slice(comma + 1)]
  try {
    return /;base64$/i.test(head) ? Buffer.from(body, 'base64').toString('utf8') : decodeURIComponent(body)
  } catch {
    return '' // no map: told as damaged
  }
}

/** The text of a file that is no bigger than scripts are; undefined where it is not there. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    const info = await stat(path)
    return info.isFile() && info.size <= MOST_BYTES ? await readFile(path, 'utf8') : undefined
  } catch {
    return undefined // not there or not readable: the caller tells when that matters
  }
}

function findOriginal(map: TraceMap, { line, column = 1 }: SourceLocation): { file: string; line: number; column: number } | undefined {
  if (line < 1) return undefined
  for (const bias of [GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND] as const) {
    const found = originalPositionFor(map, { line, column: Math.max(0, column - 1), bias })
    if (found.source !== null && found.line !== null) return { file: found.source, line: found.line, column: found.column + 1 }
  }
  return undefined
}

/** A source as its map names it: a `file:` URL, a path, or a bundler's invention such as `webpack://app/./src/a.ts`. */
function originalPath(source: string, cwd: string): string {
  const invented = /^(?:webpack|rollup|vite|turbopack|ng|meteor):\/\/(?:[^/]*\/)?(?:\.\/)*([^?]+)/i.exec(source)
  if (invented !== null) return resolve(cwd, invented[1]!)
  return pathOf(source) ?? source
}

function count(notices: Map<string, Notice>, code: string, message: string, file: string): void {
  const known = notices.get(code)
  if (known === undefined) notices.set(code, { code, count: 1, firstAt: file, message })
  else known.count++
}
