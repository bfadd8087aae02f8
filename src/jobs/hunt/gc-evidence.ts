import { RISING_SCORE } from '../../analysis/gc/gc-summary.ts'
import type { Run } from '../../base/run.ts'
import { ReadError } from '../../base/errors.ts'
import { bytesText } from '../../base/bytes-text.ts'
import type { Reason } from '../../model/finding.ts'
import type { Report } from '../../model/report.ts'
import { bytesSource } from '../../readers/bytes-source.ts'
import { type GcLogAnswer, readGcLog } from '../read-gc-log.ts'

/** What a line of a collector's trace looks like that programs print among their own words: Go, V8, the JVM, CPython. */
const TRACE = /gc \d+ @[\d.]+s |^\[\d+:0x[0-9a-f]+(?::\d+)?\]\s+\d+ ms: |^\[[^\]]*\].*\[gc|^gc: /
/** Of a chatty trace the youngest lines are kept. */
const MOST_LINES = 200_000

/**
 * What the collector's own log says of the program that is hunted: a second witness of what stays alive, which was not
 * asked by us. It comes from a file (`--gc-log`) or from what the started program prints.
 */
export class GcEvidence {
  readonly #path: string | undefined
  #lines: string[] = []

  constructor(path: string | undefined) {
    this.#path = path
  }

  /** Takes a line that the program printed. */
  hear(line: string): void {
    if (this.#path !== undefined || !TRACE.test(line)) return
    this.#lines.push(line)
    if (this.#lines.length > 2 * MOST_LINES) this.#lines = this.#lines.slice(-MOST_LINES)
  }

  /** The report with the collector's word in it; as it was when there is no log, with a notice when a log that was named cannot be read. */
  async join(report: Report, run: Run): Promise<Report> {
    let answer: GcLogAnswer | undefined
    try {
      answer = await this.#read(report.tool.version, run)
    } catch (error) {
      if (!(error instanceof ReadError)) throw error
      // The hunt took minutes and needs no second witness.
      return { ...report, notices: [...report.notices, { code: 'gc-log', count: 0, message: `the collector's log could not be read: ${error.message}` }] }
    }
    if (answer === undefined) return report
    const { summary, report: log } = answer
    const { floor } = summary
    const seesLeak = log.findings.some(({ pattern, verdict }) => pattern === 'gc-leak' && verdict === 'leak')
    const rises = seesLeak || (floor !== undefined && floor.trendScore > RISING_SCORE)
    const floorText = floor === undefined ? 'it has no collection that tells what is alive' : `what is alive after collections: ${bytesText(floor.bytes[0])} → ${bytesText(floor.bytes.at(-1)!)}`
    const reason: Reason = { for: true, text: `the collector's own log agrees, over ${summary.collections} collections: ${floorText}` }
    const [first, ...rest] = report.findings
    return {
      ...report,
      // The program's own words among the collector's are no trouble here.
      sources: [...report.sources, ...log.sources.map((source) => ({ ...source, notices: source.notices.filter(({ code }) => code !== 'other-lines') }))],
      findings: [
        ...(first === undefined ? [] : [first.verdict === 'leak' && rises ? { ...first, reasons: [...first.reasons, reason] } : first]),
        ...rest,
        // Whether there is a leak the rounds say; pauses and shares of time are ours as well, since we ask for collections.
        ...log.findings.filter(({ pattern }) => pattern === 'gc-thrashing'),
      ],
      notices: [
        ...report.notices,
        {
          code: 'gc-log',
          count: 1,
          message: `the collector's own log, ${summary.collections} collections; ${floorText}${seesLeak && report.verdict === 'healthy' ? '. That is another picture than the rounds give: the log holds the start of the program and its warm-up too, the rounds do not' : ''}`,
        },
      ],
      details: { ...report.details, collector: { name: summary.collector, collections: summary.collections, major: summary.majors, floorFirstBytes: floor?.bytes[0], floorLastBytes: floor?.bytes.at(-1), otherLines: answer.log.otherLines } },
    }
  }

  async #read(version: string, run: Run): Promise<GcLogAnswer | undefined> {
    if (this.#path !== undefined) return readGcLog({ files: [this.#path], version }, run)
    if (this.#lines.length === 0) return undefined
    try {
      const source = bytesSource('the program’s output', new TextEncoder().encode(`${this.#lines.join('\n')}\n`))
      return await readGcLog({ files: [], source, version }, run)
    } catch (error) {
      if (error instanceof ReadError) return undefined // the program's own words, after all
      throw error
    }
  }
}
