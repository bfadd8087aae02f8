import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import type { Run } from '../base/run.ts'
import type { Finding } from '../model/finding.ts'
import type { RetainingPath } from '../model/retaining-path.ts'

/** Sources are not looked for without end. */
const MOST_ENTRIES = 20_000
const MOST_BYTES = 4 << 20
const PASSED_OVER = /^(\.|node_modules$|target$|build$|out$|dist$|bin$)/
/** Classes of the JDK: their fields are in no source of the program. */
const JDK = /^(java|javax|jdk|sun|com\.sun)\./
const ADDS = 'put|putIfAbsent|computeIfAbsent|merge|add|addAll|addFirst|addLast|offer|push|set|append|appendleft|extend|insert|update|setdefault|register\\w*|subscribe|connect'

interface Holder {
  name: string
  /** The source it is declared in. */
  file: string
}

/**
 * The findings with the line of the holder's declaration and of the statement that adds to it, where the source is on
 * this machine. A heap dump knows classes and fields, an object graph modules and names, neither knows lines of
 * declarations: these are found by name in the text, with patterns and not with a parser, and the reasons say so.
 * The findings given are not changed.
 * @throws Cancelled
 */
export async function findDeclaredLines(findings: readonly Finding[], { runtime, cwd }: { runtime: 'jvm' | 'cpython'; cwd: string }, run: Run): Promise<Finding[]> {
  const sources = new JavaSources(cwd)
  const found: Finding[] = []
  for (const finding of findings) {
    run.checkpoint()
    const path = finding.paths[0]
    const holders = path === undefined ? [] : runtime === 'jvm' ? await javaHolders(path, sources) : pythonHolders(path, cwd)
    let refined: Finding | undefined
    for (const holder of holders) {
      const lines = await linesOf(holder.file)
      refined = lines === undefined ? undefined : refine(finding, holder, lines, cwd)
      if (refined !== undefined) break
    }
    found.push(refined ?? finding)
  }
  return found
}

function refine(finding: Finding, { name, file }: Holder, lines: readonly string[], cwd: string): Finding | undefined {
  const word = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  // `NAME = …`, `NAME: dict = …`, `self.NAME = …`, `def NAME(`, `static final Map<…> NAME = …`, `Map<…> NAME;`
  const declared = lineOf(lines, new RegExp(`^\\s*(?:(?:self|cls|this)\\.)?${word}\\s*(?::[^=]+)?=(?!=)|[\\w>\\]]\\s+${word}\\s*(?:=(?!=)|;)|^\\s*(?:async\\s+)?(?:def|class)\\s+${word}\\b`))
  if (declared === undefined) return undefined
  const added = lineOf(lines, new RegExp(`\\b${word}\\s*(?:\\[[^\\]]+\\]\\s*\\+?=(?!=)|\\.(?:${ADDS})\\s*\\()`))
  const shown = relative(cwd, file).startsWith('..') ? file : relative(cwd, file)
  const reasons = [...finding.reasons]
  reasons.push({ for: true, text: `${name} is declared at ${shown}:${declared} (found by its name in the source).` })
  if (added !== undefined) reasons.push({ for: true, text: `Added at ${shown}:${added}: \`${lines[added - 1]!.trim().slice(0, 120)}\` (found by name in the source).` })
  const allocatedAt = finding.allocatedAt ?? (added === undefined ? undefined : [{ file, line: added }])
  return { ...finding, reasons, location: { file, line: declared }, allocatedAt }
}

/** The fields above what grows whose classes the program itself has, the nearest first. */
async function javaHolders({ steps }: RetainingPath, sources: JavaSources): Promise<Holder[]> {
  const holders: Holder[] = []
  for (let step = lastFine(steps); step >= 1; step--) {
    const owner = steps[step - 1]!.nodeName.replace(/^class /, '')
    const { edgeKind, edgeName } = steps[step]!
    if (edgeKind !== 'property' || JDK.test(owner)) continue
    const file = await sources.fileOf(owner)
    if (file !== undefined) holders.push({ name: edgeName, file })
  }
  return holders
}

/** The names above what grows, each in the file of the module, class or function it stands in; the nearest first. Python tells files as it was given them. */
function pythonHolders({ steps }: RetainingPath, cwd: string): Holder[] {
  const holders: Holder[] = []
  for (let step = lastFine(steps); step >= 1; step--) {
    const { edgeKind, edgeName } = steps[step]!
    if ((edgeKind !== 'property' && edgeKind !== 'variable') || !/^[A-Za-z_]\w*$/.test(edgeName)) continue
    const place = steps.slice(0, step).findLast(({ location }) => location !== undefined)?.location
    if (place !== undefined) holders.push({ name: edgeName, file: resolve(cwd, place.file) })
  }
  return holders
}

function lastFine(steps: RetainingPath['steps']): number {
  return Math.min(steps.length - 1, steps.findLastIndex(({ status }) => status === 'fine') + 1)
}

function lineOf(lines: readonly string[], pattern: RegExp): number | undefined {
  const at = lines.findIndex((line) => pattern.test(line) && !/^\s*(\/\/|\*|#)/.test(line))
  return at < 0 ? undefined : at + 1
}

async function linesOf(file: string): Promise<string[] | undefined> {
  try {
    const info = await stat(file)
    return info.isFile() && info.size <= MOST_BYTES ? (await readFile(file, 'utf8')).split(/\r?\n/) : undefined
  } catch {
    return undefined // a source that is not on this machine is no trouble
  }
}

/** The Java sources below a folder, by the class they are named after; searched once, when first asked. */
class JavaSources {
  readonly #folder: string
  #files: Promise<string[]> | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  async fileOf(className: string): Promise<string | undefined> {
    this.#files ??= this.#search()
    const ending = `/${className.replace(/\$.*$/, '').replaceAll('.', '/')}.java`
    return (await this.#files).find((file) => file.endsWith(ending))
  }

  async #search(): Promise<string[]> {
    const files: string[] = []
    const folders = [this.#folder]
    for (let at = 0, seen = 0; at < folders.length && seen < MOST_ENTRIES; at++) {
      const entries = await readdir(folders[at]!, { withFileTypes: true }).catch(() => [])
      seen += entries.length
      for (const entry of entries) {
        if (PASSED_OVER.test(entry.name)) continue
        if (entry.isDirectory()) folders.push(join(folders[at]!, entry.name))
        else if (entry.name.endsWith('.java')) files.push(join(folders[at]!, entry.name))
      }
    }
    return files
  }
}
