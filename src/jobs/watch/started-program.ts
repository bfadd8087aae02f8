import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { ProbeError, UsageError } from '../../base/errors.ts'
import { isGoProgram } from '../../probes/go-program.ts'
import { GcLineListener } from './follow-gc-log.ts'

export interface StartedProgram {
  child: ChildProcess
  /** What its collector says on stderr, of a Go program. */
  heard?: GcLineListener | undefined
}

/**
 * Starts the program to watch. What it prints goes to stderr, so that our own output stays alone on stdout. A Go program is
 * asked to tell its collections (GODEBUG=gctrace=1, one line each), and a Node program to open its inspector on a free
 * port, should it be asked to by SIGUSR1: neither changes what the program does.
 * @throws ProbeError when it cannot be started
 */
export async function startProgram(command: readonly string[], { inside, onLine }: { inside: 'read' | 'leave'; onLine: (line: string) => void }): Promise<StartedProgram> {
  const [file, ...args] = command
  if (file === undefined) throw new UsageError({ argument: 'command', given: 'nothing', allowed: 'a program to start after --' })
  const debug = process.env['GODEBUG'] ?? ''
  const isGo = inside === 'read' && isGoProgram(pathOf(file))
  const nodeOptions = process.env['NODE_OPTIONS'] ?? ''
  const env = {
    ...process.env,
    ...(isGo && !/gctrace=/.test(debug) ? { GODEBUG: [debug, 'gctrace=1'].filter((each) => each !== '').join(',') } : {}),
    ...(/--inspect/.test(nodeOptions) ? {} : { NODE_OPTIONS: `${nodeOptions} --inspect-port=127.0.0.1:0`.trim() }),
  }
  const child = spawn(file, args, { env, stdio: ['inherit', 2, isGo ? 'pipe' : 2] })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error: Error) => reject(new ProbeError({ target: file, step: 'starting it', problem: error.message, hint: 'Is it installed, and is the path right?', cause: error })))
  })
  if (child.stderr === null) return { child }
  const heard = new GcLineListener()
  createInterface({ input: child.stderr }).on('line', (line) => {
    void heard.hear(line).then((isCollectors) => {
      // Lines of the collector that the user asked for himself are his.
      if (!isCollectors || /gctrace=/.test(debug)) onLine(line)
    })
  })
  return { child, heard }
}

/** The file a shell would run for this word. */
function pathOf(file: string): string {
  if (file.includes('/')) return file
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, file), constants.X_OK)
      return join(folder, file)
    } catch {
      // not in this folder
    }
  }
  return file
}
