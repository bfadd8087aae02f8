import { SaxesParser } from 'saxes'
import { ReadError } from '../base/errors.ts'
import type { Frame } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { commaNumber, directBytes, type LeakCheck, type LossKind, type LossRecord, profileOfLeakChecks } from './memcheck-report.ts'
import type { Reader } from './reader.ts'
import { headText } from './text-lines.ts'
import { asLine } from './valgrind-frames.ts'

const FORMAT = 'valgrind-xml'

const KINDS: Readonly<Record<string, LossKind>> = {
  Leak_DefinitelyLost: 'definitely lost',
  Leak_IndirectlyLost: 'indirectly lost',
  Leak_PossiblyLost: 'possibly lost',
  Leak_StillReachable: 'still reachable',
}
const SUMMARY: Readonly<Record<string, LossKind>> = {
  definitely_lost: 'definitely lost',
  indirectly_lost: 'indirectly lost',
  possibly_lost: 'possibly lost',
  still_reachable: 'still reachable',
  suppressed: 'suppressed',
}
/** Memcheck's elements nest nine deep; more is not its output. */
const DEEPEST = 64
/** A C++ name of templates may take kilobytes, not megabytes. */
const LONGEST_TEXT = 1 << 20

/**
 * Memcheck's XML (`--xml=yes`), protocols 4 to 6 (docs/internals/xml-output-protocol4.txt in Valgrind's sources).
 *
 * Read as a stream. Entities beyond XML's five and character references are refused by the parser, as are document
 * types with content, so nothing can expand. Errors that are not leaks (invalid reads, …) are counted in a notice.
 * Numbers are stripped of commas, which newer versions write inside `<bytes>`.
 */
export const valgrindXml: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'Valgrind memcheck, XML output',
  makes: 'allocation-profile',
  recognize(head) {
    return /<valgrindoutput\b/.test(headText(head)) ? 'certain' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'native', idsAreStable: false, notices: [] }
    const report = new XmlReport(source)
    const parser = new SaxesParser({ fragment: false, position: true })
    let problem: { message: string; line: number; column: number } | undefined
    const refuse = (expected: string, found: string): never => {
      throw new ReadError({
        file: input.name,
        format: FORMAT,
        position: { kind: 'line', line: Math.max(1, parser.line), column: parser.column + 1 },
        expected,
        found,
      })
    }
    parser.on('error', (error) => {
      problem ??= { message: error.message.replace(/^\d+:\d+: /, ''), line: parser.line, column: parser.column }
    })
    parser.on('doctype', () => refuse('no document type', 'one'))
    parser.on('opentag', ({ name }) => {
      if (!report.open(name)) refuse(`elements at most ${DEEPEST} deep`, 'deeper ones')
    })
    parser.on('text', (text) => {
      if (!report.text(text)) refuse(`texts of at most ${LONGEST_TEXT} characters`, 'a longer one')
    })
    parser.on('closetag', ({ name }) => report.close(name))
    const decoder = new TextDecoder()
    for await (const chunk of input.chunks()) {
      run.checkpoint()
      parser.write(decoder.decode(chunk, { stream: true }))
      if (problem !== undefined) break
    }
    if (problem === undefined) parser.close()
    const { check, closed } = report
    if (problem !== undefined && !closed) {
      const { message, line, column } = problem
      const cut = /unclosed|document must contain|unexpected end/i.test(message)
      if (!cut || (check.records.length === 0 && check.summary.size === 0)) {
        throw new ReadError({
          file: input.name,
          format: FORMAT,
          position: { kind: 'line', line: Math.max(1, line), column: column + 1 },
          expected: 'well-formed XML of memcheck',
          found: cut ? 'the end of the file before any loss record' : message,
          ...(cut ? { hint: 'Memcheck writes the records when the program ends; was it killed?' } : {}),
        })
      }
      addNotice(source, { code: 'cut', firstAt: `line ${line}`, message: 'the file ends before its last element; records up to there were read' })
    } else if (problem !== undefined) {
      addNotice(source, { code: 'trailing-bytes', firstAt: `line ${problem.line}`, message: 'something follows the end of the document; it was not read' })
    }
    return profileOfLeakChecks(source, [check])
  },
}

