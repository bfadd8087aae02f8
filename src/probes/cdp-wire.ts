import { type RawData, WebSocket } from 'ws'
import { ProbeError } from '../base/errors.ts'

export interface WireListener {
  message(text: string): void
  /** Nothing comes any more, nor arrives. */
  lost(reason: string): void
}

/** What carries the messages of one conversation with an inspector: a socket, or the conversation with the main thread. */
export interface CdpWire {
  /** Of the inspector at its end. */
  readonly url: string
  readonly isOpen: boolean
  /** Called once, before anything is sent. */
  listen(listener: WireListener): void
  send(text: string): void
  pause(): void
  resume(): void
  terminate(): void
  close(): Promise<void>
}

/** The payload limit of the socket is raised: a snapshot has large messages. @throws ProbeError when nobody answers at `url` within `timeoutMs` */
export async function openSocketWire(url: string, { target, timeoutMs }: { target: string; timeoutMs: number }): Promise<CdpWire> {
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
  return new SocketWire(url, socket)
}

class SocketWire implements CdpWire {
  readonly url: string
  readonly #socket: WebSocket
  readonly #closed: Promise<void>
  #error: string | undefined

  constructor(url: string, socket: WebSocket) {
    this.url = url
    this.#socket = socket
    // An 'error' is always followed by 'close'; without a listener it would be thrown.
    socket.on('error', (error) => (this.#error ??= error.message))
    this.#closed = new Promise((resolve) => void socket.on('close', () => resolve()))
  }

  get isOpen(): boolean {
    return this.#error === undefined && this.#socket.readyState === WebSocket.OPEN
  }

  listen({ message, lost }: WireListener): void {
    this.#socket.on('message', (data: RawData) => message((data as Buffer).toString('utf8')))
    this.#socket.on('close', () => lost(this.#error ?? 'the program closed the connection'))
  }

  send(text: string): void {
    this.#socket.send(text)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  terminate(): void {
    this.#socket.terminate()
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return
    this.#socket.close()
    // A frozen program never answers the closing handshake.
    const timer = setTimeout(() => this.#socket.terminate(), 1000)
    await this.#closed
    clearTimeout(timer)
  }
}
