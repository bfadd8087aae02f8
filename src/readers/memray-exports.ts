import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { addNotice, type Source } from '../model/source.ts'
import { asList, asNumber, asObject, asText, type Json, type JsonObject, parseJson } from './json-input.ts'
import { splitCsvLine } from './csv-line.ts'
import type { Reader } from './reader.ts'
import { headText } from './text-lines.ts'
import { wholeInput } from './whole-input.ts'

const FORMAT = 'memray-exports'
const CSV_HEADER = 'allocator,num_allocations,size,tid,thread_name,stack_trace'
const AT_PEAK = { code: 'at-high-water-mark', message: 'these are the blocks in use at the high-water mark, memray\'s default; made with --leaks they are those never freed. The export does not say which' }

/** What `memray stats` prints: a title, its value indented on the next line. */
const STATS_TEXT = /^\s*(?:📏 )?Total allocations:\r?\n\s+\d+\s*$/mu

/**
 * What memray exports: `stats` as text and with `--json`, `transform csv`, `transform gprof2dot`, and the data inside the HTML of
 * `flamegraph` and `table` (memray/reporters/*.py tells each). The HTML is not run: its JSON is cut out and parsed.
 *
 * csv, gprof2dot and the HTML reports hold one moment, the high-water mark or with `--leaks` the end: it becomes
 * `live`. stats holds totals and the biggest places only; what is not in its lists stands under a frame that says so.
 */
export const memrayExports: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'memray stats, csv, gprof2dot, flamegraph and table',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    if (text.startsWith(CSV_HEADER) || STATS_TEXT.test(text)) return 'certain'
    if (/^\s*\{\s*"total_num_allocations"\s*:/.test(text)) return 'certain'
    if (/^\s*\{\s*"version"\s*:\s*0\s*,\s*"costs"\s*:/.test(text)) return 'certain'
    return /^\s*<!DOCTYPE html>/i.test(text) && /<title>memray\b/i.test(text) ? 'certain' : 'no'
  },
  async read(input, run) {
    run.progress({ step: 'reading the export', done: 0 })
    const text = new TextDecoder().decode(await wholeInput(input, FORMAT, run))
    const source: Source = { name: input.name, format: FORMAT, runtime: 'cpython', idsAreStable: false, notices: [] }
    const exported = new Export(source, (expected, found, line) => {
      throw new ReadError({ file: input.name, format: FORMAT, position: line === undefined ? { kind: 'whole' } : { kind: 'line', line }, expected, found: found.slice(0, 100) })
    })
    if (text.startsWith(CSV_HEADER)) return exported.csv(text)
    if (STATS_TEXT.test(text)) return exported.statsText(text)
    if (/^\s*</.test(text)) return exported.html(text)
    const json = asObject(parseJson(text, input.name, FORMAT))
    return json?.['total_num_allocations'] === undefined ? exported.gprof2dot(json) : exported.stats(json)
  },
}

type Refuse = (expected: string, found: string, line?: number) => never

class Export {
  readonly #source: Source
  readonly #refuse: Refuse
  readonly #builder: AllocationProfileBuilder

  constructor(source: Source, refuse: Refuse) {
    this.#source = source
    this.#refuse = refuse
    this.#builder = new AllocationProfileBuilder(source)
  }

