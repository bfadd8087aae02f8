import type { ProtocolMapping } from 'devtools-protocol/types/protocol-mapping.js'
import { type RawData, WebSocket } from 'ws'
import { ProbeError } from '../base/errors.ts'

/** Node's own domains, which the browser's protocol does not list. */
interface NodeCommands {
  'NodeRuntime.notifyWhenWaitingForDisconnect': { paramsType: [{ enabled: boolean }]; returnType: void }
  'NodeWorker.enable': { paramsType: [{ waitForDebuggerOnStart: boolean }]; returnType: void }
  'NodeWorker.disable': { paramsType: []; returnType: void }
}
interface NodeEvents {
  'NodeRuntime.waitingForDisconnect': []
  'NodeWorker.attachedToWorker': [unknown]
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
 * every command still open fails. Messages may be large (a snapshot arrives in many of them), so the payload limit
 * of the socket is raised; a chunk is handed on and never joined.
 */
export class CdpSession {
  readonly url: string
  readonly target: string
  readonly #socket: WebSocket
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Map<string, Set<(payload: unknown) => void>>()
  #lastId = 0
  #closedBecause: string | undefined
  readonly closed: Promise<void>

  private constructor(url: string, target: string, socket: WebSocket) {
    this.url = url
    this.target = target
    this.#socket = socket
    socket.on('message', (data) => this.#receive(data))
    // An 'error' is always followed by 'close'; without a listener it would be thrown.
    socket.on('error', (error) => (this.#closedBecause ??= error.message))
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#closedBecause ??= 'the program closed the connection'
        for (const pending of this.#pending.values()) pending.reject(this.#gone(pending.method))
        this.#pending.clear()
        resolve()
      })
    })
  }

  /** @throws ProbeError when nobody answers at `url` within `timeoutMs` */
  static async open(url: string, { target, timeoutMs = 10_000 }: { target: string; timeoutMs?: number }): Promise<CdpSession> {
    const socket = new WebSocket(url, { maxPayload: 2 ** 30, perMessageDeflate: false, handshakeTimeout: timeoutMs })
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', (cause) => {
        reject(
          new ProbeError({
            target,
            step: 'connecting to its inspector',
            problem: `${url} does not answer (${cause.message})`,
            hint: 'Is the address right, and is nobody between you and the program (a container needs its port mapped)?',
            cause,
          }),
        )
      })
    })
    return new CdpSession(url, target, socket)
  }

  get isOpen(): boolean {
    return this.#closedBecause === undefined && this.#socket.readyState === WebSocket.OPEN
  }

  /** @throws ProbeError when the inspector refuses, or the connection is or goes away */
  send<C extends keyof Commands>(method: C, ...params: Params<C>): Promise<Result<C>> {
    if (!this.isOpen) return Promise.reject(this.#gone(method))
    const id = ++this.#lastId
    return new Promise<Result<C>>((resolve, reject) => {
      this.#pending.set(id, { method, resolve: resolve as (result: unknown) => void, reject })
      this.#socket.send(JSON.stringify({ id, method, params: params[0] ?? {} }))
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
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Gives the connection up at once: whatever is still unanswered fails with this reason. */
  abandon(reason: string): void {
    this.#closedBecause ??= reason
    this.#socket.terminate()
  }

  async close(): Promise<void> {
    this.#closedBecause ??= 'we closed the connection'
    if (this.#socket.readyState === WebSocket.CLOSED) return
    this.#socket.close()
    // A frozen program never answers the closing handshake.
    const timer = setTimeout(() => this.#socket.terminate(), 1000)
    await this.closed
    clearTimeout(timer)
  }

  #receive(data: RawData): void {
    const message = JSON.parse((data as Buffer).toString('utf8')) as Message
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
