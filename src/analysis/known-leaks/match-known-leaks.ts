import satisfies from 'semver/functions/satisfies.js'
import type { Finding } from '../../model/finding.ts'
import type { PathStep } from '../../model/retaining-path.ts'
import type { KnownLeak } from './known-leak.ts'
import { KNOWN_LEAKS } from './known-leaks.ts'

/** A package whose scripts stand on a finding's paths. */
export interface SeenPackage {
  name: string
  /** The folder that holds its package.json, as the script names it. */
  folder: string
}

export interface KnownLeakMatch {
  leak: KnownLeak
  /** The version that runs; undefined when it is not known, and then the match is only a "may be". */
  version: string | undefined
}

/** The version of a package in a folder, or of `node` (no folder); undefined when it is not known. */
export type VersionOf = (name: string, folder: string | undefined) => string | undefined

const BUNDLED_UNDICI = 'node:internal/deps/undici'

/**
 * The known leak that a finding is, if any: the names on one of its paths are those of the leak, in order; a script of
 * the package is on a path or allocates what grows; and the version that runs is not outside the affected ones.
 * Names that any program has (`_events`, `Socket`, `Map`) are no sign of a package whose code only stands in the allocating
 * stack, as that of an instrumentation always does: then its script must stand where the growth is held.
 * Of several, one whose version is known wins, then the one that says more about the path.
 * @method a subsequence test by name; ranges by the `semver` package. @cost paths × leaks × names, all small
 */
export function matchKnownLeak(finding: Finding, versionOf: VersionOf, leaks: readonly KnownLeak[] = KNOWN_LEAKS): KnownLeakMatch | undefined {
  const seen = packagesOf(finding)
  const files = filesOf(finding)
  const paths = finding.paths.map(({ steps }) => namesOf(steps))
  let best: KnownLeakMatch | undefined
  for (const leak of leaks) {
    if (!paths.some((names) => isInOrder(names, leak.signature))) continue
    if (leak.scripts !== undefined && !files.some((file) => leak.scripts!.test(file))) continue
    const folder = folderOf(leak, seen)
    if (folder === undefined && leak.package !== 'node') continue
    if (leak.package !== 'node' && !isTelling(leak) && folderOf(leak, packagesAtGrowth(finding)) === undefined) continue
    const version = versionOf(leak.package, folder)
    if (version !== undefined && !satisfies(version, leak.versionsAffected)) continue
    const match = { leak, version }
    if (best === undefined || weight(match) > weight(best)) best = match
  }
  return best
}

/**
 * The finding with the known leak said first: in its title, as its first reason, and with the update as its advice.
 * It "may be" the leak where the version is not known, and where nothing was seen to grow: the path of a package that
 * leaks looks the same before it has leaked.
 */
export function sayKnownLeak(finding: Finding, { leak, version }: KnownLeakMatch): Finding {
  const fixed = leak.fixedIn === undefined ? '' : `, fixed in ${leak.fixedIn}`
  const name = leak.package === 'node' ? 'Node' : leak.package
  const isSure = version !== undefined && (finding.verdict === 'leak' || finding.verdict === 'suspect')
  const which = version === undefined ? name : `${name} ${version.replace(/^v/, '')}`
  const title = `${isSure ? '' : 'may be the '}known leak of ${which}${fixed}`
  const doubt = version === undefined ? ` The version that runs is not known; affected: ${leak.versionsAffected}.` : ''
  const update = leak.fixedIn === undefined ? undefined : `Update ${name} to ≥ ${leak.fixedIn}.`
  const advice = [update, leak.remedy].filter((part) => part !== undefined).join(' ') || `No fixed version is named: see ${leak.link}.`
  return {
    ...finding,
    title: `${title}: ${finding.title}`,
    reasons: [{ for: true, text: `${leak.what}${doubt} See ${leak.link}` }, ...finding.reasons],
    advice: `${advice} ${finding.advice}`.trim(),
  }
}

