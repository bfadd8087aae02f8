import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { createConnection, type Socket } from 'node:net'
import { ProbeError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { catchesSignal, procText } from './proc-files.ts'

const OPEN_MS = 8000
/** A histogram has a line for each class: a few megabytes at most. */
const MOST_ANSWER_BYTES = 256 << 20
const SIGQUIT = 3

/**
 * The diagnostic commands of a running HotSpot JVM: what `jcmd PID …` sends, over the same socket.
 *
 * Method: HotSpot's attach protocol, version 1 (hotspot/os/posix/attachListener_posix.cpp): a file `.attach_pidN` and
 *   SIGQUIT make the JVM open the socket `.java_pidN` in its /tmp; each command is a connection of its own. Spoken
 *   here, since images without a JDK have no jcmd, and one call of jcmd starts a JVM (0.2 s of CPU each).
 * The signal is sent only to a process that handles it: any other would die of it.
 */
export class JvmAttach {
  readonly pid: number
  readonly target: string
  readonly #socket: string

  private constructor(pid: number, target: string, socket: string) {
    this.pid = pid
    this.target = target
    this.#socket = socket
  }

  /** @throws ProbeError when it is not there, not ours to ask, or does not answer; Cancelled */
  static async open(pid: number, run: Run, target = `pid ${pid}`): Promise<JvmAttach> {
    const refuse = (problem: string, hint: string): never => {
      throw new ProbeError({ target, step: 'attaching to the JVM', problem, hint })
    }
    if (process.platform !== 'linux') refuse('attaching works on Linux only', 'Take a dump with jcmd PID GC.heap_dump FILE and read that: stillhere analyze FILE')
    const status = procText(`/proc/${pid}/status`)
    if (status === '') refuse('no such process', 'Is the pid right? List yours with: pgrep -a java')
    const [uid, gid] = ['Uid', 'Gid'].map((name) => Number(new RegExp(`^${name}:\\s*\\d+\\s+(\\d+)`, 'm').exec(status)?.[1])) as [number, number]
    const own = process.geteuid?.()
    if (own !== 0 && own !== uid) refuse(`it belongs to user ${uid}, and a JVM talks only to its own user`, `Run as that user: sudo -u '#${uid}' stillhere …`)
    const insidePid = Number(/^NSpid:.*?(\d+)\s*$/m.exec(status)?.[1] ?? pid)
    const tmp = `/proc/${pid}/root/tmp`
    const socket = `${tmp}/.java_pid${insidePid}`
    const attach = new JvmAttach(pid, target, socket)
    if (await attach.#answers()) return attach
    if (!catchesSignal(pid, SIGQUIT)) refuse('it does not handle SIGQUIT, which would end it', 'Is it a HotSpot JVM? Start it with -XX:+StartAttachListener.')
    if (procText(`/proc/${pid}/cmdline`).includes('-XX:+DisableAttachMechanism')) refuse('it was started with -XX:+DisableAttachMechanism', 'Start it without that option.')
    if (/\/libj9vm/m.test(procText(`/proc/${pid}/maps`))) refuse('it is an OpenJ9, which is attached to in another way', 'Take a dump in the classic format with its own jcmd, and read that: stillhere analyze FILE')
    const trigger = `${tmp}/.attach_pid${insidePid}`
    try {
      await rm(trigger, { force: true })
      // Made anew: through a link that stands there already, root would give away the file it leads to.
      const file = await open(trigger, 'wx', 0o600)
      try {
        // The JVM believes only a file of its own user.
        if (own === 0) await file.chown(uid, gid)
      } finally {
        await file.close()
      }
      process.kill(pid, 'SIGQUIT')
      for (const until = Date.now() + OPEN_MS; Date.now() < until; ) {
        run.checkpoint()
        run.progress({ step: 'attaching to the JVM', done: 0 })
        if (existsSync(socket) && (await attach.#answers())) return attach
        if (!existsSync(`/proc/${pid}`)) refuse('it ended', 'Start it again.')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    } catch (cause) {
      if (!(cause instanceof Error) || !('code' in cause)) throw cause
      throw new ProbeError({ target, step: 'attaching to the JVM', problem: `its /tmp cannot be written to: ${cause.message}`, hint: 'Run as the same user as the JVM, or as root.', cause })
    } finally {
      await rm(trigger, { force: true }).catch(() => undefined)
    }
    return refuse(`it opened no socket within ${OPEN_MS / 1000} s`, 'Is it a HotSpot JVM, and not stopped in a debugger? Start it with -XX:+StartAttachListener.')
  }

  /** The text a diagnostic command answers, as `jcmd PID command` prints it. @throws ProbeError when it refuses; Cancelled */
  async command(command: string, run: Run): Promise<string> {
    const fail = (problem: string, hint?: string, cause?: unknown): ProbeError => new ProbeError({ target: this.target, step: command.split(' ', 1)[0]!, problem, ...(hint === undefined ? {} : { hint }), cause })
    run.checkpoint()
    const socket = createConnection(this.#socket)
    const chunks: Buffer[] = []
    let byteCount = 0
    const poll = setInterval(() => {
      if (run.signal?.aborted === true) socket.destroy()
    }, 100)
    try {
      await connected(socket)
      socket.on('data', (chunk: Buffer) => {
        byteCount += chunk.length
        if (byteCount > MOST_ANSWER_BYTES) socket.destroy(new Error('the answer is larger than any'))
        else chunks.push(chunk)
      })
      socket.write(`1\0jcmd\0${command}\0\0\0`)
      await once(socket, 'close')
    } catch (cause) {
      run.checkpoint()
      throw fail(`the connection broke: ${cause instanceof Error ? cause.message : String(cause)}`, 'Did the JVM end?', cause)
    } finally {
      clearInterval(poll)
      socket.destroy()
    }
    run.checkpoint()
    const answer = Buffer.concat(chunks).toString('utf8')
    const [, code, text = ''] = /^(-?\d+)\n([\s\S]*)$/.exec(answer) ?? []
    if (code === undefined) throw fail('it closed the connection without an answer', 'An old JVM answers only its own user, root not included: run as that user.')
    if (code !== '0') throw fail(text.trim().split('\n').find((line) => !/^(\s|Exception in|com\.sun)/.test(line)) ?? `it answered ${code}`)
    return text
  }

  /** Where a path of the JVM's own file system stands for us. */
  fromInside(path: string): string {
    return `/proc/${this.pid}/root${path}`
  }

  /** It sees the same files as we do: no container around it. */
  get sharesFiles(): boolean {
    try {
      const [own, its] = [statSync('/'), statSync(`/proc/${this.pid}/root/`)]
      return own.dev === its.dev && own.ino === its.ino
    } catch {
      return false
    }
  }

  /** A socket may be left of an earlier process of this number. */
  async #answers(): Promise<boolean> {
    if (!existsSync(this.#socket)) return false
    const socket = createConnection(this.#socket)
    try {
      await connected(socket)
      return true
    } catch {
      return false
    } finally {
      socket.destroy()
    }
  }
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
}
