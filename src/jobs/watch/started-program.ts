import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { ProbeError, UsageError } from '../../base/errors.ts'
import { endFamily, signalGroup } from '../../probes/end-family.ts'
import { helperHome } from '../../probes/python-helper.ts'
import { runtimeOfCommand } from '../../probes/runtime-of.ts'
import type { GcLineListener } from './follow-gc-log.ts'
import type { CauseOptions } from './watch-plan.ts'

export interface StartedProgram {
  pid: number
  /** What its collector says on stderr, of a Go program. */
  heard?: GcLineListener | undefined
  /** Where the helper in a Python of it answers a hunt. */
  socketFolder?: string | undefined
  /** Ends it and everything it started: politely, then not. */
  end(): Promise<void>
}

export interface StartOptions {
  inside: 'read' | 'leave'
  cause?: CauseOptions['when'] | undefined
  streams: 'shared' | 'told'
  /** Lines it prints that did not go to our stderr. */
  onLine: (line: string) => void
}

/** A server may want to answer what it has begun. */
const GRACE_MS = 5000

/**
 * Starts the program to watch. What it prints goes to stderr, so that our own output stays alone on stdout. A Go program is
 * asked to tell its collections (GODEBUG=gctrace=1, one line each), and a Node program to open its inspector on a free
 * port, should it be asked to by SIGUSR1: neither changes what the program does. Where the cause of a leak is wanted, a Python
 * brings our helper along, which answers a hunt and counts its collections.
 * It leads a process group of its own: Ctrl-C reaches us alone, the last word is given, and then it and all it started are ended.
 * @throws ProbeError when it cannot be started
 */
export async function startProgram(command: readonly string[], { inside, cause, streams, onLine }: StartOptions): Promise<StartedProgram> {
  const [file, ...args] = command
  if (file === undefined) throw new UsageError({ argument: 'command', given: 'nothing', allowed: 'a program to start after --' })
  const runtime = runtimeOfCommand(command)
  const isGo = inside === 'read' && runtime === 'go'
  // By the command alone it is not known whether a script or a wrapper starts a Python: the helper waits for one there too.
  const socketFolder = cause === 'leak' && (runtime === undefined || runtime === 'python') ? await mkdtemp(join(tmpdir(), 'stillhere-ask-')) : undefined
  const env = environmentOf({ isGo, socketFolder })
  const child = spawn(file, args, { env, detached: true, stdio: streams === 'told' ? ['ignore', 'pipe', 'pipe'] : ['inherit', 2, isGo ? 'pipe' : 2] })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error: Error) => reject(new ProbeError({ target: file, step: 'starting it', problem: error.message, hint: 'Is it installed, and is the path right?', cause: error })))
  })
  const pid = child.pid!
  let hasEnded = false
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      hasEnded = true
      resolve()
    })
  })
  // We may end without coming to `end()` (an error nobody expected, Ctrl-C twice): leave nothing behind.
  const onOurExit = (): void => signalGroup(pid, 'SIGKILL')
  process.on('exit', onOurExit)
  const end = async (): Promise<void> => {
    await endFamily(pid, { exited, hasEnded, graceMs: GRACE_MS })
    // A daemon that left the family may hold the other ends for ever.
    child.stdout?.destroy()
    child.stderr?.destroy()
    process.off('exit', onOurExit)
    if (socketFolder !== undefined) await rm(socketFolder, { recursive: true, force: true })
  }
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', onLine)
  if (child.stderr === null) return { pid, socketFolder, end }
  const stderr = createInterface({ input: child.stderr })
  if (!isGo) {
    stderr.on('line', onLine)
    return { pid, socketFolder, end }
  }
  const { GcLineListener: Listener } = await import('./follow-gc-log.ts')
  const heard = new Listener()
  stderr.on('line', (line) => {
    void heard.hear(line).then((isCollectors) => {
      // Lines of the collector that the user asked for himself are his.
      if (!isCollectors || /gctrace=/.test(process.env['GODEBUG'] ?? '')) onLine(line)
    })
  })
  return { pid, heard, socketFolder, end }
}

function environmentOf({ isGo, socketFolder }: { isGo: boolean; socketFolder: string | undefined }): NodeJS.ProcessEnv {
  const debug = process.env['GODEBUG'] ?? ''
  const nodeOptions = process.env['NODE_OPTIONS'] ?? ''
  return {
    ...process.env,
    ...(isGo && !/gctrace=/.test(debug) ? { GODEBUG: [debug, 'gctrace=1'].filter((each) => each !== '').join(',') } : {}),
    ...(socketFolder === undefined ? {} : helperToAsk(process.env, socketFolder)),
    ...(/--inspect/.test(nodeOptions) ? {} : { NODE_OPTIONS: `${nodeOptions} --inspect-port=127.0.0.1:0`.trim() }),
  }
}

function helperToAsk(env: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  const path = env['PYTHONPATH'] ?? ''
  return {
    PYTHONPATH: [join(helperHome(), 'brought-along'), ...(path === '' ? [] : [path])].join(delimiter),
    STILLHERE_ANSWER_IN: folder,
    STILLHERE_ON_SIGNAL: '1',
    STILLHERE_MEASURE: '1',
    STILLHERE_DIR: env['STILLHERE_DIR'] ?? tmpdir(),
  }
}
