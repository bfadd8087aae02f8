import { once } from 'node:events'
import { constants, createWriteStream, readdirSync, statSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { createConnection, type Socket } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import { ProbeError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { Capture, CaptureForecast } from './heap-capture.ts'
import { catchesSignal, foreignFile, procLink, procText } from './proc-files.ts'

/** stillhere.py in a running Python, as it shows from outside. */
export interface HelperMark {
  /** The signal on which it writes the graph. */
  signal: number
  /** Where it writes to, in the process' own file system. */
  directory: string
}

// Measured on CPython 3.8 to 3.13: 7 to 11 µs an object, 90 bytes beside and 13 in the file. A heap of sessions had 110 bytes
// an object; fewer than 60 on average would be a heap of little but numbers.
const SMALL_OBJECT_BYTES = 60
const US_PER_OBJECT = 11
const EXTRA_PER_OBJECT = 95
const FILE_PER_OBJECT = 14
// The interpreter, its modules and libraries: not objects.
const FREE_OF_CHARGE_BYTES = 12e6
// A number and a path.
const MOST_MARK_BYTES = 8192

/** The mark the helper leaves among the descriptors of a process that calls `dump_on_signal()`; undefined when there is none. */
export function helperMark(pid: number): HelperMark | undefined {
  let entries: string[]
  try {
    entries = readdirSync(`/proc/${pid}/fd`)
  } catch {
    return undefined
  }
  for (const entry of entries) {
    if (!procLink(`/proc/${pid}/fd/${entry}`).startsWith('/memfd:stillhere')) continue
    try {
      const { signal, directory } = JSON.parse(new TextDecoder().decode(foreignFile(`/proc/${pid}/fd/${entry}`, MOST_MARK_BYTES))) as Partial<HelperMark>
      if (typeof signal === 'number' && typeof directory === 'string' && catchesSignal(pid, signal)) return { signal, directory }
    } catch {
      continue // another program's file of that name
    }
  }
  return undefined
}

/** The most a graph may cost a Python of so much memory: nobody tells how many objects it has, so all are taken to be small. */
export function forecastGraph(residentBytes: number): CaptureForecast {
  return forecastGraphOf(Math.max(0, residentBytes - FREE_OF_CHARGE_BYTES) / SMALL_OBJECT_BYTES)
}

/** What a graph of so many objects costs. */
export function forecastGraphOf(objects: number): CaptureForecast {
  return { pauseMs: 200 + (objects * US_PER_OBJECT) / 1000, extraBytes: 20e6 + objects * EXTRA_PER_OBJECT, fileBytes: 1e6 + objects * FILE_PER_OBJECT }
}

/**
 * Sends the helper its signal and fetches the graph it writes. It appears under its name only when it is whole.
 * @throws ProbeError when none appears in time; Cancelled
 */
export async function captureBySignal(pid: number, { signal, directory }: HelperMark, path: string, { waitMs }: { waitMs: number }, run: Run): Promise<Capture> {
  const target = `pid ${pid}`
  const insidePid = Number(/^NSpid:.*?(\d+)\s*$/m.exec(procText(`/proc/${pid}/status`))?.[1] ?? pid)
  const folder = `/proc/${pid}/root${directory}`
  const own = new RegExp(`^stillhere-${insidePid}-\\d+\\.pyheap\\.gz$`)
  const files = (): string[] => {
    try {
      return readdirSync(folder).filter((name) => own.test(name))
    } catch (cause) {
      throw new ProbeError({ target, step: 'taking an object graph', problem: `its folder ${directory} cannot be read: ${(cause as Error).message}`, hint: 'Run as the same user, or set STILLHERE_DIR to a folder both may use.', cause })
    }
  }
  const before = new Set(files())
  const takenAtMs = Date.now()
  process.kill(pid, signal)
  for (const until = Date.now() + waitMs; ; ) {
    run.checkpoint()
    run.progress({ step: 'taking an object graph', done: 0 })
    const fresh = files().find((name) => !before.has(name))
    if (fresh !== undefined) {
      const pauseMs = Date.now() - takenAtMs
      const partial = `${path}.partial`
      try {
        // The process' own file, not one that a link there leads to: it may be another user's, and we may read more than it.
        const file = await open(join(folder, fresh), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
        await pipeline(file.createReadStream(), createWriteStream(partial))
        await rename(partial, path)
      } finally {
        await rm(partial, { force: true })
      }
      await rm(join(folder, fresh), { force: true })
      return { path, nodeCount: undefined, sizeBytes: statSync(path).size, pauseMs, takenAtMs }
    }
    if (procText(`/proc/${pid}/status`) === '') throw new ProbeError({ target, step: 'taking an object graph', problem: 'it ended before it was written', hint: 'Was it killed for its memory? See dmesg, or the events of its container.' })
    if (Date.now() > until) {
      throw new ProbeError({
        target,
        step: 'taking an object graph',
        problem: `it got the signal, but nothing came into ${directory} within ${Math.round(waitMs / 1000)} s`,
        hint: 'Python runs signal handlers between two instructions of the main thread: is that one inside a long call of C code? What went wrong is in its log "stillhere".',
      })
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** What is left in a Python after full collections. */
export interface PythonMemory {
  objects: number
  bytes: number
}

/** The helper in a Python that we started, asked over its socket. */
export class PythonHelper {
  readonly pid: number
  readonly version: string
  readonly #socket: Socket
  readonly #lines: Interface
  readonly #target: string

  private constructor(socket: Socket, lines: Interface, target: string, { pid, version }: { pid: number; version: string }) {
    this.#socket = socket
    this.#lines = lines
    this.#target = target
    this.pid = pid
    this.version = version
  }

  /** @throws ProbeError */
  static async open(path: string, target: string, run: Run): Promise<PythonHelper> {
    const socket = createConnection(path)
    try {
      await once(socket, 'connect')
    } catch (cause) {
      throw new ProbeError({ target, step: 'reaching the helper in it', problem: (cause as Error).message, hint: 'Did it end?', cause })
    }
    const lines = createInterface({ input: socket })
    // Errors of the connection show as its end.
    socket.on('error', () => undefined)
    lines.on('error', () => undefined)
    const helper = new PythonHelper(socket, lines, target, { pid: Number(basename(path, '.sock')), version: '' })
    const { pid, python } = await helper.#ask<{ pid: number; python: string }>({ do: 'facts' }, run)
    return new PythonHelper(socket, lines, target, { pid, version: python })
  }

  readMemory(run: Run): Promise<PythonMemory> {
    return this.#ask({ do: 'memory' }, run)
  }

  async capture(path: string, run: Run): Promise<Capture> {
    const takenAtMs = Date.now()
    run.progress({ step: 'taking an object graph', done: 0 })
    const { objects } = await this.#ask<{ objects: number }>({ do: 'dump', path }, run)
    return { path, nodeCount: objects, sizeBytes: statSync(path).size, pauseMs: Date.now() - takenAtMs, takenAtMs }
  }

  /** From now on Python remembers where memory is allocated, with so many frames; false when the program does so itself. */
  async startTracing(frames: number, run: Run): Promise<boolean> {
    return (await this.#ask<{ tracing: string }>({ do: 'trace', frames }, run)).tracing === 'started'
  }

  /** Writes what is still live of what was allocated since, as tracemalloc does, and stops tracing. */
  async stopTracing(path: string, run: Run): Promise<void> {
    await this.#ask({ do: 'traced', path }, run)
  }

  close(): void {
    this.#lines.close()
    this.#socket.destroy()
  }

  async #ask<Answer>(request: Record<string, unknown>, run: Run): Promise<Answer> {
    run.checkpoint()
    const done = new AbortController()
    try {
      this.#socket.write(`${JSON.stringify(request)}\n`)
      const line = await Promise.race([
        once(this.#lines, 'line', { signal: done.signal }).then(([text]) => text as string),
        once(this.#socket, 'close', { signal: done.signal }).then(() => undefined),
        untilAborted(run, done.signal),
      ])
      run.checkpoint()
      if (line === undefined) throw this.#error(request, 'the program went away')
      const answer = JSON.parse(line) as Answer & { error?: string }
      if (answer.error !== undefined) throw this.#error(request, answer.error)
      return answer
    } finally {
      done.abort()
    }
  }

  #error(request: Record<string, unknown>, problem: string): ProbeError {
    return new ProbeError({ target: this.#target, step: `asking its helper (${String(request['do'])})`, problem, hint: 'Did the program end, or was it killed for its memory?' })
  }
}

async function untilAborted(run: Run, until: AbortSignal): Promise<undefined> {
  while (!until.aborted && run.signal?.aborted !== true) await new Promise((resolve) => setTimeout(resolve, 100))
  return undefined
}

/** Sockets of Pythons that answer in `folder`, by pid. */
export function helperSockets(folder: string): Map<number, string> {
  return new Map(readdirSync(folder).flatMap((name) => (/^\d+\.sock$/.test(name) ? [[Number(name.slice(0, -5)), join(folder, name)] as const] : [])))
}

/** The environment that makes a Python bring our helper along. `home`: the folder of stillhere.py. */
export function helperEnvironment(env: NodeJS.ProcessEnv, { home, folder }: { home: string; folder: string }): NodeJS.ProcessEnv {
  const path = env['PYTHONPATH']
  return { ...env, PYTHONPATH: [join(home, 'brought-along'), ...(path === undefined || path === '' ? [] : [path])].join(':'), STILLHERE_ANSWER_IN: folder, PYTHONUNBUFFERED: env['PYTHONUNBUFFERED'] ?? '1' }
}

/** The folder of the helper in this package. */
export function helperHome(): string {
  return join(dirname(import.meta.dirname), 'python')
}
