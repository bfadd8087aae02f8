import { allocationPlaces } from '../../src/analysis/allocation/allocation-places.ts'
import { judgeProfile } from '../../src/analysis/allocation/judge-profile.ts'
import { findDominators } from '../../src/analysis/heap/dominators.ts'
import { startRun } from '../../src/base/run.ts'
import type { AllocationProfile } from '../../src/model/allocation-profile.ts'
import { EDGE, edgeNameOf, type HeapGraph, locationOf, NONE, nodeKindOf, nodeNameOf } from '../../src/model/heap-graph.ts'
import type { Opened } from '../../src/readers/open.ts'

/**
 * The questions `truth.json` may ask of a model, by name; `name:argument` gives the argument. Add a question here when
 * a format's truth needs one. Answers are plain JSON.
 */
export function factsOf(opened: Opened, questions: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(questions.map((question) => [question, answer(opened, question)]))
}

function answer(opened: Opened, question: string): unknown {
  const colon = question.indexOf(':')
  const name = colon < 0 ? question : question.slice(0, colon)
  const argument = colon < 0 ? '' : question.slice(colon + 1)
  if (name === 'notices') return opened.model.source.notices.map((notice) => notice.code)
  if (name === 'runtimeVersion') return opened.model.source.runtimeVersion
  switch (opened.makes) {
    case 'heap-graph': {
      const graph = opened.model
      if (name === 'nodes') return graph.nodeCount
      if (name === 'edges') return graph.edgeCount
      if (name === 'shallowBytes') return Array.from<number>(graph.shallowBytes).reduce((sum, bytes) => sum + bytes, 0)
      if (name === 'count') {
        let count = 0
        for (let node = 0; node < graph.nodeCount; node++) if (nodeKindOf(graph, node) === 'object' && nodeNameOf(graph, node) === argument) count++
        return count
      }
      if (name === 'ofKind') return graph.nodeKind.reduce((sum: number, _, node) => sum + (nodeKindOf(graph, node) === argument ? 1 : 0), 0)
      if (name === 'bytesOfKind') return graph.nodeKind.reduce((sum: number, _, node) => sum + (nodeKindOf(graph, node) === argument ? graph.shallowBytes[node]! : 0), 0)
      if (name === 'edgesBetween') {
        let count = 0
        for (let node = 0; node < graph.nodeCount; node++) {
          if (nodeKindOf(graph, node) !== argument) continue
          for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) if (nodeKindOf(graph, graph.edgeTarget[edge]!) === argument) count++
        }
        return count
      }
      if (name === 'withSite') return graph.allocationSite?.reduce((sum: number, site) => sum + (site === NONE ? 0 : 1), 0)
      if (name === 'each') {
        // The size all nodes of this name have, whatever their kind; all sizes when they differ.
        const sizes = new Set<number>()
        for (let node = 0; node < graph.nodeCount; node++) if (nodeNameOf(graph, node) === argument) sizes.add(graph.shallowBytes[node]!)
        return sizes.size === 1 ? [...sizes][0] : [...sizes].toSorted((a, b) => a - b)
      }
      if (name === 'detached') return graph.detachedness?.reduce((sum: number, value: number) => sum + (value === 2 ? 1 : 0), 0)
      if (name === 'countNamed') return nodesNamed(graph, argument).length
      if (name === 'bytesNamed') return nodesNamed(graph, argument).reduce((sum, node) => sum + graph.shallowBytes[node]!, 0)
      if (name === 'detachedNamed') return nodesNamed(graph, argument).filter((node) => graph.detachedness?.[node] === 2).length
      // `retainedAt:sessions`: what hangs on the captured variable or property of that name; the biggest, if several.
      if (name === 'retainedAt') return Math.max(...edgesNamed(graph, argument).map((edge) => findDominators(graph, startRun()).retainedBytes[graph.edgeTarget[edge]!]!))
      if (name === 'linesOf') return [...new Set(nodesNamed(graph, argument).map((node) => locationOf(graph, node)).filter((at) => at !== undefined).map(({ file, line }) => `${file.split('/').at(-1)}:${line}`))].toSorted()
      if (name === 'liveCountAt' || name === 'allocatedCountAt') return sitesIn(graph, argument, name === 'liveCountAt' ? 'liveCount' : 'allocatedCount')
      if (name === 'idsAreStable') return graph.source.idsAreStable
      if (name === 'weakEdges') return graph.edgeKind.reduce((sum: number, kind: number) => sum + (kind === EDGE.weak ? 1 : 0), 0)
      break
    }
    case 'allocation-profile': {
      const profile = opened.model
      const sum = (column: Float64Array | undefined): number | undefined => column?.reduce((total, value) => total + value, 0)
      if (name === 'sites') return profile.siteCount - 1
      if (name === 'liveBytes') return sum(profile.liveBytes)
      if (name === 'liveCount') return sum(profile.liveCount)
      if (name === 'allocatedBytes') return sum(profile.allocatedBytes)
      if (name === 'allocatedCount') return sum(profile.allocatedCount)
      if (name === 'peakBytes') return profile.totals?.peakBytes ?? sum(profile.peakBytes)
      // What the tool tells of the whole program: `told:allocatedBytes`.
      if (name === 'told') return profile.totals?.[argument as 'liveBytes']
      if (name === 'leader') return leadingPlace(profile)
      if (name === 'samplingIntervalBytes') return profile.samplingIntervalBytes
      if (name === 'unit') return profile.unit
      if (name === 'verdictBytes') {
        // Live bytes the tool itself judged so: `verdictBytes:definitely lost`.
        return profile.siteVerdict?.reduce((total: number, verdict, site) => total + (verdict !== NONE && profile.strings.get(verdict) === argument ? (profile.liveBytes?.[site] ?? 0) : 0), 0)
      }
      if (name === 'at') return atPlace(profile, argument)
      if (name === 'first') return firstPlace(profile)
      if (name === 'seriesSamples') return profile.series?.sampleCount
      if (name === 'seriesMax') return Math.max(...(profile.series?.metrics.get(argument as never) ?? []))
      if (name === 'flat' || name === 'total') return ofFunction(profile, argument, name)
      if (name === 'verdict') {
        // How many (by the live count) the tool itself judged so: `verdict:leaked`.
        return profile.siteVerdict?.reduce((count: number, verdict, site) => count + (verdict !== NONE && profile.strings.get(verdict) === argument ? (profile.liveCount?.[site] ?? 1) : 0), 0)
      }
      break
    }
    case 'gc-log': {
      const log = opened.model
      if (name === 'collections') return log.collectionCount
      if (name === 'collector') return log.collector
      if (name === 'minors' || name === 'majors' || name === 'mixed') {
        const generation = ['minors', 'majors', 'mixed'].indexOf(name)
        return log.generation.reduce((count: number, value) => count + (value === generation ? 1 : 0), 0)
      }
      const lastMajor = log.generation.lastIndexOf(1)
      if (name === 'lastMajor') {
        // `before->after(committed)` in whole MiB, as the logs print it.
        return `${mebibytes(log.usedBeforeBytes[lastMajor])}->${mebibytes(log.usedAfterBytes[lastMajor])}(${mebibytes(log.committedAfterBytes[lastMajor])})`
      }
      if (name === 'lastMajorLive') return mebibytes(log.liveBytes?.[lastMajor])
      if (name === 'afterMajors') return Array.from(log.usedAfterBytes).filter((_, at) => log.generation[at] === 1).map(mebibytes)
      if (name === 'streams') return log.stream === undefined ? 1 : new Set(log.stream).size
      if (name === 'otherLines') return log.otherLines
      if (name === 'heapLimit') return log.heapLimitBytes
      break
    }
    case 'memory-series': {
      const series = opened.model
      if (name === 'samples') return series.sampleCount
      if (name === 'metrics') return [...series.metrics.keys()].toSorted()
      if (name === 'last') return series.metrics.get(argument as never)?.at(-1)
      break
    }
  }
  throw new Error(`truth.json asks '${question}', which facts.ts cannot answer for a ${opened.makes}`)
}

