import { ProbeError } from '../base/errors.ts'
import { CdpSession } from './cdp-session.ts'
import type { CdpWire, WireListener } from './cdp-wire.ts'
import { NodeInspector } from './node-inspector.ts'

/** One worker thread of a Node program: a heap of its own, looked at as the main thread is. */
export interface WorkerThread {
  /** `threadId` in the program: numbers only rise, and none is given twice. */
  id: number
  /** As the program named it; empty when it did not. */
  name: string
  /** `worker 2 (parser)`. */
  label: string
  inspector: NodeInspector
}

/**
 * The worker threads of a program, also those that workers started. Messages to them travel inside messages to the
 * main thread (the `NodeWorker` domain of Node's inspector), so they are answered while its event loop turns.
 */
export class WorkerThreads {
  readonly #main: CdpSession
  readonly #target: string
  readonly #wires = new Map<string, WorkerWire>()
  readonly #threads = new Map<string, WorkerThread>()
  #stop: (() => void)[] = []

  private constructor({ session, target }: NodeInspector) {
    this.#main = session
    this.#target = target
  }

  /** Those that run are known when this settles, those that come later when they come; none where the runtime does not tell. @throws ProbeError */
  static async attach(main: NodeInspector): Promise<WorkerThreads> {
    const threads = new WorkerThreads(main)
    await threads.#enable()
    return threads
  }

  /** Those that live, by their numbers. */
  get all(): WorkerThread[] {
    return [...this.#threads.values()].toSorted((a, b) => a.id - b.id)
  }

  /** Lets go of all of them; what is still asked of one fails. */
  async detach(): Promise<void> {
    for (const wire of this.#wires.values()) wire.lose('we closed the connection')
    for (const stop of this.#stop) stop()
    this.#threads.clear()
    // A program that is going away lets go of them by itself.
    await this.#main.send('NodeWorker.disable').catch(() => undefined)
  }

  async #enable(): Promise<void> {
    const main = this.#main
    this.#stop = [
      main.on('NodeWorker.attachedToWorker', ({ sessionId, workerInfo }) => this.#add(sessionId, workerInfo)),
      main.on('NodeWorker.receivedMessageFromWorker', ({ sessionId, message }) => this.#wires.get(sessionId)?.receive(message)),
      main.on('NodeWorker.detachedFromWorker', ({ sessionId }) => this.#lose(sessionId, 'the worker thread ended (in a pool that replaces its threads, one must stay to be looked at)')),
    ]
    void main.closed.then(() => {
      for (const sessionId of this.#wires.keys()) this.#lose(sessionId, 'the connection to the program was lost')
    })
    try {
      await main.send('NodeWorker.enable', { waitForDebuggerOnStart: false })
    } catch (error) {
      if (!(error instanceof ProbeError) || !main.isOpen) throw error
    }
  }

  #add(sessionId: string, { workerId, title }: { workerId: string; title: string }): void {
    const wire = new WorkerWire(this.#main, sessionId)
    const [, number = workerId, given = title] = /^\[worker (\d+)\]\s*(.*)$/s.exec(title) ?? []
    // What newer versions call a worker that got no name.
    const name = given === 'WorkerThread' ? '' : given
    const label = name === '' ? `worker ${number}` : `worker ${number} (${name})`
    this.#wires.set(sessionId, wire)
    const target = `${this.#target}, ${label}`
    this.#threads.set(sessionId, { id: Number(number), name, label, inspector: new NodeInspector(new CdpSession(wire, target), target) })
  }

  #lose(sessionId: string, reason: string): void {
    this.#wires.get(sessionId)?.lose(reason)
    this.#wires.delete(sessionId)
    this.#threads.delete(sessionId)
  }
}

class WorkerWire implements CdpWire {
  readonly #main: CdpSession
  readonly #sessionId: string
  #listener: WireListener | undefined
  #isLost = false

  constructor(main: CdpSession, sessionId: string) {
    this.#main = main
    this.#sessionId = sessionId
  }

  get url(): string {
    return this.#main.url
  }

  get isOpen(): boolean {
    return !this.#isLost && this.#main.isOpen
  }

  listen(listener: WireListener): void {
    this.#listener = listener
  }

  receive(text: string): void {
    if (!this.#isLost) this.#listener?.message(text)
  }

  lose(reason: string): void {
    if (this.#isLost) return
    this.#isLost = true
    this.#listener?.lost(reason)
  }

  send(message: string): void {
    this.#main.send('NodeWorker.sendMessageToWorker', { sessionId: this.#sessionId, message }).catch((error: unknown) => this.lose(error instanceof Error ? error.message : String(error)))
  }

  pause(): void {
    this.#main.pause()
  }

  resume(): void {
    this.#main.resume()
  }

  terminate(): void {
    this.lose('we closed the connection')
  }

  async close(): Promise<void> {
    if (this.isOpen) await this.#main.send('NodeWorker.detach', { sessionId: this.#sessionId }).catch(() => undefined)
    this.lose('we closed the connection')
  }
}