/** Names of Node, of JavaScript, and of what everybody calls a thing. */
const COMMON_NAMES = [
  'Socket', 'TLSSocket', 'Server', 'ServerResponse', 'IncomingMessage', 'ClientRequest', 'Agent', '_events', 'connect', 'close', 'error', 'timeout', 'upgrade', 'data', 'drain',
  '_readableState', '_writableState', 'buffer', 'buffered', 'ReadableStream', 'AbortSignal', '<symbol kEvents>', 'abort', 'FinalizationRegistry', 'WeakCell', 'PerformanceObserver',
  'Timeout', '_onTimeout', 'Immediate', '_idleNext', '_idlePrev', 'Error', 'Map', 'Set', 'Array', 'Object', 'clients', '<symbol clients>', 'engines', 'Engine', 'rooms', 'Adapter',
  'sessions', 'MemoryStore', 'removed', 'cache', '_cache', 'scope', 'handlers', 'events', 'sockets', 'instance', 'instances', 'first', 'last', 'next', 'prev', 'LRU', 'uncaughtException', 'unhandledRejection',
] as const

/** One of its names is the package's own. */
export function isTelling({ signature, scripts }: KnownLeak): boolean {
  return scripts !== undefined || signature.some((expression) => !COMMON_NAMES.some((name) => expression.test(name)))
}

/** The packages whose scripts stand on the paths from the holder of the growth on. */
function packagesAtGrowth(finding: Finding): SeenPackage[] {
  const paths = finding.paths.map((path) => ({ ...path, steps: path.steps.slice(Math.max(0, path.steps.findLastIndex((step) => step.status === 'fine') - 2)) }))
  return packagesOf({ ...finding, paths, allocatedAt: undefined })
}

/** The packages whose scripts the finding names, each folder once. */
export function packagesOf(finding: Finding): SeenPackage[] {
  const seen = new Map<string, SeenPackage>()
  for (const file of filesOf(finding)) {
    const found = packageOfFile(file)
    if (found !== undefined) seen.set(found.folder, found)
  }
  return [...seen.values()]
}

/** Where the package itself lies, when one of its parts was seen: parts are installed side by side. */
export function folderOf(leak: KnownLeak, seen: readonly SeenPackage[]): string | undefined {
  const own = seen.find(({ name }) => name === leak.package)
  if (own !== undefined) return own.folder
  const part = seen.find(({ name }) => leak.seenIn?.includes(name))
  return part === undefined ? undefined : part.folder.slice(0, part.folder.length - part.name.length) + leak.package
}

function packageOfFile(file: string): SeenPackage | undefined {
  if (file.startsWith(BUNDLED_UNDICI)) return { name: 'undici', folder: BUNDLED_UNDICI }
  const plain = file.replaceAll('\\', '/')
  const marker = '/node_modules/'
  const at = `/${plain}`.lastIndexOf(marker)
  if (at < 0) return undefined
  const start = at - 1 + marker.length
  const [first = '', second = '', ...rest] = plain.slice(start).split('/')
  const name = first.startsWith('@') ? `${first}/${second}` : first
  const isInside = first.startsWith('@') ? rest.length > 0 : second !== '' || rest.length > 0
  return name === '' || !isInside ? undefined : { name, folder: plain.slice(0, start) + name }
}

function filesOf({ paths, location, allocatedAt }: Finding): string[] {
  const places = [...paths.flatMap(({ steps }) => steps.map((step) => step.location)), location, ...(allocatedAt ?? [])]
  return places.flatMap((place) => (place === undefined ? [] : [place.file]))
}

function namesOf(steps: readonly PathStep[]): string[] {
  return steps.flatMap(({ edgeName, nodeName }) => [edgeName, nodeName])
}

function isInOrder(names: readonly string[], signature: readonly RegExp[]): boolean {
  let next = 0
  for (const name of names) {
    if (signature[next]?.test(name) === true) next++
  }
  return next === signature.length
}

function weight({ leak, version }: KnownLeakMatch): number {
  return (version === undefined ? 0 : 100) + leak.signature.length + (leak.scripts === undefined ? 0 : 1)
}
