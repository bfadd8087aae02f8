import { basename } from 'node:path'
import { ProbeError } from '../base/errors.ts'
import { listeningPorts, processFacts } from './linux-process.ts'

/** How to reach a program that runs already. */
export interface Attachment {
  inspectorUrl: string
  /** We opened its inspector, so we close it again. */
  openedByUs: boolean
}

/**
 * The inspector of the running Node process `pid`; opened by SIGUSR1 when it is not open yet. The signal is only sent
 * to a process that is a Node and has a handler for it: any other would die of it.
 * @throws ProbeError when there is no such process, it is not a Node, or its inspector does not open
 */
export async function attachToProcess(pid: number, { waitMs = 5000 }: { waitMs?: number } = {}): Promise<Attachment> {
  const target = `pid ${pid}`
  const refuse = (problem: string, hint: string): never => {
    throw new ProbeError({ target, step: 'opening its inspector', problem, hint })
  }
  if (process.platform !== 'linux') {
    return refuse('finding the inspector of a process by its pid works on Linux only', 'Start the program with --inspect and give its address: --inspect ws://127.0.0.1:9229/…')
  }
  const facts = processFacts(pid)
  if (facts === undefined || facts.isZombie) return refuse('no such process', 'Is the pid right? List yours with: pgrep -a node')
  const open = await findInspector(pid)
  if (open !== undefined) return { inspectorUrl: open, openedByUs: false }
  if (facts.executable === '') {
    return refuse('this user may not look at it', 'Run as the same user as the program, or as root.')
  }
  if (!basename(facts.executable).startsWith('node') && !basename(facts.command[0] ?? '').startsWith('node')) {
    return refuse(`it is not a Node process but ${facts.executable}`, 'Behind npm or a shell, give the pid of the node process itself: pgrep -a node')
  }
  if (!facts.catchesUsr1) {
    return refuse('it does not listen to SIGUSR1 (started with --disable-sigusr1?)', 'Restart it with --inspect=127.0.0.1:0 and give the address it prints: --inspect ws://…')
  }
  const before = new Set(listeningPorts([pid]).map(addressOf))
  process.kill(pid, 'SIGUSR1')
  for (const deadline = Date.now() + waitMs; Date.now() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    if (processFacts(pid) === undefined) return refuse('it ended when it got SIGUSR1', 'Start it again with --inspect=127.0.0.1:0.')
    // Its other ports were asked already, and a request more there is one more for the program; one that was busy then is asked again.
    const url = await findInspector(pid, deadline - Date.now() > waitMs / 2 ? { except: before } : {})
    if (url !== undefined) return { inspectorUrl: url, openedByUs: true }
  }
  return refuse(
    `sent SIGUSR1, but no inspector opened within ${waitMs / 1000} s`,
    'It may handle SIGUSR1 itself, its event loop may be blocked, or its inspector port (9229 unless set) is taken by another program.\n' +
      'Start it with --inspect=127.0.0.1:0 and give the address it prints: --inspect ws://…',
  )
}

/**
 * The address of the inspector `pid` has open, if one of the ports it listens on answers like one. Each is asked once
 * for `/json/list`, the port that inspectors have by default first.
 */
export async function findInspector(pid: number, { except }: { except?: ReadonlySet<string> } = {}): Promise<string | undefined> {
  const ports = listeningPorts([pid]).toSorted((a, b) => Number(b.port === INSPECTOR_PORT) - Number(a.port === INSPECTOR_PORT))
  for (const each of ports) {
    if (except?.has(addressOf(each)) === true) continue
    const url = await inspectorAt(addressOf(each))
    if (url !== undefined) return url
  }
  return undefined
}

const INSPECTOR_PORT = 9229

function addressOf({ host, port }: { host: string; port: number }): string {
  return `${host}:${port}`
}

/** The web-socket address an inspector at `hostAndPort` gives away; undefined when there is none. */
export async function inspectorAt(hostAndPort: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://${hostAndPort}/json/list`, { signal: AbortSignal.timeout(1000), headers: { connection: 'close' } })
    const list = (await answer.json()) as { webSocketDebuggerUrl?: string }[]
    return Array.isArray(list) ? list.find((each) => each.webSocketDebuggerUrl !== undefined)?.webSocketDebuggerUrl : undefined
  } catch {
    return undefined // not HTTP, not JSON, not an inspector
  }
}

/**
 * The web-socket address meant by `--inspect`: `ws://…` as it is; `host:port`, `port` or `http://host:port` by asking.
 * @throws ProbeError when no inspector answers there
 */
export async function resolveInspector(address: string): Promise<string> {
  if (/^wss?:\/\//.test(address)) return address
  const hostAndPort = /^\d+$/.test(address) ? `127.0.0.1:${address}` : address.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  const url = await inspectorAt(hostAndPort)
  if (url !== undefined) return url
  throw new ProbeError({
    target: address,
    step: 'looking for an inspector',
    problem: 'nobody answers there, or it is not an inspector',
    hint: 'Start the program with --inspect, or give its pid: --pid N',
  })
}
