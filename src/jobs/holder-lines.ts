import { readFile, stat } from 'node:fs/promises'
import { isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ORIGIN, originOfFile } from '../analysis/diff/growing-classes.ts'
import { functionText } from '../analysis/diff/function-text.ts'
import { additionAnywhere, additionIn, callIn, declarationOf, type SourceText, sourceText } from '../analysis/diff/source-lines.ts'
import { capturedUnused } from '../analysis/patterns/captured-unused.ts'
import { closureContext } from '../analysis/patterns/closure-context.ts'
import type { Run } from '../base/run.ts'
import type { Finding, Reason } from '../model/finding.ts'
import type { SourceLocation } from '../model/heap-graph.ts'
import type { PathStep } from '../model/retaining-path.ts'

const MOST_BYTES = 8 * 2 ** 20

/**
 * The findings with lines made exact where the scripts are on this machine: the holder's declaration, the statement
 * that adds to it, and the calls in the allocating stack. A snapshot knows where functions begin, not where a variable
 * is declared or a statement stands; these are found by name in the script's text, and the reasons say so.
 * The findings given are not changed. Call it before `mapSources`: lines are those of the code that runs.
 * @throws Cancelled
 */
export async function findHolderLines(findings: readonly Finding[], run: Run): Promise<Finding[]> {
  const texts = new Map<string, SourceText | undefined>()
  const read = async (file: string): Promise<SourceText | undefined> => {
    if (!texts.has(file)) texts.set(file, await readSource(file))
    return texts.get(file)
  }
  const refined: Finding[] = []
  for (const finding of findings) {
    run.checkpoint()
    refined.push(await refine(finding, read))
  }
  return refined
}

type Read = (file: string) => Promise<SourceText | undefined>

async function refine(finding: Finding, read: Read): Promise<Finding> {
  const steps = finding.paths[0]?.steps ?? []
  const holder = steps.findLastIndex((step) => step.status === 'fine')
  const named = nameOfHolder(steps, holder)
  const reasons = [...finding.reasons]
  const allocatedAt = finding.allocatedAt === undefined ? undefined : await exactCalls(finding.allocatedAt, read)
  let { location } = finding
  const near = [...steps.slice(0, holder + 2).reverse(), ...steps.slice(holder + 2)].flatMap((step) => step.location ?? [])
  const places = uniqueFiles([...(location === undefined ? [] : [location]), ...near, ...(finding.allocatedAt ?? [])])
  if (named !== undefined) {
    for (const place of places) {
      const text = await read(place.file)
      const line = text === undefined ? undefined : declarationOf(text, named.name, named.kind, place.line)
      if (line === undefined) continue
      location = { file: place.file, line }
      reasons.push({ for: true, text: `${named.name} is declared at ${shown(place.file)}:${line} (found by its name in the source).` })
      break
    }
  }
  const access = await declarationOfAccess(steps, holder, location, read)
  if (access !== undefined) reasons.push(access)
  const added = finding.addedAt === undefined ? await additionOf(finding, named?.name, { near, places }, read) : await seenAddition(finding.addedAt, read)
  if (added !== undefined) reasons.push(added)
  // A list of the runtime's own has no line in any script: then what is in it has.
  location ??= steps.slice(Math.max(0, holder)).find((step) => step.location !== undefined && originOfFile(step.location.file) <= ORIGIN.package)?.location
  return nameUnusedCapture({ ...finding, reasons, location, allocatedAt }, read)
}

/** A captured variable that the function which keeps it does not name is a pattern of its own. */
async function nameUnusedCapture(finding: Finding, read: Read): Promise<Finding> {
  const steps = finding.paths[0]?.steps ?? []
  const leaking = steps.findIndex((step) => step.status === 'leaking')
  const keeper = steps.findIndex((step, at) => at >= leaking && step.nodeKind === 'closure')
  const variable = steps.find((step, at) => at > keeper && step.edgeKind === 'variable')
  const place = steps[keeper]?.location
  if (finding.pattern !== closureContext.id || leaking < 0 || keeper < 0 || variable === undefined || place?.column === undefined) return finding
  const source = await read(place.file)
  const text = source === undefined ? undefined : functionText(source, { line: place.line, column: place.column })
  if (text === undefined || names(text, variable.edgeName) || names(text, 'eval')) return finding
  const { id, title, proves, advice, example } = capturedUnused
  return {
    ...finding,
    pattern: id,
    title: finding.title.replace(closureContext.title, title),
    reasons: [...finding.reasons.filter((reason) => reason.text !== closureContext.proves), { for: true, text: proves }, { for: true, text: `The function at ${shown(place.file)}:${place.line} keeps ${variable.edgeName} and does not name it (its text was read).` }],
    advice,
    example,
  }
}

