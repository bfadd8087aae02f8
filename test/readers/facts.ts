import type { AllocationProfile } from '../../src/model/allocation-profile.ts'
import { EDGE, NONE, nodeKindOf, nodeNameOf } from '../../src/model/heap-graph.ts'
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
      if (name === 'detached') return graph.detachedness?.reduce((sum: number, value: number) => sum + (value === 2 ? 1 : 0), 0)
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
      if (name === 'peakBytes') return sum(profile.peakBytes)
      if (name === 'samplingIntervalBytes') return profile.samplingIntervalBytes
      if (name === 'unit') return profile.unit
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
