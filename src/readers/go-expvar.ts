import { ReadError } from '../base/errors.ts'
import { MemorySeriesBuilder, type Sample } from '../model/memory-series-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { jsonDocuments } from './json-documents.ts'
import type { Reader } from './reader.ts'
import { headText } from './text-lines.ts'
import { wholeInput } from './whole-input.ts'

const FORMAT = 'go-expvar'
/** `/debug/vars` is a few kilobytes; a service may publish more, but not this much. */
const MAX_BYTES = 256 << 20

/**
 * Go's `/debug/vars` (package expvar): `memstats` is runtime.MemStats, `cmdline` the command. One document is one
 * sample; a loop of curl writes several, one behind the other. The documents carry no clock: the time of the last
 * collection stands for it where it rises from sample to sample, else a second between them is assumed and said.
 */
export const goExpvar: Reader<'memory-series'> = {
  format: FORMAT,
  title: 'Go expvar (/debug/vars)',
  makes: 'memory-series',
  recognize(head) {
    const text = headText(head)
    if (!/^\s*\{/.test(text)) return 'no'
    if (/"memstats"\s*:\s*\{\s*"Alloc"\s*:/.test(text)) return 'certain'
    return /"memstats"\s*:\s*\{/.test(text) ? 'likely' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'go', idsAreStable: false, sizeBytes: input.sizeBytes, notices: [] }
    const text = new TextDecoder().decode(await wholeInput(input, FORMAT, run, MAX_BYTES))
    const samples: { sample: Sample; lastGcMs: number }[] = []
    let command: string | undefined
    for (const { start, end } of jsonDocuments(text)) {
      run.checkpoint()
      const document = parse(text.slice(start, end))
      const stats = isRecord(document) ? document['memstats'] : undefined
      if (!isRecord(document) || !isRecord(stats)) {
        addNotice(source, { code: 'unknown-document', message: 'a document is cut or has no memstats', firstAt: `character ${start}` })
        continue
      }
      const line = document['cmdline']
      if (Array.isArray(line)) command ??= line.map(String).join(' ')
      samples.push({ sample: sampleOf(stats, document), lastGcMs: Number(stats['LastGC']) / 1e6 })
    }
    if (samples.length === 0) throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'whole' }, expected: 'a JSON document with memstats', found: 'none' })
    const builder = new MemorySeriesBuilder(source, { command, runtime: 'go' })
    const hasClock = samples.every(({ lastGcMs }, index) => lastGcMs > (samples[index - 1]?.lastGcMs ?? 0))
    if (!hasClock && samples.length > 1) addNotice(source, { code: 'no-clock', message: 'the documents carry no time: one second between them is assumed' })
    for (const [index, { sample, lastGcMs }] of samples.entries()) builder.add(hasClock ? lastGcMs : index * 1000, sample)
    return builder.finish()
  },
}

/** `memstats.StackInuse` of the last document of `text` that has it: no series has a column for what stacks take. */
export function stackInUse(text: string): number | undefined {
  let last: number | undefined
  for (const { start, end } of jsonDocuments(text)) {
    const document = parse(text.slice(start, end))
    const stats = isRecord(document) ? document['memstats'] : undefined
    if (isRecord(stats) && typeof stats['StackInuse'] === 'number') last = stats['StackInuse']
  }
  return last
}

function sampleOf(stats: Record<string, unknown>, document: Record<string, unknown>): Sample {
  const value = (name: string): number => (typeof stats[name] === 'number' ? stats[name] : Number.NaN)
  const goroutines = document['goroutines'] ?? document['NumGoroutine'] ?? document['num_goroutine']
  return {
    'heap-used': value('HeapAlloc'),
    'heap-committed': value('HeapSys') - value('HeapReleased'),
    native: value('Sys') - value('HeapSys'),
    'gc-count': value('NumGC'),
    'heap-goal': value('NextGC'),
    ...(typeof goroutines === 'number' ? { 'goroutine-count': goroutines } : {}),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined // told as a notice by the caller
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
