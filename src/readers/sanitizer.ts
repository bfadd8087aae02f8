import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { withoutAllocators } from './allocator-frames.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches, withoutColors } from './text-lines.ts'
import { asLine } from './valgrind-frames.ts'

const FORMAT = 'sanitizer'
const REPORT = /==(\d+)==\s?(?:ERROR|WARNING): (\w*Sanitizer): (.*)$/
const LEAK = /\b(Direct|Indirect) leak of (\d+) byte\(s\) in (\d+) object\(s\) allocated from:/
const FRAME = /(?:^|\s)#(\d+) (0x[0-9a-f]+)\s+(.*)$/
const SUMMARY = /SUMMARY: \w*Sanitizer: (\d+) byte\(s\) leaked in (\d+) allocation\(s\)/

interface LeakBlock {
  verdict: 'direct leak' | 'indirect leak'
  bytes: number
  objects: number
  stack: Frame[]
}

/**
 * LeakSanitizer's report, alone or at the end of AddressSanitizer's and HWAddressSanitizer's, from gcc and clang
 * (compiler-rt/lib/lsan/lsan_common.cpp prints it). Lines may carry a prefix (a container's log) or colors.
 *
 * Every block is a leak: nothing pointed to it when the program ended. A block still reachable from a global, or
 * from a pointer left on a stack, is not reported. Reports of other errors (use after free, overflow) are counted in
 * a notice and not read as leaks; an input with nothing else is refused by its name.
 */
export const sanitizer: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'LeakSanitizer and AddressSanitizer leak report',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    if (/==\d+==\s?(?:ERROR|WARNING): \w*Sanitizer: /.test(text)) return 'certain'
    return LEAK.test(text) ? 'likely' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'native', idsAreStable: false, notices: [] }
    const builder = new AllocationProfileBuilder(source)
    builder.add(0, { liveBytes: 0, liveCount: 0 })
    let block: LeakBlock | undefined
    let other: { name: string; line: number } | undefined
    let readBytes = 0
    let toldBytes = 0
    let lineNumber = 0
    let reports = 0
    const finish = (): void => {
      if (block === undefined) return
      const site = builder.stack(withoutAllocators(block.stack).toReversed(), block.verdict)
      builder.add(site, { liveBytes: block.bytes, liveCount: block.objects })
      readBytes += block.bytes
      block = undefined
    }
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (const [index, raw] of lines.entries()) {
        lineNumber = firstLine + index
        const text = withoutColors(raw)
        const frame = FRAME.exec(text)
        if (frame !== null) {
          // a stack is numbered from 0 without gaps: another program's line may stand between two frames
          if (block !== undefined && Number(frame[1]) === block.stack.length) block.stack.push(sanitizerFrame(frame[2]!, frame[3]!))
          continue
        }
        const leak = LEAK.exec(text)
        if (leak !== null) {
          finish()
          reports ||= 1
          block = { verdict: leak[1] === 'Direct' ? 'direct leak' : 'indirect leak', bytes: Number(leak[2]), objects: Number(leak[3]), stack: [] }
          continue
        }
        if (text.trim() === '') {
          finish()
          continue
        }
        const report = REPORT.exec(text)
        if (report !== null) {
          finish()
          if (report[2] === 'LeakSanitizer' && report[3]!.startsWith('detected memory leaks')) reports++
          else {
            other ??= { name: `${report[2]!}: ${report[3]!.replace(/ on (?:unknown )?address.*$/, '')}`, line: lineNumber }
            addNotice(source, { code: 'errors-not-leaks', firstAt: `line ${lineNumber}`, message: `reports of errors that are not leaks were passed over; the first is ${other.name}` })
          }
          continue
        }
        const summary = SUMMARY.exec(text)
        if (summary !== null) {
          finish()
          toldBytes += Number(summary[1])
        }
      }
    }
    finish()
    if (reports === 0) {
      throw new ReadError({
        file: input.name,
        format: FORMAT,
        position: other === undefined ? { kind: 'whole' } : { kind: 'line', line: other.line },
        expected: 'a leak report',
        found: other === undefined ? 'none' : other.name,
        hint: other === undefined
          ? 'LeakSanitizer prints nothing when it finds no leak.'
          : 'A memory error is not a leak, and the program stopped at it before leaks were looked for. Repair it first.',
      })
    }
    if (toldBytes !== readBytes) {
      addNotice(source, {
        code: 'summary-differs',
        message: toldBytes === 0 ? 'the report ends before its summary line' : `the summary tells ${toldBytes} bytes leaked, the records add up to ${readBytes}`,
      })
    }
    return builder.build({ unit: 'blocks', provesLoss: true })
  },
}

/**
 * The rest of a frame's line: `in store /srv/leak.c:9:57`, `in malloc (/bin/app+0x30f52) (BuildId: b7cb)`,
 * `(/lib/x.so+0x13545)`. Names and paths may both hold blanks; a path begins where, outside brackets, something that
 * looks like one does.
 */
export function sanitizerFrame(address: string, rest: string): Frame {
  const text = rest.replace(/ \(BuildId: [0-9a-f]*\)$/, '').trim()
  const module = /(?:^|\s)\((.+)\+(0x[0-9a-f]+)\)$/.exec(text)
  if (module !== null) {
    const before = text.slice(0, module.index).replace(/^in /, '').trim()
    const base = module[1]!.slice(module[1]!.lastIndexOf('/') + 1)
    return { functionName: before === '' ? `${base}+${module[2]!}` : before, file: module[1]! }
  }
  if (!text.startsWith('in ')) return { functionName: text === '' ? address : text }
  const named = text.slice(3)
  const split = pathStart(named)
  if (split < 0) return { functionName: named }
  const functionName = named.slice(0, split)
  const place = named.slice(split + 1)
  if (place === '<null>') return { functionName }
  const at = /^(.+?):(\d+)(?::(\d+))?$/.exec(place)
  if (at === null) return { functionName, file: place }
  const column = asLine(at[3] ?? '0')
  return { functionName, file: at[1]!, line: asLine(at[2]!), ...(column === 0 ? {} : { column }) }
}

/** Where the blank before the path stands; −1 without a path. */
function pathStart(text: string): number {
  let depth = 0
  let last = -1
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === '(' || character === '<' || character === '[' || character === '{') depth++
    // `operator->` and `operator<` break the balance; never below zero
    else if (character === ')' || character === '>' || character === ']' || character === '}') depth = Math.max(0, depth - 1)
    else if (character === ' ' && depth === 0) {
      if (/^(?:\/|\.{1,2}\/|[A-Za-z]:[\\/]|<null>)/.test(text.slice(at + 1, at + 8))) return at
      last = at
    }
  }
  return last >= 0 && /:\d+$|[./]/.test(text.slice(last + 1)) ? last : -1
}