/** Collects the loss records while elements open and close. */
class XmlReport {
  readonly check: LeakCheck = { process: '', records: [], summary: new Map() }
  closed = false
  readonly #source: Source
  readonly #path: string[] = []
  #content = ''
  #kind: string | undefined
  #sentence = ''
  #bytes = 0
  #blocks = 0
  #stack: Frame[] | undefined
  #stackDone = false
  #frame: { ip?: string; obj?: string; fn?: string; dir?: string; file?: string; line?: string } = {}

  constructor(source: Source) {
    this.#source = source
  }

  open(name: string): boolean {
    this.#path.push(name)
    this.#content = ''
    if (name === 'error') {
      this.#kind = undefined
      this.#sentence = ''
      this.#bytes = this.#blocks = 0
      this.#stack = []
      this.#stackDone = false
    }
    if (name === 'frame') this.#frame = {}
    return this.#path.length <= DEEPEST
  }

  text(text: string): boolean {
    this.#content += text
    return this.#content.length <= LONGEST_TEXT
  }

  close(name: string): void {
    this.#path.pop()
    const parent = this.#path.at(-1)
    const content = this.#content.trim()
    this.#content = ''
    if (name === 'valgrindoutput') this.closed = true
    if (name === 'line' && parent === 'preamble') {
      const version = /Using Valgrind-(\S+)/.exec(content)
      if (version !== null) this.#source.runtimeVersion = `valgrind ${version[1]!}`
    }
    if (parent === 'frame') this.#frame[name as 'ip'] = content
    if (name === 'frame' && !this.#stackDone) this.#stack?.push(frameOf(this.#frame))
    if (name === 'stack') this.#stackDone = true
    if (name === 'kind') this.#kind = content
    if (parent === 'xwhat' && name === 'text') this.#sentence = content
    if (parent === 'xwhat' && name === 'leakedbytes') this.#bytes = commaNumber(content)
    if (parent === 'xwhat' && name === 'leakedblocks') this.#blocks = commaNumber(content)
    if (name === 'error') this.#addRecord()
    const kind = parent === undefined ? undefined : SUMMARY[parent]
    if (kind !== undefined && this.#path.at(-2) === 'leak_summary') {
      const amount = this.check.summary.get(kind) ?? { bytes: 0, blocks: 0 }
      const value = commaNumber(content)
      if (Number.isFinite(value) && (name === 'bytes' || name === 'blocks')) this.check.summary.set(kind, { ...amount, [name]: value })
    }
  }

  #addRecord(): void {
    const kind = KINDS[this.#kind ?? '']
    if (kind === undefined) {
      addNotice(this.#source, { code: 'errors-not-leaks', message: `errors that are not leaks (the first is ${this.#kind ?? 'without a kind'}) were passed over` })
      return
    }
    const record: LossRecord = { kind, bytes: directBytes(this.#sentence) ?? this.#bytes, blocks: this.#blocks, stack: this.#stack ?? [] }
    if (Number.isFinite(record.bytes) && Number.isFinite(record.blocks)) this.check.records.push(record)
    else addNotice(this.#source, { code: 'records-without-size', message: 'loss records whose size is not a number were passed over' })
    this.#stack = undefined
  }
}

function frameOf({ ip, obj, fn, dir, file, line }: { ip?: string; obj?: string; fn?: string; dir?: string; file?: string; line?: string }): Frame {
  if (file !== undefined) {
    const place = dir === undefined || file.startsWith('/') ? file : `${dir}/${file}`
    return { functionName: fn ?? ip ?? '???', file: place, line: asLine(line ?? '0') }
  }
  return { functionName: fn ?? (obj === undefined ? (ip ?? '???') : '???'), ...(obj === undefined ? {} : { file: obj }) }
}
