import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { withoutAllocators } from './allocator-frames.ts'
import { LoadedLibraries } from './loaded-libraries.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'
import { unsample } from './unsample.ts'

const FORMAT = 'jemalloc'
const VALUES = /^\s+t(\*|\d+): (\d+): (\d+) \[(\d+): (\d+)\]/

interface Sampled {
  addresses: string[]
  count: number
  bytes: number
  allocatedCount: number
  allocatedBytes: number
}

/**
 * Jemalloc's heap profile (`prof:true`; `heap_v2/<bytes between samples>`), from jemalloc 4 on, plain or with the
 * symbols `jeprof --raw` puts before it.
 *
 * Values are of samples and are scaled up stack by stack, as jeprof does (`unsample.ts`); jemalloc 5.3 and later
 * print values for which that is unbiased, older ones values for which it is an approximation where sizes mix. With
 * `lg_prof_sample:0` nothing is sampled. Only the `t*` lines, all threads together, are used.
 * Addresses without symbols are named after their library and the offset in it, which stays the same from run to
 * run. With `prof_accum:false`, the default, what was ever allocated is not in the file.
 */
export const jemalloc: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'jemalloc heap profile (heap_v2)',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    if (/^heap_v2\/\d+\r?$/m.test(text)) return 'certain'
    return text.startsWith('--- symbol\n') && /^0x[0-9a-f]+ /m.test(text) && !/^--- (?!symbol|heap)/m.test(text) ? 'likely' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'native', idsAreStable: false, notices: [] }
    const symbols = new Map<number, string>()
    const libraries = new LoadedLibraries()
    const stacks: Sampled[] = []
    let part: 'symbols' | 'profile' | 'maps' = 'profile'
    let interval: number | undefined
    let current: Sampled | undefined
    let total: { count: number; bytes: number } | undefined
    let lineNumber = 0
    const refuse = (expected: string, found: string, hint?: string): never => {
      throw new ReadError({
        file: input.name,
        format: FORMAT,
        position: { kind: 'line', line: Math.max(1, lineNumber) },
        expected,
        found: found.slice(0, 80),
        ...(hint === undefined ? {} : { hint }),
      })
    }
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (const [index, line] of lines.entries()) {
        lineNumber = firstLine + index
        if (line.startsWith('--- ')) {
          part = line === '--- symbol' ? 'symbols' : 'profile'
          continue
        }
        if (part === 'symbols') {
          const symbol = /^0x([0-9a-f]+) (.*)$/.exec(line)
          if (symbol !== null) symbols.set(Number.parseInt(symbol[1]!, 16), symbol[2]!.replace(/<[0-9a-f]{8,}>$/, ''))
          continue
        }
        if (part === 'maps') {
          libraries.addLine(line)
          continue
        }
        if (line.startsWith('MAPPED_LIBRARIES:')) {
          part = 'maps'
          continue
        }
        if (line.trim() === '' || line === '---') continue
        const header = /^heap_v2\/(\d+)/.exec(line)
        if (header !== null) {
          interval = Number(header[1])
          continue
        }
        if (interval === undefined) return refuse('heap_v2/<bytes between samples>', `'${line}'`)
        if (line.startsWith('@')) {
          current = { addresses: line.split(' ').slice(1).filter((each) => each !== ''), count: 0, bytes: 0, allocatedCount: 0, allocatedBytes: 0 }
          if (current.addresses.some((each) => !/^0x[0-9a-f]{1,16}$/.test(each))) return refuse('addresses', `'${line}'`)
          stacks.push(current)
          continue
        }
        const values = VALUES.exec(line)
        if (values === null) return refuse("the values of a stack, '  t*: <objects>: <bytes> [<objects>: <bytes>]'", `'${line}'`)
        if (values[1] !== '*') continue
        const [count, bytes, allocatedCount, allocatedBytes] = values.slice(2).map(Number) as [number, number, number, number]
        if (current === undefined) total = { count, bytes }
        else Object.assign(current, { count, bytes, allocatedCount, allocatedBytes })
      }
    }
    if (interval === undefined) {
      return refuse('heap_v2/<bytes between samples>', 'the end of the file', symbols.size > 0 ? 'The symbols are there but the profile after them is not; run jeprof --raw again.' : undefined)
    }
    const builder = new AllocationProfileBuilder(source)
    const accumulates = stacks.some(({ allocatedCount }) => allocatedCount > 0)
    builder.add(0, { liveBytes: 0, liveCount: 0, ...(accumulates ? { allocatedBytes: 0, allocatedCount: 0 } : {}) })
    const rawSum = { count: 0, bytes: 0 }
    for (const { addresses, count, bytes, allocatedCount, allocatedBytes } of stacks) {
      rawSum.count += count
      rawSum.bytes += bytes
      const stack = addresses.map((address, depth) => frameAt(Number(address), depth, symbols, libraries))
      const site = builder.stack(withoutAllocators(stack).toReversed())
      const live = unsample(count, bytes, interval)
      builder.add(site, { liveCount: live.count, liveBytes: live.bytes })
      if (!accumulates) continue
      const allocated = unsample(allocatedCount, allocatedBytes, interval)
      builder.add(site, { allocatedCount: allocated.count, allocatedBytes: allocated.bytes })
    }
    // of samples the total line is scaled already, from 5.3 on
    if (interval <= 1 && total !== undefined && (total.bytes !== rawSum.bytes || total.count !== rawSum.count)) {
      addNotice(source, { code: 'total-differs', message: `the total line tells ${total.bytes} bytes, the stacks add up to ${rawSum.bytes}; is the file cut?` })
    }
    if (part !== 'maps' && symbols.size === 0) addNotice(source, { code: 'no-libraries', message: 'no list of mapped libraries: addresses stay numbers' })
    return builder.build({ unit: 'objects', samplingIntervalBytes: interval > 1 ? interval : undefined })
  },
}

function frameAt(address: number, depth: number, symbols: ReadonlyMap<number, string>, libraries: LoadedLibraries): Frame {
  // all but the innermost are return addresses: the call is the byte before
  const call = depth === 0 ? address : address - 1
  const symbol = symbols.get(call) ?? symbols.get(address - 1) ?? symbols.get(address)
  return libraries.frame(call, symbol)
}
