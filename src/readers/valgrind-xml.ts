import { SaxesParser } from 'saxes'
import { ReadError } from '../base/errors.ts'
import type { Frame } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { commaNumber, directBytes, type LeakCheck, type LossKind, type LossRecord, profileOfLeakChecks } from './memcheck-report.ts'
import type { Run } from '../base/run.ts'
import type { ByteSource, Reader } from './reader.ts'
import { headText } from './text-lines.ts'
import { addressName, asLine } from './valgrind-frames.ts'

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
    const parser = new SaxesParser({ fragment: true, position: true })
    let problem: { message: string; line: number; column: number } | undefined
    const refuse = (expected: string, found: string, at: { line: number; column: number } = parser): never => {
      throw new ReadError({
        file: input.name,
        format: FORMAT,
        position: { kind: 'line', line: Math.max(1, at.line), column: at.column + 1 },
        expected,
        found,
        ...(found.startsWith('the end') ? { hint: 'Memcheck writes the records when the program ends; was it killed?' } : {}),
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
    for await (const piece of piecesOf(input, run)) {
      if (piece === DOCUMENT_END) report.endDocument()
      else parser.write(piece)
      if (problem !== undefined) break
    }
    const isCut = report.isOpen
    if (problem === undefined) parser.close()
    const checks = report.finish()
    const hasFound = checks.some(({ records, summary }) => records.length > 0 || summary.size > 0)
    if (problem !== undefined) {
      const isUnclosed = /unclosed|unexpected end/i.test(problem.message)
      if (!isUnclosed || !hasFound) refuse('well-formed XML of memcheck', isUnclosed ? 'the end of the file before any loss record' : problem.message, problem)
    } else if (isCut && !hasFound) refuse('well-formed XML of memcheck', 'the end of the file before any loss record')
    if (problem !== undefined || isCut) addNotice(source, { code: 'cut', firstAt: `line ${parser.line}`, message: 'the file ends before its last element; records up to there were read' })
    return profileOfLeakChecks(source, checks)
  },
}

const DOCUMENT_END = Symbol('the end of a document')

/**
 * The content of the documents in one file. A forked child writes into its parent's file and closes the document, and
 * the parent goes on behind it: so the outermost element is taken for what it is, a mark, and not for structure.
 */
async function* piecesOf(input: ByteSource, run: Run): AsyncGenerator<string | typeof DOCUMENT_END> {
  const decoder = new TextDecoder()
  let rest = ''
  const split = function* (text: string): Generator<string | typeof DOCUMENT_END> {
    const pieces = text.replace(/<\?xml[^>]*\?>|<valgrindoutput>/g, '').split('</valgrindoutput>')
    for (const [at, piece] of pieces.entries()) {
      if (at > 0) yield DOCUMENT_END
      yield piece
    }
  }
  for await (const chunk of input.chunks()) {
    run.checkpoint()
    const text = rest + decoder.decode(chunk, { stream: true })
    const end = text.lastIndexOf('>') + 1
    rest = text.slice(end)
    if (rest.length > LONGEST_TEXT) {
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'whole' }, expected: `texts of at most ${LONGEST_TEXT} characters`, found: 'a longer one' })
    }
    if (end > 0) yield* split(text.slice(0, end))
  }
  yield* split(rest + decoder.decode())
}

/** Collects the loss records while elements open and close. */
class XmlReport {
  readonly #checks: LeakCheck[] = []
  #check: LeakCheck = { process: '', records: [], summary: new Map() }
  /** Something was read that no end of a document followed. */
  isOpen = false
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

  endDocument(): void {
    const { process, records, summary } = this.#check
    if (process !== '' || records.length > 0 || summary.size > 0) this.#checks.push(this.#check)
    this.#check = { process: '', records: [], summary: new Map() }
    this.isOpen = false
  }

  finish(): readonly LeakCheck[] {
    this.endDocument()
    return this.#checks
  }

  open(name: string): boolean {
    this.isOpen = true
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
    if (name === 'pid' && parent === undefined) this.#check.process = content
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
    if (parent === 'total_heap_usage') this.#usage(name, commaNumber(content))
    const kind = parent === undefined ? undefined : SUMMARY[parent]
    if (kind !== undefined && this.#path.at(-2) === 'leak_summary') {
      const amount = this.#check.summary.get(kind) ?? { bytes: 0, blocks: 0 }
      const value = commaNumber(content)
      if (Number.isFinite(value) && (name === 'bytes' || name === 'blocks')) this.#check.summary.set(kind, { ...amount, [name]: value })
    }
  }

  #usage(name: string, value: number): void {
    const known = this.#check.allocated ?? { bytes: 0, blocks: 0 }
    if (!Number.isFinite(value)) return
    if (name === 'allocs') this.#check.allocated = { ...known, blocks: value }
    if (name === 'bytes_allocated') this.#check.allocated = { ...known, bytes: value }
  }

  #addRecord(): void {
    const kind = KINDS[this.#kind ?? '']
    if (kind === undefined) {
      addNotice(this.#source, { code: 'errors-not-leaks', message: `errors that are not leaks (the first is ${this.#kind ?? 'without a kind'}) were passed over` })
      return
    }
    const record: LossRecord = { kind, bytes: directBytes(this.#sentence) ?? this.#bytes, blocks: this.#blocks, stack: this.#stack ?? [] }
    if (Number.isFinite(record.bytes) && Number.isFinite(record.blocks)) this.#check.records.push(record)
    else addNotice(this.#source, { code: 'records-without-size', message: 'loss records whose size is not a number were passed over' })
    this.#stack = undefined
  }
}

function frameOf({ ip, obj, fn, dir, file, line }: { ip?: string; obj?: string; fn?: string; dir?: string; file?: string; line?: string }): Frame {
  if (file !== undefined) {
    const place = dir === undefined || file.startsWith('/') ? file : `${dir}/${file}`
    return { functionName: fn ?? ip ?? '???', file: place, line: asLine(line ?? '0') }
  }
  return { functionName: fn ?? (ip === undefined ? '???' : addressName(ip, obj)), ...(obj === undefined ? {} : { file: obj }) }
}
