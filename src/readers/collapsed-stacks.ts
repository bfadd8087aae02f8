import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'collapsed-stacks'
const STACK = /^(\S.*?)\s+(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*$/

/**
 * Collapsed (folded) stacks, `outer;inner;innermost weight`, as stackcollapse-*.pl, heaptrack_print -F,
 * jeprof --collapsed, memray, py-spy and async-profiler write them (Brendan Gregg's flamegraph.pl).
 *
 * Equal stacks are added up. A weight has no unit in this format (bytes, blocks, samples): it is counted as a weight,
 * and a notice says so.
 * A place at the end of a frame, `f (app.c:12)`, `f app.py:12` or `f (app.c)`, becomes file and line. Comments
 * (`#`, `//`) and lines without a weight are counted and passed over.
 */
export const collapsedStacks: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'Collapsed (folded) stacks',
  makes: 'allocation-profile',
  recognize(head, fileName) {
    const text = headText(head)
    if (text.includes('\u0000')) return 'no'
    const all = text.split(/\r?\n/)
    if (all.length > 1) all.pop() // perhaps cut
    const lines = (all.length === 0 ? [text] : all).filter((line) => line.trim() !== '' && !isComment(line))
    const stacks = lines.filter((line) => STACK.test(line))
    const nested = stacks.filter((line) => line.includes(';'))
    if (/\.(?:folded|collapsed)(?:\.|$)/.test(fileName) && stacks.length > 0) return 'likely'
    return nested.length > 0 && stacks.length * 2 > lines.length && nested.length * 2 >= stacks.length ? 'likely' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, idsAreStable: false, notices: [] }
    const builder = new AllocationProfileBuilder(source)
    const frames = new Map<string, Frame>()
    let stacks = 0
    let lineNumber = 0
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (const [index, line] of lines.entries()) {
        lineNumber = firstLine + index
        if (line.trim() === '' || isComment(line)) continue
        const match = STACK.exec(line)
        const weight = match === null ? Number.NaN : Number(match[2])
        if (match === null || !Number.isFinite(weight)) {
          addNotice(source, { code: 'lines-without-weight', firstAt: `line ${lineNumber}`, message: 'lines that are not a stack and its weight were passed over' })
          continue
        }
        let site = 0
        for (const name of match[1]!.split(';')) {
          if (name === '') continue
          let frame = frames.get(name)
          if (frame === undefined) frames.set(name, (frame = frameOf(name)))
          site = builder.site(site, builder.frame(frame))
        }
        builder.add(site, { liveCount: weight })
        stacks++
      }
    }
    if (stacks === 0) {
      throw new ReadError({
        file: input.name,
        format: FORMAT,
        position: { kind: 'line', line: Math.max(1, lineNumber) },
        expected: "a line 'outer;inner weight'",
        found: 'none in the whole file',
      })
    }
    addNotice(source, { code: 'weights-have-no-unit', message: 'collapsed stacks do not say what their weights count: bytes, blocks or samples' })
    return builder.build({ unit: 'weights' })
  },
}

function isComment(line: string): boolean {
  return line.startsWith('#') || line.startsWith('//')
}

/** A frame with the place some tools append to its name. */
function frameOf(text: string): Frame {
  const trimmed = text.trim()
  const inBrackets = /^(.+?) \(([^()]+?)(?::(\d+))?\)$/.exec(trimmed)
  const bare = inBrackets === null ? /^(.+?) ([^\s:]+):(\d+)$/.exec(trimmed) : null
  const match = inBrackets ?? bare
  if (match === null || (match[3] === undefined && !/[./\\]/.test(match[2]!))) return { functionName: trimmed === '' ? '?' : trimmed }
  const line = Number(match[3] ?? 0)
  return { functionName: match[1]!, file: match[2]!, ...(line > 0 && line < 0xffffffff ? { line } : {}) }
}
