import type { ProtocolMapping } from 'devtools-protocol/types/protocol-mapping.js'
import { ProbeError } from '../base/errors.ts'
import { type CdpWire, openSocketWire } from './cdp-wire.ts'

/** Node's own domains, which the browser's protocol does not list. */
interface NodeCommands {
  'NodeRuntime.notifyWhenWaitingForDisconnect': { paramsType: [{ enabled: boolean }]; returnType: void }
  'NodeWorker.enable': { paramsType: [{ waitForDebuggerOnStart: boolean }]; returnType: void }
  'NodeWorker.disable': { paramsType: []; returnType: void }
  'NodeWorker.detach': { paramsType: [{ sessionId: string }]; returnType: void }
  'NodeWorker.sendMessageToWorker': { paramsType: [{ sessionId: string; message: string }]; returnType: void }
}
interface NodeEvents {
  'NodeRuntime.waitingForDisconnect': []
  'NodeWorker.attachedToWorker': [{ sessionId: string; workerInfo: { workerId: string; title: string } }]
  'NodeWorker.detachedFromWorker': [{ sessionId: string }]
  'NodeWorker.receivedMessageFromWorker': [{ sessionId: string; message: string }]
}

type Commands = ProtocolMapping.Commands & NodeCommands
type Events = ProtocolMapping.Events & NodeEvents
type Params<C extends keyof Commands> = Commands[C]['paramsType']
type Result<C extends keyof Commands> = Commands[C]['returnType']
type Listener<E extends keyof Events> = (...payload: Events[E]) => void

interface Pending {
  method: string
  resolve(result: unknown): void
  reject(error: Error): void
}

interface Message {
  id?: number
  method?: string
  params?: unknown
  result?: unknown
  error?: { code: number; message: string }
}

/**
 * One conversation with an inspector: commands are answered, events are heard, and when the connection goes away
 * every command still open fails. A snapshot arrives in many large messages: a chunk is handed on and never joined.
 */
export class CdpSession {
  readonly target: string
  readonly #wire: CdpWire
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Map<string, Set<(payload: unknown) => void>>()
  #lastId = 0
  #closedBecause: string | undefined
  readonly closed: Promise<void>

  constructor(wire: CdpWire, target: string) {
    this.target = target
    this.#wire = wire
    this.closed = new Promise((resolve) => {
      wire.listen({
        message: (text) => this.#receive(text),
        lost: (reason) => {
          this.#closedBecause ??= reason
          for (const pending of this.#pending.values()) pending.reject(this.#gone(pending.method))
          this.#pending.clear()
          resolve()
        },
      })
    })
  }

  /** @throws ProbeError when nobody answers at `url` within `timeoutMs` */
  static async open(url: string, { target, timeoutMs = 10_000 }: { target: string; timeoutMs?: number }): Promise<CdpSession> {
    return new CdpSession(await openSocketWire(url, { target, timeoutMs }), target)
  }

  get url(): string {
    return this.#wire.url
  }

  get isOpen(): boolean {
    return this.#closedBecause === undefined && this.#wire.isOpen
  }

  /** @throws ProbeError when the inspector refuses, or the connection is or goes away */
  send<C extends keyof Commands>(method: C, ...params: Params<C>): Promise<Result<C>> {
    if (!this.isOpen) return Promise.reject(this.#gone(method))
    const id = ++this.#lastId
    return new Promise<Result<C>>((resolve, reject) => {
      this.#pending.set(id, { method, resolve: resolve as (result: unknown) => void, reject })
      this.#wire.send(JSON.stringify({ id, method, params: params[0] ?? {} }))
    })
  }

  /** Calls `listener` at every such event; the answer takes it back. */
  on<E extends keyof Events>(event: E, listener: Listener<E>): () => void {
    const all = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, all)
    const heard = listener as (payload: unknown) => void
    all.add(heard)
    return () => all.delete(heard)
  }

  /** Stops and resumes reading: whoever writes what arrives to a slow disk must not collect it in memory. */
  pause(): void {
    this.#wire.pause()
  }

  resume(): void {
    this.#wire.resume()
  }

  /** Gives the connection up at once: whatever is still unanswered fails with this reason. */
  abandon(reason: string): void {
    this.#closedBecause ??= reason
    this.#wire.terminate()
  }

  async close(): Promise<void> {
    this.#closedBecause ??= 'we closed the connection'
    await this.#wire.close()
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as Message
    if (message.id === undefined) {
      for (const listener of this.#listeners.get(message.method ?? '') ?? []) listener(message.params)
      return
    }
    const pending = this.#pending.get(message.id)
    if (pending === undefined) return
    this.#pending.delete(message.id)
    if (message.error === undefined) pending.resolve(message.result)
    else pending.reject(new ProbeError({ target: this.target, step: pending.method, problem: message.error.message }))
  }

  #gone(method: string): ProbeError {
    return new ProbeError({ target: this.target, step: method, problem: `the inspector is gone: ${this.#closedBecause ?? 'not connected'}` })
  }
}
