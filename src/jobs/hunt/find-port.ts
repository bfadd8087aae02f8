import { connect } from 'node:net'
import { ProbeError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import { inspectorAt } from '../../probes/attached-program.ts'
import { atMost } from '../../probes/at-most.ts'
import { type ListeningPort, listeningPorts } from '../../probes/linux-process.ts'
import { endedError, type HuntedProgram, pause } from './target.ts'

export interface FoundPort {
  host: string
  port: number
  /** Other ports it listens on; the one chosen may be the wrong one. */
  others: number[]
}

/** `listening`: a port was found. `works-by-itself`: none, but the program counts its own work on its output. */
export type PortSearch = { kind: 'listening'; found: FoundPort } | { kind: 'works-by-itself' }

const ADDRESS = /(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):(\d{2,5})\b/
const PORT_WORD = /\b(?:listening|port|ready|started|running|serving|up)\b\D{0,20}?\b(\d{2,5})\b/i

/**
 * Waits until the program listens and says where. The sockets of its processes tell (Linux); among several ports the
 * one the program prints is taken, else the one it opened last. Elsewhere the printed one must do.
 * @throws ProbeError when it ends or does not listen in time; Cancelled
 */
export async function findPort(
  target: HuntedProgram,
  { timeoutMs, worksByItself }: { timeoutMs: number; worksByItself: () => boolean },
  run: Run,
): Promise<PortSearch> {
  const deadline = Date.now() + timeoutMs
  let seen = ''
  let steadySince = Date.now()
  const inspectors = new Set((target.launched?.inspectorUrls ?? (target.inspector === undefined ? [] : [target.inspector.session.url])).map((url) => Number(new URL(url).port)))
  for (;;) {
    run.checkpoint()
    run.progress({ step: 'waiting until the program listens', done: 0 })
    if (target.ended() !== undefined) {
      if (target.launched !== undefined) {
        // A program at its end waits for its debugger to go; only then does it say with what it ended.
        await target.inspector?.session.close()
        await atMost(target.launched.exited, 2000)
        throw endedError(target.launched, 'waiting until it listens')
      }
      throw new ProbeError({ target: target.name, step: 'waiting until it listens', problem: target.ended()! })
    }
    for (const url of target.launched?.inspectorUrls ?? []) inspectors.add(Number(new URL(url).port))
    const ports = await candidates(target, inspectors)
    const printed = printedPorts(target.tail)
    const named = ports.find(({ port }) => printed.includes(port))
    if (named !== undefined) return { kind: 'listening', found: withOthers(named, ports) }
    const key = ports.map(({ port }) => port).join()
    if (key !== seen) {
      seen = key
      steadySince = Date.now()
    }
    // A program may open several one after the other; what it opens last is most often what it is for.
    if (ports.length > 0 && Date.now() - steadySince > 300) return { kind: 'listening', found: withOthers(ports.at(-1)!, ports) }
    if (ports.length === 0 && worksByItself()) return { kind: 'works-by-itself' }
    if (Date.now() > deadline) {
      throw new ProbeError({
        target: target.name,
        step: 'waiting until it listens',
        problem: `it listens on no TCP port after ${timeoutMs / 1000} s`,
        hint: 'If it works by itself, leave --request out: rounds are time then. If it only starts slowly: --start-timeout 120s',
      })
    }
    await pause(50)
  }
}

async function candidates(target: HuntedProgram, inspectors: ReadonlySet<number>): Promise<ListeningPort[]> {
  const pids = target.pids()
  const ports = new Map<number, ListeningPort>()
  for (const each of listeningPorts(pids)) {
    // The measured process's own ports come before those of its relatives.
    if (!inspectors.has(each.port) && (!ports.has(each.port) || each.pid === target.runtime.pid)) ports.set(each.port, each)
  }
  if (ports.size > 0) return [...ports.values()]
  if (process.platform === 'linux' && pids.length > 0) return []
  const found: ListeningPort[] = []
  for (const port of printedPorts(target.tail)) {
    if (inspectors.has(port) || !(await answers(port)) || (await inspectorAt(`127.0.0.1:${port}`)) !== undefined) continue
    found.push({ port, pid: target.runtime.pid, host: '127.0.0.1' })
  }
  return found
}

function printedPorts(lines: readonly string[]): number[] {
  return lines.flatMap((line) => {
    const port = ADDRESS.exec(line)?.[1] ?? PORT_WORD.exec(line)?.[1]
    return port === undefined ? [] : [Number(port)]
  })
}

function withOthers({ host, port }: ListeningPort, all: readonly ListeningPort[]): FoundPort {
  return { host, port, others: all.map((each) => each.port).filter((each) => each !== port) }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 500 })
    const end = (isThere: boolean): void => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false)).once('timeout', () => end(false))
  })
}
