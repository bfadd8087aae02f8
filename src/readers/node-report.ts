import type { Run } from '../base/run.ts'
import type { Sample } from '../model/memory-series-builder.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { addNotice } from '../model/source.ts'
import { jsonDocuments } from './json-documents.ts'
import { asList, asNumber, asObject, asText, type Json, type JsonObject, parseJson } from './json-input.ts'
import type { ByteSource, Reader } from './reader.ts'
import { SampleTable } from './sample-table.ts'
import { headText } from './text-lines.ts'
import { wholeInput } from './whole-input.ts'

const FORMAT = 'node-report'

/**
 * Node's diagnostic report (https://nodejs.org/api/report.html), versions 1 to 5: one report is one sample; several may stand
 * one behind the other in one file. Taken from it: when, which process, RSS, the heap of the main thread, and how many libuv handles and
 * contexts there are.
 *
 * A report also holds the environment, all arguments, the host's name and addresses, loaded libraries. None of that is kept;
 * of the command line only the program and its script. Workers have heaps of their own in it: they are counted in a notice.
 */
export const nodeReport: Reader<'memory-series'> = {
  format: FORMAT,
  title: 'Node diagnostic report (--report-on-fatalerror, process.report)',
  makes: 'memory-series',
  recognize: (head) => (/^\s*\{\s*"header"\s*:\s*\{\s*"(?:reportVersion|event)"\s*:/.test(headText(head)) ? 'certain' : 'no'),
  read: readReports,
}

async function readReports(input: ByteSource, run: Run): Promise<MemorySeries> {
  const text = new TextDecoder().decode(await wholeInput(input, FORMAT, run))
  const table = new SampleTable(input.name, FORMAT, input.sizeBytes)
  table.source.runtime = 'node'
  const places = [...jsonDocuments(text)]
  for (const { start, end } of places) {
    run.checkpoint()
    const report = asObject(places.length === 1 ? parseJson(text, input.name, FORMAT) : parseOne(text.slice(start, end)))
    if (report === undefined) addNotice(table.source, { code: 'unknown-document', message: 'a report is cut or is no JSON', firstAt: `character ${start}` })
    else addReport(report, table)
  }
  return table.finish('a report with a header and javascriptHeap')
}

/** One of several; one that is damaged is told as a notice. */
function parseOne(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

function addReport(report: JsonObject, table: SampleTable): void {
  const header = asObject(report['header'])
  const heap = asObject(report['javascriptHeap'])
  const usage = asObject(report['resourceUsage'])
  // Text in every version so far; a number is as good.
  const timeMs = Number(header?.['dumpEventTimeStamp'] ?? Date.parse(asText(header?.['dumpEventTime']) ?? ''))
  if (header === undefined || heap === undefined || !Number.isFinite(timeMs)) {
    addNotice(table.source, { code: 'unknown-document', message: 'a document is no report: it lacks header, time or javascriptHeap' })
    return
  }
  table.source.runtimeVersion ??= asText(header['nodejsVersion'])?.replace(/^v/, '')
  // A report of a fatal error lists none at all: that is not known, not none.
  const libuv = asList(report['libuv']) ?? []
  const handles = libuv.length === 0 ? undefined : libuv.filter((handle) => asObject(handle)?.['type'] !== 'loop').length
  const physical = asNumber(usage?.['total_memory']) ?? Infinity
  const constrained = asNumber(usage?.['constrained_memory']) ?? Infinity
  const sample: Sample = {}
  const set = (metric: keyof Sample, value: number | undefined): void => {
    if (value !== undefined) sample[metric] = value
  }
  set('rss', asNumber(usage?.['rss']))
  set('heap-used', asNumber(heap['usedMemory']))
  set('heap-committed', asNumber(heap['totalMemory']))
  set('heap-limit', asNumber(heap['memoryLimit']))
  set('external', asNumber(heap['externalMemory']))
  set('context-count', asNumber(heap['nativeContextCount']))
  set('handle-count', handles)
  // Without a limit Node writes 0, 2^64 or what the machine has.
  if (constrained > 0 && constrained < physical) {
    set('cgroup-limit', constrained)
    table.limit(constrained)
  }
  table.add(String(asNumber(header['processId']) ?? ''), timeMs, sample, commandOf(header))
  const workers = asList(report['workers'])?.length ?? 0
  if (workers > 0) addNotice(table.source, { code: 'workers', count: workers, message: 'worker threads have heaps of their own; heap numbers are of the main thread' })
}

/** `node server.js`: arguments and options may hold secrets. */
function commandOf(header: JsonObject): string | undefined {
  const [program, ...words] = (asList(header['commandLine']) ?? []).map((word) => asText(word) ?? '')
  if (program === undefined) return undefined
  const script = words.find((word, at) => !word.startsWith('-') && !TAKES_VALUE.has(words[at - 1] ?? ''))
  return script === undefined || words.includes('-e') || words.includes('--eval') || words.includes('-p') ? program : `${program} ${script}`
}

/** Options whose value is the next word. */
const TAKES_VALUE = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader', '-C', '--conditions', '--env-file', '--title', '--icu-data-dir', '--openssl-config'])