/** `flat:liveBytes main.handler`: of the sites whose frame is that function; `total:` of those below it as well. */
function ofFunction(profile: AllocationProfile, argument: string, which: 'flat' | 'total'): number | undefined {
  const space = argument.indexOf(' ')
  const column = profile[argument.slice(0, space) as 'liveBytes' | 'liveCount' | 'allocatedBytes' | 'allocatedCount' | 'peakBytes']
  const wanted = argument.slice(space + 1)
  if (column === undefined) return undefined
  const inside = new Uint8Array(profile.siteCount)
  let sum = 0
  for (let site = 1; site < profile.siteCount; site++) {
    const isIt = profile.strings.get(profile.frames.functionName[profile.siteFrame[site]!]!) === wanted
    if (isIt || (which === 'total' && inside[profile.siteParent[site]!] === 1)) {
      inside[site] = 1
      sum += column[site]!
    }
  }
  return sum
}

/** Where a site's innermost frame stands: `leak.c:9`, without folders, or the function's name where no line is known. */
function placeOf(profile: AllocationProfile, site: number): string {
  const frame = profile.siteFrame[site]!
  if (frame === NONE) return ''
  const { functionName, file, line } = profile.frames
  const path = file[frame] === NONE ? '' : profile.strings.get(file[frame]!)
  return line[frame]! > 0 ? `${path.slice(path.lastIndexOf('/') + 1)}:${line[frame]}` : profile.strings.get(functionName[frame]!)
}

