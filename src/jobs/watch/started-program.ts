import { type ChildProcess, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { ProbeError, UsageError } from '../../base/errors.ts'
import { helperHome } from '../../probes/python-helper.ts'
import { runtimeOfCommand } from '../../probes/runtime-of.ts'
import type { GcLineListener } from './follow-gc-log.ts'
import type { CauseOptions } from './watch-plan.ts'

export interface StartedProgram {
  child: ChildProcess
  /** What its collector says on stderr, of a Go program. */
  heard?: GcLineListener | undefined
}

/**
 * Starts the program to watch. What it prints goes to stderr, so that our own output stays alone on stdout. A Go program is
 * asked to tell its collections (GODEBUG=gctrace=1, one line each), and a Node program to open its inspector on a free
 * port, should it be asked to by SIGUSR1: neither changes what the program does. Where the cause of a leak is wanted, a Python
 * brings our helper along, which waits in it for a signal and counts its collections.
 * @throws ProbeError when it cannot be started
 */
export async function startProgram(command: readonly string[], { inside, cause, onLine }: { inside: 'read' | 'leave'; cause?: CauseOptions['when'] | undefined; onLine: (line: string) => void }): Promise<StartedProgram> {
  const [file, ...args] = command
  if (file === undefined) throw new UsageError({ argument: 'command', given: 'nothing', allowed: 'a program to start after --' })
  const debug = process.env['GODEBUG'] ?? ''
  const runtime = runtimeOfCommand(command)
  const isGo = inside === 'read' && runtime === 'go'
  const nodeOptions = process.env['NODE_OPTIONS'] ?? ''
  const env = {
    ...process.env,
    ...(isGo && !/gctrace=/.test(debug) ? { GODEBUG: [debug, 'gctrace=1'].filter((each) => each !== '').join(',') } : {}),
    ...(cause === 'leak' && runtime === 'python' ? helperToAsk(process.env) : {}),
    ...(/--inspect/.test(nodeOptions) ? {} : { NODE_OPTIONS: `${nodeOptions} --inspect-port=127.0.0.1:0`.trim() }),
  }
  const child = spawn(file, args, { env, stdio: ['inherit', 2, isGo ? 'pipe' : 2] })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error: Error) => reject(new ProbeError({ target: file, step: 'starting it', problem: error.message, hint: 'Is it installed, and is the path right?', cause: error })))
  })
  if (child.stderr === null) return { child }
  const { GcLineListener: Listener } = await import('./follow-gc-log.ts')
  const heard = new Listener()
  createInterface({ input: child.stderr }).on('line', (line) => {
    void heard.hear(line).then((isCollectors) => {
      // Lines of the collector that the user asked for himself are his.
      if (!isCollectors || /gctrace=/.test(debug)) onLine(line)
    })
  })
  return { child, heard }
}

function helperToAsk(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = env['PYTHONPATH'] ?? ''
  return {
    PYTHONPATH: [join(helperHome(), 'brought-along'), ...(path === '' ? [] : [path])].join(delimiter),
    STILLHERE_ON_SIGNAL: '1',
    STILLHERE_MEASURE: '1',
    STILLHERE_DIR: env['STILLHERE_DIR'] ?? tmpdir(),
  }
}
