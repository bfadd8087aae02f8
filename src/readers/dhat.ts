import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { withoutAllocators } from './allocator-frames.ts'
import { asList, asNumber, asObject, asText, jsonInput } from './json-input.ts'
import type { Reader } from './reader.ts'
import { headText } from './text-lines.ts'
import { valgrindFrame } from './valgrind-frames.ts'

const FORMAT = 'dhat'

/**
 * DHAT's JSON (`valgrind --tool=dhat`, and Rust's dhat crate), file versions 1 (to Valgrind 3.16) and 2; the shape is
 * told in dhat/dh_main.c. One program point a stack: ever allocated (`tb`), at the highest total (`gb`), at the end
 * (`eb`; version 1: `fb`). What stands at the end was never freed: `liveBytes`.
 * Reads, writes and lifetimes are ignored: they say how memory was used, not who keeps it. The modes `copy` and
 * `ad-hoc` count other things than memory and are refused.
 */
export const dhat: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'Valgrind DHAT and dhat-rs (dhat-heap.json)',
  makes: 'allocation-profile',
  recognize(head) {
    return /^\s*\{\s*"dhatFileVersion"\s*:/.test(headText(head)) ? 'certain' : 'no'
  },
  async read(input, run) {
    run.progress({ step: 'reading the program points', done: 0 })
    const refuse = (what: string, expected: string, found: string): never => {
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'whole' }, expected: `${what} to be ${expected}`, found })
    }
    const file = asObject(await jsonInput(input, FORMAT, run)) ?? refuse('the file', 'an object', 'another value')
    const version = asNumber(file['dhatFileVersion'])
    if (version !== 1 && version !== 2) refuse('dhatFileVersion', '1 or 2', JSON.stringify(file['dhatFileVersion'] ?? null).slice(0, 40))
    const mode = asText(file['mode']) ?? 'heap'
    if (mode !== 'heap' && mode !== 'rust-heap') refuse('mode', "'heap'", `'${mode.slice(0, 40)}', which does not count memory`)
    const points = asList(file[version === 1 ? 'aps' : 'pps']) ?? refuse(version === 1 ? 'aps' : 'pps', 'a list', 'none')
    const labels = asList(file['ftbl']) ?? refuse('ftbl', 'a list', 'none')
    const frames = labels.map((label, index) => valgrindFrame(asText(label) ?? refuse(`ftbl[${index}]`, 'a text', 'another value')))
    const [endBytes, endBlocks] = version === 1 ? ['fb', 'fbk'] : ['eb', 'ebk']

    const source: Source = { name: input.name, format: FORMAT, runtime: 'native', idsAreStable: false, notices: [] }
    const builder = new AllocationProfileBuilder(source)
    builder.add(0, { allocatedBytes: 0, allocatedCount: 0, peakBytes: 0, liveBytes: 0, liveCount: 0 })
    for (const [index, each] of points.entries()) {
      if (index % 1024 === 0) run.checkpoint()
      const point = asObject(each) ?? refuse(`program point ${index}`, 'an object', 'another value')
      const stack = (asList(point['fs']) ?? refuse(`fs of program point ${index}`, 'a list', 'none')).map((frame) => {
        const number = asNumber(frame)
        return (number === undefined ? undefined : frames[number]) ?? refuse(`fs of program point ${index}`, `numbers below ${frames.length}`, JSON.stringify(frame).slice(0, 40))
      })
      const amount = (key: string): number => {
        const value = asNumber(point[key])
        return value !== undefined && value >= 0 ? value : refuse(`${key} of program point ${index}`, 'a number', JSON.stringify(point[key] ?? null).slice(0, 40))
      }
      const site = builder.stack(withoutAllocators(stack).toReversed())
      builder.add(site, { allocatedBytes: amount('tb'), allocatedCount: amount('tbk') })
      // a run without lifetimes (`bklt` false) knows neither peak nor end
      if (point['gb'] !== undefined) builder.add(site, { peakBytes: amount('gb') })
      if (point[endBytes!] === undefined) addNotice(source, { code: 'no-end-values', message: 'program points without what was left at the end' })
      else builder.add(site, { liveBytes: amount(endBytes!), liveCount: amount(endBlocks!) })
    }
    return builder.build({ unit: 'blocks' })
  },
}