const names = (text: string, name: string): boolean => text.split(/[^\w$]+/).includes(name)

/** Where a holder inside a package is reached from the application: the variable through which the path enters it. */
async function declarationOfAccess(steps: readonly PathStep[], holder: number, location: SourceLocation | undefined, read: Read): Promise<Reason | undefined> {
  if (location !== undefined && originOfFile(location.file) === ORIGIN.application) return undefined
  for (let step = holder; step >= 1; step--) {
    const { edgeKind, edgeName } = steps[step]!
    const from = steps[step - 1]!.location
    if (edgeKind !== 'variable' || from === undefined || originOfFile(from.file) !== ORIGIN.application) continue
    const text = await read(from.file)
    const line = text === undefined ? undefined : declarationOf(text, edgeName, 'variable', from.line)
    return line === undefined ? undefined : { for: true, text: `It is reached through ${edgeName}, declared at ${shown(from.file)}:${line} (found by its name in the source).` }
  }
  return undefined
}

/** The statement of a stack that was seen: its place is known, only its words are read. */
async function seenAddition([frame]: readonly SourceLocation[], read: Read): Promise<Reason | undefined> {
  const words = frame === undefined ? undefined : (await read(frame.file))?.lines[frame.line - 1]?.trim().slice(0, 120)
  return words === undefined || words === '' ? undefined : { for: true, text: `The line that adds: \`${words}\`.` }
}

/** The statement that adds: in the functions of the allocating stack and of the path, then anywhere in their scripts. */
async function additionOf(finding: Finding, name: string | undefined, where: { near: readonly SourceLocation[]; places: readonly SourceLocation[] }, read: Read): Promise<Reason | undefined> {
  const say = (file: string, line: number, text: SourceText): Reason => ({
    for: true,
    text: `Added at ${shown(file)}:${line}: \`${text.lines[line - 1]!.trim().slice(0, 120)}\` (found by name in the source).`,
  })
  const seen = new Set<string>()
  for (const frame of [...(finding.allocatedAt ?? []), ...where.near]) {
    const key = `${frame.file}:${frame.line}`
    if (seen.has(key)) continue
    seen.add(key)
    const text = await read(frame.file)
    const line = text === undefined ? undefined : additionIn(text, name, finding.category, frame.line)
    if (line !== undefined) return say(frame.file, line, text!)
  }
  if (name === undefined) return undefined
  for (const { file, line: near } of where.places) {
    const text = await read(file)
    const line = text === undefined ? undefined : additionAnywhere(text, name, near)
    if (line !== undefined) return say(file, line, text!)
  }
  return undefined
}

/** A frame of a sampling profile stands where its function begins; here it moves to the call of the next inner one. */
async function exactCalls(frames: readonly SourceLocation[], read: Read): Promise<SourceLocation[]> {
  const exact: SourceLocation[] = []
  for (const [index, frame] of frames.entries()) {
    const callee = frames[index - 1]?.functionName
    const text = callee === undefined || callee === '' ? undefined : await read(frame.file)
    const line = text === undefined ? undefined : callIn(text, callee!, frame.line)
    exact.push(line === undefined || line === frame.line ? frame : { file: frame.file, line, functionName: frame.functionName })
  }
  return exact
}

/** The nearest name at or above the holder that a person wrote. */
function nameOfHolder(steps: readonly PathStep[], holder: number): { name: string; kind: 'variable' | 'property' } | undefined {
  for (let step = holder; step >= 0 && step > holder - 5; step--) {
    const { edgeKind, edgeName } = steps[step]!
    if ((edgeKind === 'variable' || edgeKind === 'property') && !/^(_events|_readableState|_writableState|__proto__|prototype|\[key\])$/.test(edgeName)) {
      return { name: edgeName, kind: edgeKind }
    }
  }
  return undefined
}

function uniqueFiles(places: readonly SourceLocation[]): SourceLocation[] {
  const seen = new Set<string>()
  return places.filter(({ file }) => !seen.has(file) && seen.add(file))
}

async function readSource(file: string): Promise<SourceText | undefined> {
  const path = file.startsWith('file:') ? pathOfUrl(file) : file
  if (path === undefined || !isAbsolute(path)) return undefined
  try {
    const info = await stat(path)
    return info.isFile() && info.size <= MOST_BYTES ? sourceText(await readFile(path, 'utf8')) : undefined
  } catch (error) {
    // A script that is not on this machine is no trouble: its lines stay as the snapshot has them.
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
}

/** As a person would type it here. */
function shown(file: string): string {
  const path = (file.startsWith('file:') ? pathOfUrl(file) : undefined) ?? file
  const inside = relative(process.cwd(), path)
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside
}

function pathOfUrl(url: string): string | undefined {
  return URL.canParse(url) ? fileURLToPath(url) : undefined
}
