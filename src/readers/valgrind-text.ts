import { ReadError } from '../base/errors.ts'
import { addNotice, type Source } from '../model/source.ts'
import { type LeakCheck, LOSS_KINDS, type LossKind, type LossRecord, commaNumber, directBytes, profileOfLeakChecks } from './memcheck-report.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches, withoutColors } from './text-lines.ts'
import { valgrindFrame } from './valgrind-frames.ts'

const FORMAT = 'valgrind-text'
const LINE = /(?:==|--)(\d+)(?:==|--) ?(.*)$/
const RECORD = /^\s*([\d,]+)(?: \([+-][\d,]+\))?(?: \([^()]*(?:\([^()]*\)[^()]*)*\))? bytes in ([\d,]+)(?: \([+-][\d,]+\))? blocks (?:is|are) (definitely lost|indirectly lost|possibly lost|still reachable|suppressed)/
const FRAME = /^\s+(?:at|by) (0x[0-9A-Fa-f]+: .*)$/
const SUMMARY = /^\s+(definitely lost|indirectly lost|possibly lost|still reachable|suppressed): ([\d,]+)(?: \([+-][\d,]+\))? bytes in ([\d,]+)/
const USAGE = /^\s+total heap usage: ([\d,]+) allocs, [\d,]+ frees, ([\d,]+) bytes allocated/

/**
 * Memcheck's text output (`valgrind --leak-check=full`), any version: the manual's chapter 4.2.8 has the sentences.
 * Lines carry `==pid==`; anything else, the program's own output among it, is passed over. Of several leak checks of
 * one process the last one counts, since each tells the whole state.
 * Text shows no more than memcheck was asked to show; see `memcheck-report.ts` for what it leaves out.
 */
export const valgrindText: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'Valgrind memcheck, text output',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    if (!/^.*==\d+== /m.test(text)) return 'no'
    if (/==\d+== (?:Memcheck, a memory error detector|HEAP SUMMARY:|LEAK SUMMARY:)/.test(text)) return 'certain'
    return /==\d+== .* blocks are (?:definitely|indirectly|possibly|still)/.test(text) ? 'certain' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'native', idsAreStable: false, notices: [] }
    const processes = new Map<string, TextCheck>()
    let lineNumber = 0
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (const [index, raw] of lines.entries()) {
        lineNumber = firstLine + index
        const match = LINE.exec(withoutColors(raw))
        if (match === null) continue
        const process = match[1]!
        let check = processes.get(process)
        if (check === undefined) processes.set(process, (check = new TextCheck(process)))
        check.line(match[2]!)
        const version = /Using Valgrind-(\S+)/.exec(match[2]!)
        if (version !== null) source.runtimeVersion ??= `valgrind ${version[1]!}`
      }
    }
    const checks = [...processes.values()].map((each) => each.last()).filter((each) => each !== undefined)
    if (checks.length === 0) {
      throw new ReadError({
        file: input.name,
        format: FORMAT,
        position: { kind: 'line', line: Math.max(1, lineNumber) },
        expected: 'loss records or a leak summary',
        found: 'the end of the file before any',
        hint: 'Run valgrind --leak-check=full; a process killed by SIGKILL writes no summary.',
      })
    }
    for (const check of checks) {
      if (check.summary.size === 0) addNotice(source, { code: 'cut', firstAt: `line ${lineNumber}`, message: 'the output ends before the leak summary of a process' })
    }
    return profileOfLeakChecks(source, checks)
  },
}

/** What the lines of one process say. */
class TextCheck {
  readonly #process: string
  #current: LeakCheck
  #done: LeakCheck | undefined
  #record: LossRecord | undefined

  constructor(process: string) {
    this.#process = process
    this.#current = { process, records: [], summary: new Map() }
  }

  line(text: string): void {
    const frame = FRAME.exec(text)
    if (frame !== null) {
      this.#record?.stack.push(valgrindFrame(frame[1]!))
      return
    }
    this.#record = undefined
    const record = RECORD.exec(text)
    if (record !== null) {
      if (this.#current.summary.size > 0) this.#next()
      this.#record = {
        kind: record[3] as LossKind,
        bytes: directBytes(text) ?? commaNumber(record[1]!),
        blocks: commaNumber(record[2]!),
        stack: [],
      }
      this.#current.records.push(this.#record)
      return
    }
    const usage = USAGE.exec(text)
    if (usage !== null) {
      const { records, summary } = this.#current
      if (records.length > 0 || summary.size > 0) this.#next()
      this.#current.allocated = { blocks: commaNumber(usage[1]!), bytes: commaNumber(usage[2]!) }
      return
    }
    const summary = SUMMARY.exec(text)
    if (summary !== null) {
      const kind = LOSS_KINDS.find((each) => each === summary[1])!
      if (this.#current.summary.has(kind)) this.#next()
      this.#current.summary.set(kind, { bytes: commaNumber(summary[2]!), blocks: commaNumber(summary[3]!) })
      return
    }
    if (text.startsWith('All heap blocks were freed')) {
      const { allocated } = this.#current
      this.#next()
      this.#done = { process: this.#process, records: [], summary: new Map([['definitely lost', { bytes: 0, blocks: 0 }]]), allocated }
    }
  }

  last(): LeakCheck | undefined {
    const { records, summary } = this.#current
    return records.length > 0 || summary.size > 0 ? this.#current : this.#done
  }

  #next(): void {
    this.#done = this.#current
    this.#current = { process: this.#process, records: [], summary: new Map() }
  }
}
