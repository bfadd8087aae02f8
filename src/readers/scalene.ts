import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { addNotice, type Source } from '../model/source.ts'
import { asList, asNumber, asObject, asText, type Json, type JsonObject, jsonInput } from './json-input.ts'
import type { Reader } from './reader.ts'
import { headText } from './text-lines.ts'

const FORMAT = 'scalene'
const MB = 1 << 20

/**
 * Scalene's JSON profile (`scalene --json`), 1.3 to 2.x: one row a source line (scalene/scalene_json.py).
 *
 * `allocatedBytes` is what the line allocated through malloc or Python's allocator (`n_malloc_mb`), sampled about
 * every 10 MB: an estimate. `peakBytes` of a line is `n_peak_mb`, which sums up allocations until a sample of frees
 * comes by and may exceed what the whole program ever held; the program's own peak is the highest footprint. What is
 * still live Scalene does not measure by line, but that peak bounds it: a line that allocated more freed the rest.
 * Lines of its leak detector carry a verdict with the likelihood it gives. The footprint over time becomes `series`;
 * its times count from the start of the program.
 */
export const scalene: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'Scalene JSON',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    if (!/^\s*\{/.test(text)) return 'no'
    return /"alloc_samples"\s*:/.test(text) && /"elapsed_time_sec"\s*:|"files"\s*:/.test(text) ? 'certain' : 'no'
  },
  async read(input, run) {
    run.progress({ step: 'reading lines', done: 0 })
    const refuse = (expected: string, found: string): never => {
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'whole' }, expected, found })
    }
    const profile = asObject(await jsonInput(input, FORMAT, run)) ?? refuse('an object', 'another value')
    const files = asObject(profile['files']) ?? refuse('files', 'none')
    const source: Source = { name: input.name, format: FORMAT, runtime: 'cpython', idsAreStable: false, notices: [] }
    const builder = new AllocationProfileBuilder(source)
    builder.add(0, { allocatedBytes: 0, allocatedCount: 0, peakBytes: 0 })
    for (const [file, each] of Object.entries(files)) {
      run.checkpoint()
      const described = asObject(each) ?? refuse(`files['${file.slice(0, 60)}'], an object`, 'another value')
      const functions = functionsOf(described)
      const leaks = asObject(described['leaks'])
      for (const row of asList(described['lines']) ?? []) {
        const line = asObject(row)
        const number = asNumber(line?.['lineno'])
        if (line === undefined || number === undefined || !Number.isInteger(number) || number < 1 || number >= 0xffffffff) return refuse(`a line number in files['${file.slice(0, 60)}'].lines`, JSON.stringify(line?.['lineno'] ?? null).slice(0, 40))
        const [allocatedBytes, peakBytes] = [megabytes(line['n_malloc_mb']), megabytes(line['n_peak_mb'])]
        const allocatedCount = asNumber(line['n_mallocs']) ?? 0
        const leak = asObject(leaks?.[String(number)])
        if (allocatedBytes === 0 && peakBytes === 0 && allocatedCount === 0 && leak === undefined) continue
        const frame: Frame = { functionName: functionAt(functions, number), file, line: number }
        const likelihood = asNumber(leak?.['likelihood'])
        const verdict = leak === undefined ? undefined : `likely leak${likelihood === undefined ? '' : ` (${Math.round(likelihood * 100)} %)`}`
        builder.add(builder.stack([frame], verdict), { allocatedBytes, allocatedCount, peakBytes })
      }
    }
    if (profile['memory'] === false) addNotice(source, { code: 'no-memory', message: 'Scalene was told not to look at memory (--cpu-only)' })
    const series = seriesOf(source, profile)
    const highest = Math.max(megabytes(profile['max_footprint_mb']), ...(series?.metrics.get('heap-used') ?? []))
    return builder.build({ unit: 'samples', samplingIntervalBytes: 10_485_767, series, totals: highest > 0 ? { peakBytes: Math.round(highest) } : undefined })
  },
}

function megabytes(value: Json | undefined): number {
  return Math.max(0, (asNumber(value) ?? 0) * MB)
}

function functionsOf(file: JsonObject): { name: string; line: number }[] {
  const functions: { name: string; line: number }[] = []
  for (const each of asList(file['functions']) ?? []) {
    const name = asText(asObject(each)?.['line'])
    const line = asNumber(asObject(each)?.['lineno'])
    if (name !== undefined && line !== undefined) functions.push({ name: name.trim(), line })
  }
  return functions.sort((a, b) => a.line - b.line)
}

/** The function that begins last before the line: Scalene names functions and lines apart. */
function functionAt(functions: readonly { name: string; line: number }[], line: number): string {
  return functions.findLast((each) => each.line <= line)?.name ?? '(module)'
}

function seriesOf(source: Source, profile: JsonObject): MemorySeries | undefined {
  const samples: [number, number][] = []
  for (const each of asList(profile['samples']) ?? []) {
    const [ns, mb] = asList(each) ?? []
    const [timeMs, bytes] = [(asNumber(ns) ?? Number.NaN) / 1e6, megabytes(mb)]
    if (Number.isFinite(timeMs) && timeMs >= (samples.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY)) samples.push([timeMs, bytes])
  }
  if (samples.length === 0) return undefined
  return {
    source,
    process: { command: asText(profile['program']), runtime: 'cpython' },
    sampleCount: samples.length,
    timeMs: Float64Array.from(samples, ([timeMs]) => timeMs),
    metrics: new Map([['heap-used', Float64Array.from(samples, ([, bytes]) => bytes)]]),
  }
}
