import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { asList, asNumber, asObject, asText, type Json, jsonInput } from './json-input.ts'
import type { Reader } from './reader.ts'
import { replay } from './replay.ts'
import { headText } from './text-lines.ts'

const FORMAT = 'stackprof'
/** Deeper than any Ruby stack. */
const MAX_FRAMES = 100_000

/**
 * Stackprof's profile of Ruby objects as JSON (`stackprof --json`, `StackProf.results.to_json`; lib/stackprof/report.rb).
 *
 * A sample is every `interval`-th object that was made: `allocatedCount` is samples times interval, an estimate where
 * that is not 1. What of it is still alive, and sizes, stackprof does not know. With `raw` stacks are whole and stand
 * at the first line of their functions, or at the line that ran where `raw_lines` tells it; without `raw` there are
 * lines, but no stacks. Profiles of time (modes wall and cpu) are refused, and so is Ruby's own Marshal form.
 */
export const stackprof: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'Ruby stackprof, mode object (JSON)',
  makes: 'allocation-profile',
  recognize(head) {
    if (isMarshal(head)) return /mode/.test(headText(head)) ? 'certain' : 'no'
    const text = headText(head)
    return /^\s*\{/.test(text) && /"mode"\s*:\s*"(?:object|wall|cpu|custom)"/.test(text) && /"(?:samples|interval|gc_samples|missed_samples)"\s*:/.test(text) ? 'certain' : 'no'
  },
  async read(input, run) {
    const refuse = (expected: string, found: string, hint?: string): never => {
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'whole' }, expected, found, ...(hint === undefined ? {} : { hint }) })
    }
    const chunks = input.chunks()[Symbol.asyncIterator]()
    const next = await chunks.next()
    const first = next.done === true ? new Uint8Array(0) : next.value
    if (isMarshal(first)) {
      await chunks.return?.()
      refuse('JSON', "Ruby's Marshal format", 'Make JSON of it: stackprof --json FILE > FILE.json')
    }
    run.progress({ step: 'reading stacks', done: 0 })
    const file = asObject(await jsonInput({ ...input, chunks: () => replay(first, chunks) }, FORMAT, run)) ?? refuse('an object', 'another value')
    const mode = asText(file['mode'])
    if (mode !== 'object') refuse("mode 'object'", `'${mode?.slice(0, 40) ?? 'none'}'`, 'That is a profile of time. For memory: StackProf.run(mode: :object, raw: true, out: FILE)')
    const given = asNumber(file['interval']) ?? 1
    const interval = given >= 1 && given < 2 ** 31 ? given : refuse('an interval of at least 1', String(given))
    const source: Source = { name: input.name, format: FORMAT, runtime: 'ruby', idsAreStable: false, notices: [] }
    if (interval > 1) addNotice(source, { code: 'sampled', message: `one object of ${interval} was recorded: counts are estimates` })
    const builder = new AllocationProfileBuilder(source)
    const frames = new Map<string, Frame>()
    const described = asObject(file['frames']) ?? refuse('frames', 'none')
    for (const [id, each] of Object.entries(described)) frames.set(id, frameOf(asObject(each)?.['name'], asObject(each)?.['file'], asObject(each)?.['line']))
    builder.add(0, { allocatedCount: 0 })

    const raw = asList(file['raw'])
    if (raw === undefined) {
      addNotice(source, { code: 'no-stacks', message: 'the profile was made without raw: true, so it names lines and no stacks' })
      for (const [id, each] of Object.entries(described)) {
        run.checkpoint()
        const frame = frames.get(id)!
        const rows = Object.entries(asObject(asObject(each)?.['lines']) ?? {})
        let left = asNumber(asObject(each)?.['samples']) ?? 0
        for (const [line, counts] of rows) {
          const own = asNumber(asList(counts)?.[1]) ?? 0
          if (own <= 0) continue
          builder.add(builder.stack([{ ...frame, line: lineOf(Number(line)) }]), { allocatedCount: own * interval })
          left -= own
        }
        if (left > 0) builder.add(builder.stack([frame]), { allocatedCount: left * interval })
      }
      return builder.build({ unit: 'objects' })
    }
    const lines = asList(file['raw_lines'])
    for (let at = 0; at < raw.length; ) {
      run.checkpoint()
      const length = asNumber(raw[at]) ?? Number.NaN
      if (!Number.isInteger(length) || length < 0 || length > MAX_FRAMES || at + length + 1 >= raw.length) refuse(`raw[${at}] to be the length of a stack that fits in raw`, JSON.stringify(raw[at] ?? null).slice(0, 40))
      const stack: Frame[] = []
      for (let index = at + 1; index <= at + length; index++) {
        const frame = frames.get(asText(raw[index]) ?? String(asNumber(raw[index]))) ?? refuse(`raw[${index}] to be one of frames`, JSON.stringify(raw[index] ?? null).slice(0, 40))
        const line = lineOf(asNumber(lines?.[index]) ?? 0)
        stack.push(line > 0 ? { ...frame, line } : frame)
      }
      const count = asNumber(raw[at + length + 1]) ?? Number.NaN
      if (!(count >= 0)) refuse(`raw[${at + length + 1}] to be a number of samples`, JSON.stringify(raw[at + length + 1] ?? null).slice(0, 40))
      builder.add(builder.stack(stack), { allocatedCount: count * interval })
      at += length + 2
    }
    return builder.build({ unit: 'objects' })
  },
}

/** Marshal 4.8, of a hash. */
function isMarshal(bytes: Uint8Array): boolean {
  return bytes[0] === 4 && bytes[1] === 8 && bytes[2] === 0x7b
}

function frameOf(name: Json | undefined, file: Json | undefined, line: Json | undefined): Frame {
  const path = asText(file) ?? ''
  return { functionName: asText(name) ?? '?', ...(path === '' || path === '<cfunc>' ? {} : { file: path, line: lineOf(asNumber(line) ?? 0) }) }
}

function lineOf(line: number): number {
  return Number.isInteger(line) && line > 0 && line < 0xffffffff ? line : 0
}
