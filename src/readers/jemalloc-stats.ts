import { ReadError } from '../base/errors.ts'
import type { Metric } from '../model/memory-series.ts'
import type { Source } from '../model/source.ts'
import { asNumber, asObject, asText, parseJson } from './json-input.ts'
import type { Reader } from './reader.ts'
import { headText } from './text-lines.ts'
import { wholeInput } from './whole-input.ts'

const FORMAT = 'jemalloc-stats'

/**
 * Jemalloc's own totals, `malloc_stats_print` as JSON (`stats_print_opts:J`) or text: one moment of a process.
 *
 * `heap-used` is what the program holds (allocated), `heap-committed` what jemalloc keeps resident for it; the gap is
 * fragmentation and caches, not a leak. The file tells no time: the point stands at 0.
 */
export const jemallocStats: Reader<'memory-series'> = {
  format: FORMAT,
  title: 'jemalloc statistics (stats_print)',
  makes: 'memory-series',
  recognize(head) {
    const text = headText(head)
    return /^\s*\{\s*"jemalloc"\s*:/.test(text) || text.includes('___ Begin jemalloc statistics ___') ? 'certain' : 'no'
  },
  async read(input, run) {
    const text = new TextDecoder().decode(await wholeInput(input, FORMAT, run))
    const refuse = (expected: string, found: string): never => {
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'whole' }, expected, found })
    }
    let version: string | undefined
    let stats: Record<string, number | undefined>
    if (/^\s*\{/.test(text)) {
      const jemalloc = asObject(asObject(parseJson(text, input.name, FORMAT))?.['jemalloc']) ?? refuse('jemalloc, an object', 'none')
      const told = asObject(jemalloc['stats']) ?? refuse('jemalloc.stats', 'none; it was built without statistics')
      version = asText(jemalloc['version'])
      stats = { allocated: asNumber(told['allocated']), resident: asNumber(told['resident']) }
    } else {
      const at = (name: string): number | undefined => {
        const found = new RegExp(`\\b${name}: (\\d+)`, 'i').exec(text)
        return found === null ? undefined : Number(found[1])
      }
      version = /^Version: "?([^"\n]+)/m.exec(text)?.[1]
      stats = { allocated: at('Allocated'), resident: at('resident') }
    }
    if (stats['allocated'] === undefined) return refuse('the bytes allocated', 'none')
    const source: Source = { name: input.name, format: FORMAT, runtime: 'native', runtimeVersion: version === undefined ? undefined : `jemalloc ${version.split('-')[0]!}`, idsAreStable: false, notices: [] }
    const metrics = new Map<Metric, Float64Array>([['heap-used', Float64Array.of(stats['allocated'])]])
    if (stats['resident'] !== undefined) metrics.set('heap-committed', Float64Array.of(stats['resident']))
    return { source, process: { runtime: 'native' }, sampleCount: 1, timeMs: Float64Array.of(0), metrics }
  },
}
