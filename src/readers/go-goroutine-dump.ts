import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'go-goroutine-dump'

/**
 * Go's goroutines as text, in both forms, from 1.5 on:
 * - `/debug/pprof/goroutine?debug=1` (also goroutineleak, threadcreate): a count for each stack
 * - `?debug=2`, SIGQUIT and panic traces: every goroutine with its state and how long it has waited
 *   (runtime/traceback.go, `goroutineheader`), also inside a log
 *
 * A profile with one goroutine as the unit and no bytes. State and wait stand as innermost frames in brackets,
 * `[chan receive]` and `[5 minutes]`; who created it as the outermost: `created by main.serve`. Goroutines that the
 * runtime itself calls leaked (1.26 on) have the verdict `leaked`.
 * Left out: argument values, labels, and the stacks of ancestors (GODEBUG=tracebackancestors).
 */
export const goGoroutineDump: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'Go goroutine dump (debug=1, debug=2, SIGQUIT, panic)',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    if (COUNTED_HEADER.test(text)) return 'certain'
    return /^goroutine \d+\b[^\n]* \[[^\n]*\][^\n]*:\r?$/m.test(text) ? 'certain' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'go', idsAreStable: false, sizeBytes: input.sizeBytes, notices: [] }
    const dump = new Dump(source)
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (const [index, line] of lines.entries()) dump.line(line, firstLine + index)
    }
    return dump.finish()
  },
}

const COUNTED_HEADER = /^(goroutine|goroutineleak|threadcreate) profile: total (\d+)/
const COUNTED = /^(\d+) @(?: 0x[0-9a-f]+)*\s*$/
const COUNTED_FRAME = /^#\t0x[0-9a-f]+\t(\S.*?)(?:\+0x[0-9a-f]+)?\t+(.*?)(?::(\d+))?$/
const GOROUTINE = /^goroutine (\d+)\b.*? \[([^\]]*)\](?: \{.*\})?:\s*$/
const PLACE = /^\t(.+?):(\d+)(?: \+0x[0-9a-f]+)?(?: fp=.*)?\s*$/
/** Go itself elides above 100 frames; a forged file may not. */
const MAX_FRAMES = 2000

interface Open {
  count: number
  /** Innermost first. */
  frames: Frame[]
  state: readonly string[]
  isLeaked: boolean
}

class Dump {
  readonly #source: Source
  readonly #builder: AllocationProfileBuilder
  #open: Open | undefined
  #total: number | undefined
  #seen = 0
  #unit = 'goroutines'
  #allLeaked = false
  /** The call whose place comes on the next line. */
  #call: string | undefined

  constructor(source: Source) {
    this.#source = source
    this.#builder = new AllocationProfileBuilder(source)
    this.#builder.add(0, { liveCount: 0 })
  }

  line(line: string, number: number): void {
    const goroutine = line.startsWith('goroutine ') ? GOROUTINE.exec(line) : null
    if (goroutine !== null) {
      this.#close()
      this.#open = { count: 1, frames: [], ...stateOf(goroutine[2]!) }
      return
    }
    const header = COUNTED_HEADER.exec(line)
    if (header !== null) {
      this.#total = (this.#total ?? 0) + Number(header[2])
      if (header[1] === 'threadcreate') this.#unit = 'threads'
      this.#allLeaked = header[1] === 'goroutineleak'
      return
    }
    if (line === '') return this.#close()
    const counted = this.#total === undefined ? null : COUNTED.exec(line)
    if (counted !== null) {
      this.#close()
      this.#open = { count: Number(counted[1]), frames: [], state: [], isLeaked: this.#allLeaked }
      return
    }
    if (this.#open !== undefined) this.#frame(line, this.#open, number)
  }

  #frame(line: string, open: Open, number: number): void {
    if (line.startsWith('#')) {
      const frame = COUNTED_FRAME.exec(line)
      if (frame !== null) this.#push(open, { functionName: frame[1]!, file: frame[2] === '' ? undefined : frame[2], line: frame[3] === undefined ? undefined : Number(frame[3]) })
      return
    }
    const place = PLACE.exec(line)
    if (place !== null) {
      if (this.#call !== undefined) this.#push(open, { functionName: this.#call, file: place[1], line: Number(place[2]) })
      this.#call = undefined
      return
    }
    if (this.#call !== undefined) this.#push(open, { functionName: this.#call })
    this.#call = undefined
    if (line.startsWith('[originating from')) return this.#close()
    if (line.startsWith('...')) return // frames elided
    const created = /^created by (.+?)(?: in goroutine \d+)?\s*$/.exec(line)
    if (created !== null) this.#call = `created by ${created[1]}`
    else if (line.startsWith('\tgoroutine running on other thread')) return
    else {
      const arguments_ = line.lastIndexOf('(')
      if (arguments_ > 0 && /\)\s*$/.test(line)) this.#call = line.slice(0, arguments_)
      else addNotice(this.#source, { code: 'unknown-line', message: 'a line inside a stack is no frame', firstAt: `line ${number}` })
    }
  }

  #push(open: Open, frame: Frame): void {
    if (open.frames.length < MAX_FRAMES) open.frames.push(frame)
    else addNotice(this.#source, { code: 'deep-stack', message: `a stack of more than ${MAX_FRAMES} frames was cut` })
  }

  #close(): void {
    const open = this.#open
    if (open === undefined) return
    if (this.#call !== undefined) this.#push(open, { functionName: this.#call })
    this.#call = undefined
    this.#open = undefined
    const site = this.#builder.stack([...open.frames.toReversed(), ...open.state.map((text) => ({ functionName: `[${text}]` }))], open.isLeaked ? 'leaked' : undefined)
    this.#builder.add(site, { liveCount: open.count })
    this.#seen += open.count
  }

  finish(): ReturnType<AllocationProfileBuilder['build']> {
    this.#close()
    if (this.#total === undefined && this.#seen === 0) {
      throw new ReadError({ file: this.#source.name, format: FORMAT, position: { kind: 'line', line: 1 }, expected: 'goroutines', found: 'none' })
    }
    if (this.#total !== undefined && this.#seen !== this.#total) {
      addNotice(this.#source, { code: 'cut', message: `the first line counts ${this.#total} ${this.#unit}, the stacks that follow ${this.#seen}` })
    }
    return this.#builder.build({ unit: this.#unit })
  }
}

/** `chan receive (leaked), 5 minutes, locked to thread` → state and wait, each to be a frame of its own. */
function stateOf(status: string): { state: readonly string[]; isLeaked: boolean } {
  const [first = '', ...others] = status.split(', ')
  const isLeaked = first.includes('(leaked)')
  const state = first.replace(/ ?\((?:leaked|scan|durable)\)/g, '')
  const wait = others.find((part) => /^\d+ minutes$/.test(part))
  return { state: wait === undefined ? [state] : [state, wait], isLeaked }
}
