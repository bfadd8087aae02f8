import type { ClassTable } from './class-table.ts'
import type { Root } from './heap-records.ts'
import type { Names } from './names.ts'

interface StackFrame {
  methodId: number
  sourceId: number
  classSerial: number
  /** Above 0: a line; else none, unknown, compiled, native. */
  line: number
}

/** More frames than any dump has; a forged one may claim so many. */
const MAX_FRAMES_NAMED = 200_000

/** The stacks of the threads, to say which local variable of which method a root is. */
export class Stacks {
  readonly #frames = new Map<number, StackFrame>()
  readonly #traces = new Map<number, readonly number[]>()
  readonly #classOfSerial = new Map<number, number>()
  readonly #threads = new Map<number, { name: string; trace: number | undefined }>()
  readonly #said = new Map<string, string>()

  frame(id: number, frame: StackFrame): void {
    this.#frames.set(id, frame)
  }

  trace(serial: number, frames: readonly number[]): void {
    this.#traces.set(serial, frames)
  }

  classSerial(serial: number, classNumber: number): void {
    this.#classOfSerial.set(serial, classNumber)
  }

  /** Thread objects are roots themselves; they give the others their thread's name and trace. */
  addThreads(roots: readonly Root[], nameOf: (address: number) => string | undefined): void {
    for (const { why, thread, frame, address } of roots) {
      if (why === 'thread' && thread !== undefined) this.#threads.set(thread, { name: nameOf(address) ?? String(thread), trace: frame })
    }
  }

  /** `local variable of thread main, CacheLeak.main (CacheLeak.java:29)` */
  describe({ why, thread, frame }: Root, classes: ClassTable, names: Names): string {
    if (thread === undefined) return why
    const key = `${why} ${thread} ${frame}`
    const said = this.#said.get(key)
    if (said !== undefined) return said
    const known = this.#threads.get(thread)
    const owner = `thread ${known?.name ?? thread}`
    const place = why === 'thread' || frame === undefined ? undefined : this.#place(this.#traces.get(known?.trace ?? -1)?.[frame], classes, names)
    const text = why === 'thread' ? owner : `${why} of ${owner}${place === undefined ? '' : `, ${place}`}`
    if (this.#said.size < MAX_FRAMES_NAMED) this.#said.set(key, text)
    return text
  }

  #place(frameId: number | undefined, classes: ClassTable, names: Names): string | undefined {
    const frame = frameId === undefined ? undefined : this.#frames.get(frameId)
    const method = frame === undefined ? undefined : names.textOf(frame.methodId)
    if (frame === undefined || method === undefined) return undefined
    const classNumber = this.#classOfSerial.get(frame.classSerial)
    const file = names.textOf(frame.sourceId)
    const where = file === undefined ? '' : ` (${file}${frame.line > 0 ? `:${frame.line}` : ''})`
    return `${classNumber === undefined ? '' : `${classes.nameOf(classNumber)}.`}${method}${where}`
  }
}
