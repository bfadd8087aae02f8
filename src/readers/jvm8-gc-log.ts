/**
 * GC logs of JDK 8 and before (`-XX:+PrintGC`, `-XX:+PrintGCDetails`, `-Xloggc`): Serial, Parallel, CMS, G1.
 *
 *   2026-11-21T02:22:23.728+0000: 0.086: [GC (Allocation Failure) [PSYoungGen: 8704K->1024K(9728K)] 8704K->1384K(31744K), 0.0042075 secs] …
 *   0.155: [Full GC (System.gc())  11038K->10714K(46592K), 0.0129801 secs]
 *   0.095: [GC pause (G1 Evacuation Pause) (young), 0.0045810 secs]    … and lines later:   [Eden: … Heap: 7168.0K(32768.0K)->1368.0K(32768.0K)]
 *
 * Brackets nest and, with PrintTenuringDistribution, a line is broken inside one: text is gathered until the bracket
 * closes and only what stands directly in the outer bracket is read. PrintHeapAtGC blocks, tenuring tables, stopped-time
 * lines and G1's phase lines are recognized and not kept. A CMS cycle is one row (mixed).
 */
import { ReadError } from '../base/errors.ts'
import type { Generation } from '../model/gc-log.ts'
import { GcLogBuilder } from '../model/gc-log-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const EVENT = /^(?:.*?(\d{4}-\d\d-\d\dT[\d:.,]+[+-]\d{4}): )?(?:(\d+[.,]\d+): )?\[((?:Full )?GC\b|CMS-|GC concurrent-)/
// CMS's thread and the collecting one write to the same line: `[CMS-concurrent-sweep: …]2026-11-21T…: 0.899: [Full GC …`.
const INTERLEAVED = /(?<=^[^[]*\[CMS-concurrent-[^\]]*\]) ?(?=(?:\d{4}-\d\d-\d\dT|\d+[.,]\d+: \[))/
const TOTAL = /(\d+(?:\.\d+)?)([BKMG])->(\d+(?:\.\d+)?)([BKMG])\((\d+(?:\.\d+)?)([BKMG])\)/
const USED = /(\d+)K\((\d+)K\)/
const PHASE = /\((CMS Initial Mark|CMS Final Remark)\)|\[GC (remark|cleanup)/
const NO_ROOM = ['concurrent mode failure', 'promotion failed', 'to-space exhausted']
/** `, 0.0042075 secs] ` is no longer than this. */
const MOST_SECONDS = 40
const SECONDS = /(\d+[.,]\d+) secs\s*$/
const G1_HEAP = /\bHeap: (\d+(?:\.\d+)?)([BKMG])\((?:\d+(?:\.\d+)?)[BKMG]\)->(\d+(?:\.\d+)?)([BKMG])\((\d+(?:\.\d+)?)([BKMG])\)/
const NEIGHBOUR =
  /^(?:\s*\[|\s+[A-Za-z]|\}|\{?Heap\b|Desired survivor|- age|.*Total time for which application threads|.*Application time:|OpenJDK|Java HotSpot|Memory: |CommandLine flags|\s*$|\d{4}-\d\d-\d\d.*GC log file|Class unloading)|\[Times: /
const UNIT: Record<string, number> = { B: 1, K: 1 << 10, M: 1 << 20, G: 1 << 30 }
const OPENING = 91
const CLOSING = 93
/** A bracket that has not closed after this much text is damage, not an event. */
const MAX_EVENT_LENGTH = 16_384

export const jvm8GcLog: Reader<'gc-log'> = {
  format: 'jvm8-gc-log',
  title: 'JVM, -XX:+PrintGCDetails (JDK 8 and before; Serial, Parallel, CMS, G1)',
  makes: 'gc-log',

  recognize(head) {
    const text = headText(head)
    return /^(?:\S+: )?(?:\d+[.,]\d+: )?\[(?:Full )?GC (?:\(|pause|\d|--)/m.test(text) || /^\{Heap before GC invocations=/m.test(text) ? 'certain' : 'no'
  },

  async read(input, run) {
    const source: Source = { name: input.name, format: this.format, runtime: 'jvm', idsAreStable: false, notices: [] }
    const builder = new GcLogBuilder(source)
    let collector = 'jvm'
    let firstWallMs = Number.NaN
    let heapLimitBytes: number | undefined
    let pending = ''
    let pendingLine = 0
    let line = 0
    let cycle: number | undefined // the CMS cycle under way
    let last: number | undefined

    // Dates are dear to read, and the uptime that most lines have beside them is exact.
    const timeOfDate = (date: string | undefined): number => {
      const wallMs = date === undefined ? Number.NaN : Date.parse(date.replace(',', '.').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
      if (Number.isNaN(firstWallMs)) firstWallMs = wallMs
      return wallMs - firstWallMs
    }
    const event = (text: string): void => {
      const found = EVENT.exec(text)
      if (found === null) return
      const startMs = found[2] === undefined ? timeOfDate(found[1]) : Number(found[2].replace(',', '.')) * 1000
      const name = /\[(PSYoungGen|ParNew|DefNew|CMS|ParOldGen|Tenured)\b/.exec(text)?.[1]
      if (name !== undefined) collector = name.startsWith('P') && name !== 'ParNew' ? 'Parallel' : name === 'ParNew' || name === 'CMS' ? 'CMS' : collector === 'CMS' ? 'CMS' : 'Serial'
      if (text.includes('GC pause') || text.includes('G1 ')) collector = 'G1'
      const outer = directly(text.slice(text.indexOf('[')))
      const seconds = SECONDS.exec(outer.slice(-MOST_SECONDS))
      const pauseMs = seconds === null ? Number.NaN : Number(seconds[1]!.replace(',', '.')) * 1000
      if (found[3]!.startsWith('CMS-') || found[3]!.startsWith('GC concurrent-')) {
        const took = /: [\d.,]+\/([\d.,]+) secs\]|, ([\d.,]+) secs\]/.exec(text)
        const row = cycle ?? (collector === 'G1' ? last : undefined)
        if (took !== null && row !== undefined) builder.increase(row, 'concurrentMs', Number((took[1] ?? took[2])!.replace(',', '.')) * 1000)
        if (text.includes('CMS-concurrent-reset:')) cycle = undefined
        return
      }
      const phase = text.includes('(CMS ') || text.includes('[GC remark') || text.includes('[GC cleanup') ? PHASE.exec(text) : null
      if (phase !== null) {
        const used = USED.exec(outer)
        if (phase[1] === 'CMS Initial Mark' || cycle === undefined && phase[1] !== undefined) {
          cycle = builder.add({ generation: 'mixed', cause: 'concurrent cycle', startMs, ...(used === null ? {} : { usedBeforeBytes: Number(used[1]) * 1024 }) })
        }
        const row = cycle ?? last
        if (row === undefined) return
        if (!Number.isNaN(pauseMs)) builder.increase(row, 'pauseMs', pauseMs)
        if (phase[1] === 'CMS Final Remark' && used !== null) builder.change(row, { usedAfterBytes: Number(used[1]) * 1024, committedAfterBytes: Number(used[2]) * 1024 })
        return
      }
      const isFull = found[3]!.startsWith('Full')
      const causes = [...outer.matchAll(/\(([^()]*(?:\(\))?)\)/g)].map((match) => match[1]!).filter((cause) => !/^\d/.test(cause))
      const generation: Generation = isFull ? 'major' : causes.includes('mixed') ? 'mixed' : 'minor'
      const total = TOTAL.exec(outer)
      last = builder.add({
        generation,
        cause: causes.find((cause) => !['young', 'mixed', 'initial-mark'].includes(cause)) ?? '',
        startMs,
        pauseMs,
        ...(total === null ? {} : { usedBeforeBytes: size(total, 1), usedAfterBytes: size(total, 3), committedAfterBytes: size(total, 5) }),
      })
      if (NO_ROOM.some((words) => text.includes(words))) {
        addNotice(source, { code: 'no-room-to-evacuate', message: 'collections that found no room to move objects to (promotion failed, concurrent mode failure, to-space exhausted)', firstAt: `line ${line}` })
      }
    }

    for await (const { lines } of lineBatches(input, this.format, run)) {
      for (const text of lines) {
        line++
        if (pending !== '') {
          builder.recognized()
          if (/^(?:Desired survivor|- age)/.test(text)) continue
          pending += text
          if (isClosed(pending) || pending.length > MAX_EVENT_LENGTH) {
            event(pending)
            pending = ''
          }
          continue
        }
        const heap = text.includes('Heap: ') ? G1_HEAP.exec(text) : null
        if (heap !== null) {
          builder.recognized()
          if (last !== undefined) builder.change(last, { usedBeforeBytes: size(heap, 1), usedAfterBytes: size(heap, 3), committedAfterBytes: size(heap, 5) })
          continue
        }
        if (text.includes('[') && EVENT.test(text)) {
          builder.recognized()
          for (const part of text.includes('[CMS-concurrent-') ? text.split(INTERLEAVED) : [text]) {
            if (isClosed(part)) event(part)
            else {
              pending = part
              pendingLine = line
            }
          }
          continue
        }
        if (text.startsWith('CommandLine flags')) heapLimitBytes = Number(/-XX:MaxHeapSize=(\d+)/.exec(text)?.[1] ?? Number.NaN) || heapLimitBytes
        if (NEIGHBOUR.test(text)) builder.recognized()
        else builder.other(line)
      }
    }
    if (pending !== '') addNotice(source, { code: 'cut-line', message: 'an event at the end of the log was not finished and is left out', firstAt: `line ${pendingLine}` })
    if (builder.collectionCount === 0) {
      throw new ReadError({
        file: input.name,
        format: this.format,
        position: { kind: 'line', line: Math.max(1, line) },
        expected: 'a line with `[GC …` or `[Full GC …`',
        found: 'none that is whole',
        hint: 'Start the JVM with -XX:+PrintGCDetails -XX:+PrintGCTimeStamps -Xloggc:gc.log.',
      })
    }
    return builder.build({ collector, heapLimitBytes })
  },
}

/** Every bracket that was opened is closed again. */
function isClosed(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === OPENING) depth++
    else if (character === CLOSING) depth--
  }
  return depth <= 0
}

/** What stands in the outermost bracket itself, inner brackets left out, up to where it closes. */
function directly(text: string): string {
  let depth = 0
  let result = ''
  let begin = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character !== OPENING && character !== CLOSING) continue
    if (depth === 1) result += text.slice(begin, at)
    begin = at + 1
    depth += character === OPENING ? 1 : -1
    if (depth === 0 && character === CLOSING) return result
  }
  return depth === 1 ? result + text.slice(begin) : result
}

function size(found: RegExpExecArray, group: number): number {
  return Number(found[group]) * UNIT[found[group + 1]!]!
}