/** Live, allocated and peak bytes and counts of all sites whose innermost frame is at a place: `at:leak.c:9`. */
function atPlace(profile: AllocationProfile, place: string): Record<string, number> {
  const found: Record<string, number> = {}
  for (const column of ['liveBytes', 'liveCount', 'allocatedBytes', 'allocatedCount', 'peakBytes'] as const) {
    for (let site = 1; site < profile.siteCount; site++) {
      if (placeOf(profile, site) === place && profile[column] !== undefined) found[column] = (found[column] ?? 0) + profile[column][site]!
    }
  }
  return found
}

/** The line of the program that the report puts first. */
function leadingPlace(profile: AllocationProfile): string | undefined {
  const [first] = judgeProfile(profile, allocationPlaces(profile))
  const at = first?.allocatedAt?.[0]
  return at === undefined ? (first?.subject.kind === 'site' ? first.subject.functionName : undefined) : `${at.file.slice(at.file.lastIndexOf('/') + 1)}:${at.line}`
}

/** The place that holds the most live bytes (without live bytes: that allocated most). */
function firstPlace(profile: AllocationProfile): string {
  const column = profile.liveBytes ?? profile.allocatedBytes ?? profile.peakBytes ?? profile.liveCount
  const sums = new Map<string, number>()
  for (let site = 1; site < profile.siteCount; site++) {
    const place = placeOf(profile, site)
    sums.set(place, (sums.get(place) ?? 0) + (column?.[site] ?? 0))
  }
  return [...sums].reduce((best, each) => (each[1] > best[1] ? each : best), ['', Number.NEGATIVE_INFINITY] as [string, number])[0]
}

function mebibytes(bytes: number | undefined): string {
  return bytes === undefined || Number.isNaN(bytes) ? '?' : `${Math.floor(bytes / 2 ** 20)}M`
}

function nodesNamed(graph: HeapGraph, name: string): number[] {
  return Array.from({ length: graph.nodeCount }, (_, node) => node).filter((node) => nodeNameOf(graph, node) === name)
}

function edgesNamed(graph: HeapGraph, name: string): number[] {
  return Array.from({ length: graph.edgeCount }, (_, edge) => edge).filter((edge) => [EDGE.variable, EDGE.property].includes(graph.edgeKind[edge]!) && edgeNameOf(graph, edge) === name)
}

/** What the sites whose own function has this name add up to. */
function sitesIn(graph: HeapGraph, functionName: string, column: 'liveCount' | 'allocatedCount'): number | undefined {
  const profile = graph.allocations
  if (profile === undefined) return undefined
  let total = 0
  for (let site = 0; site < profile.siteCount; site++) {
    const frame = profile.siteFrame[site]!
    if (frame !== NONE && profile.strings.get(profile.frames.functionName[frame]!) === functionName) total += profile[column]![site]!
  }
  return total
}