  stats(json: JsonObject): AllocationProfile {
    const builder = this.#builder
    const total = { allocatedCount: this.#amount(json['total_num_allocations'], 'total_num_allocations'), allocatedBytes: this.#amount(json['total_bytes_allocated'], 'total_bytes_allocated') }
    const listed = { allocatedCount: 0, allocatedBytes: 0 }
    const lists = [['top_allocations_by_size', 'size', 'allocatedBytes'], ['top_allocations_by_count', 'count', 'allocatedCount']] as const
    for (const [list, key, column] of lists) {
      for (const each of asList(json[list]) ?? []) {
        const place = asObject(each)
        const value = this.#amount(place?.[key], `${list}[].${key}`)
        builder.add(builder.stack([locationFrame(asText(place?.['location']) ?? this.#refuse(`${list}[].location`, 'none'))]), { [column]: value })
        listed[column] += value
      }
    }
    const rest = builder.stack([{ functionName: '(places not in the lists of memray stats)' }])
    builder.add(rest, {
      allocatedCount: Math.max(0, total.allocatedCount - listed.allocatedCount),
      allocatedBytes: Math.max(0, total.allocatedBytes - listed.allocatedBytes),
    })
    const metadata = asObject(json['metadata'])
    const peak = asNumber(metadata?.['peak_memory'])
    const started = Date.parse((asText(metadata?.['start_time']) ?? '').replace(' ', 'T').replace(/\.(\d{3})\d*/, '.$1'))
    if (Number.isFinite(started)) this.#source.takenAtMs = started
    return builder.build({ unit: 'blocks', totals: peak === undefined ? undefined : { peakBytes: peak } })
  }

  /** The same as people read it: sizes have four digits or so. `kB` and up are decimal, in versions that write `KB` binary. */
  statsText(text: string): AllocationProfile {
    const step = /\dKB\b/.test(text) ? 1024 : 1000
    const bytes = (size: string | undefined): number | undefined => {
      const match = /^([\d.]+)([kKMGTPEZ]?)B$/.exec(size ?? '')
      return match === null ? undefined : Math.round(Number(match[1]) * step ** ['', 'k', 'm', 'g', 't', 'p', 'e', 'z'].indexOf(match[2]!.toLowerCase()))
    }
    const totals = new Map<string, string>()
    const lists = new Map<string, { location: string; value: string }[]>()
    let title = ''
    for (const line of text.split(/\r?\n/)) {
      const item = /^\s+- (.+) -> (\S+)$/.exec(line)
      if (item !== null) lists.get(title)?.push({ location: item[1]!, value: item[2]! })
      else if (/^\S.*:\s*$/.test(line)) {
        title = line.replace(/^[^A-Za-z]+/, '').trim()
        lists.set(title, [])
      } else if (/^\s+\S+$/.test(line) && !totals.has(title)) totals.set(title, line.trim())
    }
    const listed = (kind: string): { location: string; value: string }[] => [...lists].filter(([name]) => name.endsWith(`allocating locations (by ${kind}):`)).flatMap(([, rows]) => rows)
    const peak = bytes(totals.get('Peak memory usage:'))
    addNotice(this.#source, { code: 'rounded', message: 'memray stats prints rounded sizes; memray stats --json has them to the byte' })
    return this.stats({
      total_num_allocations: Number(totals.get('Total allocations:')),
      total_bytes_allocated: bytes(totals.get('Total memory allocated:')) ?? null,
      top_allocations_by_size: listed('size').map(({ location, value }) => ({ location, size: bytes(value) ?? null })),
      top_allocations_by_count: listed('number of allocations').map(({ location, value }) => ({ location, count: Number(value) })),
      ...(peak === undefined ? {} : { metadata: { peak_memory: peak } }),
    })
  }

  csv(text: string): AllocationProfile {
    const lines = text.split('\n')
    this.#builder.add(0, { liveBytes: 0, liveCount: 0 })
    for (let index = 1; index < lines.length; index++) {
      const line = lines[index]!.replace(/\r$/, '')
      if (line === '') continue
      const fields = splitCsvLine(line)
      const [, count, bytes, , , stack] = fields
      if (fields.length !== 6 || !/^\d+$/.test(count!) || !/^\d+$/.test(bytes!)) return this.#refuse('six fields, the second and third whole numbers', `'${line}'`, index + 1)
      // innermost first; of `function;file;line` the file may hold a `;`
      const frames = stack === '' ? [] : stack!.split('|').map((each) => {
        const [name, file, lineText] = [each.slice(0, each.indexOf(';')), each.slice(each.indexOf(';') + 1, each.lastIndexOf(';')), each.slice(each.lastIndexOf(';') + 1)]
        return frameOf(name, file, Number(lineText))
      })
      this.#builder.add(this.#builder.stack(frames.toReversed()), { liveBytes: Number(bytes), liveCount: Number(count) })
    }
    addNotice(this.#source, AT_PEAK)
    return this.#builder.build({ unit: 'blocks' })
  }

  gprof2dot(json: JsonObject | undefined): AllocationProfile {
    const functions = (asList(json?.['functions']) ?? this.#refuse('functions', 'none')).map((each) => {
      const { name, module } = asObject(each) ?? {}
      return frameOf(asText(name) ?? '???', asText(module) ?? '', 0)
    })
    this.#builder.add(0, { liveBytes: 0 })
    for (const [index, each] of (asList(json?.['events']) ?? this.#refuse('events', 'none')).entries()) {
      const event = asObject(each)
      const chain = (asList(event?.['callchain']) ?? this.#refuse(`events[${index}].callchain`, 'none')).map(
        (number) => functions[asNumber(number) ?? -1] ?? this.#refuse(`numbers of functions in events[${index}].callchain`, JSON.stringify(number)),
      )
      const bytes = this.#amount(asList(event?.['cost'])?.[0], `events[${index}].cost`)
      this.#builder.add(this.#builder.stack(chain.toReversed()), { liveBytes: bytes })
    }
    addNotice(this.#source, AT_PEAK)
    return this.#builder.build({ unit: 'blocks' })
  }

  html(text: string): AllocationProfile {
    const data = parseJson(this.#embedded(text, 'packed_data'), this.#source.name, FORMAT)
    if (!/<title>[^<]*\(memory leaks\)/i.test(text)) addNotice(this.#source, AT_PEAK)
    return Array.isArray(data) ? this.#table(data) : this.#flamegraph(asObject(data))
  }

  #table(rows: Json[]): AllocationProfile {
    this.#builder.add(0, { liveBytes: 0, liveCount: 0 })
    for (const [index, each] of rows.entries()) {
      const row = asObject(each)
      const place = unescapeHtml(asText(row?.['stack_trace']) ?? this.#refuse(`packed_data[${index}].stack_trace`, 'none'))
      const at = /^(.*) at (.*):(\d+)$/.exec(place)
      const frame = at === null ? { functionName: place } : frameOf(at[1]!, at[2]!, Number(at[3]))
      this.#builder.add(this.#builder.stack([frame]), {
        liveBytes: this.#amount(row?.['size'], `packed_data[${index}].size`),
        liveCount: this.#amount(row?.['n_allocations'], `packed_data[${index}].n_allocations`),
      })
    }
    return this.#builder.build({ unit: 'blocks' })
  }

  /** A tree in columns; `value` and `n_allocations` are totals, so what children hold is taken off. */
  #flamegraph(data: JsonObject | undefined): AllocationProfile {
    const nodes = asObject(data?.['nodes']) ?? this.#refuse('packed_data.nodes', 'none')
    const strings = asList(data?.['strings']) ?? this.#refuse('packed_data.strings', 'none')
    const column = (name: string): Json[] => asList(nodes[name]) ?? this.#refuse(`packed_data.nodes.${name}`, name === 'value' ? 'none; a temporal flame graph holds intervals. Make a plain one.' : 'none')
    const [children, names, files, lines, values, counts] = ['children', 'function', 'filename', 'lineno', 'value', 'n_allocations'].map(column) as [Json[], Json[], Json[], Json[], Json[], Json[]]
    const text = (number: Json | undefined): string => unescapeHtml(asText(strings[asNumber(number) ?? -1]) ?? '')
    const sites = new Map<number, number>([[0, 0]])
    const order = [0]
    for (const node of order) {
      const site = sites.get(node)!
      let [bytes, count] = [this.#amount(values[node], `value of node ${node}`), this.#amount(counts[node], `n_allocations of node ${node}`)]
      for (const each of asList(children[node]) ?? []) {
        const child = asNumber(each) ?? -1
        // each node has one parent: a second one would make a cycle
        if (!(child > 0 && child < values.length) || sites.has(child)) return this.#refuse('a tree of nodes', `node ${JSON.stringify(each)} below node ${node}`)
        sites.set(child, this.#builder.site(site, this.#builder.frame(frameOf(text(names[child]), text(files[child]), asNumber(lines[child]) ?? 0))))
        order.push(child)
        bytes -= this.#amount(values[child], `value of node ${child}`)
        count -= this.#amount(counts[child], `n_allocations of node ${child}`)
      }
      this.#builder.add(site, { liveBytes: Math.max(0, bytes), liveCount: Math.max(0, count) })
    }
    return this.#builder.build({ unit: 'blocks' })
  }

  /** The JSON text of `const <name> = {…};` in a page. */
  #embedded(text: string, name: string): string {
    const assigned = new RegExp(`\\b${name} = (?=[[{])`).exec(text)
    if (assigned === null) return this.#refuse(`'${name} = ' with data in the page`, 'none')
    const start = assigned.index + assigned[0].length
    let depth = 0
    for (let at = start; at < text.length; at++) {
      const character = text[at]!
      if (character === '"') {
        for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++
      } else if (character === '[' || character === '{') depth++
      else if ((character === ']' || character === '}') && --depth === 0) return text.slice(start, at + 1)
    }
    return this.#refuse('the end of the data', 'the end of the file')
  }

  #amount(value: Json | undefined, what: string): number {
    const number = asNumber(value)
    return number !== undefined && number >= 0 ? number : this.#refuse(`${what}, a number`, JSON.stringify(value ?? null))
  }
}

/** `hold:mem_app.py:9`. */
function locationFrame(location: string): Frame {
  const at = /^(.*?):(.*):(\d+)$/.exec(location)
  return at === null ? { functionName: location } : frameOf(at[1]!, at[2]!, Number(at[3]))
}

function frameOf(functionName: string, file: string, line: number): Frame {
  return { functionName: functionName === '' ? '???' : functionName, ...(file === '' ? {} : { file }), line: Number.isInteger(line) && line > 0 && line < 0xffffffff ? line : 0 }
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#34': '"', '#39': "'" }

function unescapeHtml(text: string): string {
  return text.replace(/&(lt|gt|amp|quot|#34|#39);/g, (_, name: string) => ENTITIES[name]!)
}
