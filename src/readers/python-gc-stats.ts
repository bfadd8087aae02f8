/**
 * CPython's `gc.set_debug(gc.DEBUG_STATS)` on stderr (3.6–3.14):
 *
 *   gc: collecting generation 2...
 *   gc: objects in each generation: 318 0 10919
 *   gc: done, 1 unreachable, 0 uncollectable, 0.0015s elapsed
 *
 * The cycle collector counts objects, not bytes: sizes are absent, `objectCount` is what was tracked when it began.
 * Most of Python's memory is freed by reference counting and never shows here.
 */
import { ReadError } from '../base/errors.ts'
import type { Generation } from '../model/gc-log.ts'
import { GcLogBuilder } from '../model/gc-log-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const BEGIN = /^gc: collecting generation (\d+)\.\.\./
const OBJECTS = /^gc: objects in each generation:((?: \d+)+)/
const DONE = /^gc: done(?:, (\d+) unreachable, (\d+) uncollectable)?(?:, ([\d.]+)s elapsed)?/
const GENERATION: readonly Generation[] = ['minor', 'mixed', 'major']

export const pythonGcStats: Reader<'gc-log'> = {
  format: 'python-gc-stats',
  title: 'CPython, gc.DEBUG_STATS',
  makes: 'gc-log',

  recognize(head) {
    return /^.*gc: collecting generation \d+\.\.\./m.test(headText(head)) ? 'certain' : 'no'
  },

  async read(input, run) {
    const source: Source = { name: input.name, format: this.format, runtime: 'cpython', idsAreStable: false, notices: [] }
    const builder = new GcLogBuilder(source)
    let line = 0
    let open: number | undefined
    for await (const { lines } of lineBatches(input, this.format, run)) {
      for (const whole of lines) {
        line++
        // The program writes to stderr, too: the collector's words may stand behind some of its own.
        const at = whole.lastIndexOf('gc: ')
        if (at < 0) {
          if (whole !== '') builder.other(line)
          continue
        }
        const text = whole.slice(at)
        const begin = BEGIN.exec(text)
        const objects = begin === null ? OBJECTS.exec(text) : null
        const done = begin === null && objects === null ? DONE.exec(text) : null
        if (begin !== null) {
          open = builder.add({ generation: GENERATION[Number(begin[1])] ?? 'major' })
        } else if (objects !== null && open !== undefined) {
          builder.change(open, { objectCount: objects[1]!.trim().split(' ').reduce((sum, count) => sum + Number(count), 0) })
        } else if (done !== null && open !== undefined) {
          if (done[3] !== undefined) builder.change(open, { pauseMs: Number(done[3]) * 1000 })
          if (Number(done[2] ?? 0) > 0) {
            addNotice(source, { code: 'uncollectable', count: Number(done[2]), firstAt: `line ${line}`, message: 'objects the collector found in cycles and could not free: look at gc.garbage' })
          }
          open = undefined
        }
        builder.recognized()
      }
    }
    if (builder.collectionCount === 0) {
      throw new ReadError({ file: input.name, format: this.format, position: { kind: 'line', line: Math.max(1, line) }, expected: 'gc: collecting generation …', found: 'none' })
    }
    return builder.build({ collector: 'cpython' })
  },
}
