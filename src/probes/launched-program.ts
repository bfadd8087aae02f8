import { type ChildProcess, spawn } from 'node:child_process'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { ProbeError } from '../base/errors.ts'
import { endFamily, signalGroup } from './end-family.ts'
import { processTree } from './linux-process.ts'

export interface ProgramEnd {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface LaunchOptions {
  cwd?: string | undefined
  env?: NodeJS.ProcessEnv | undefined
  /** Every line the program prints, without what its inspector prints. */
  onLine?: ((line: string) => void) | undefined
}

const BANNER = /^Debugger listening on (ws:\/\/\S+)/
const INSPECTOR_TALK = /^(?:Debugger (?:listening on|attached|ending on)|For help, see: https:\/\/nodejs\.org\/|Waiting for the debugger to disconnect|Starting inspector on )/
const AT_ITS_END = /^Waiting for the debugger to disconnect/
const PORT_TAKEN = /^Starting inspector on (\S+) failed: (.+)$/
const TAIL_LINES = 20

/**
 * A program we started, with the inspector of every Node process in it opened on a free loopback port. It runs in a
 * process group of its own, so Ctrl-C reaches us alone and ending the group ends everything it started, also behind
 * `npm start` or a shell.
 */
export class LaunchedProgram {
  readonly pid: number
  readonly command: readonly string[]
  /** Inspector addresses in the order in which they were opened. */
  readonly inspectorUrls: string[] = []
  /** The last lines printed, for error messages. */
  readonly tail: string[] = []
  readonly exited: Promise<ProgramEnd>
  #end: ProgramEnd | undefined
  #inspectorTrouble: string | undefined
  #isAtItsEnd = false
  readonly #child: ChildProcess
  readonly #onOurExit: () => void

  private constructor(command: readonly string[], child: ChildProcess, { onLine }: LaunchOptions) {
    this.command = command
    this.#child = child
    this.pid = child.pid!
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        const url = BANNER.exec(line)?.[1]
        if (url !== undefined) this.inspectorUrls.push(url)
        const taken = PORT_TAKEN.exec(line)
        if (taken !== null) this.#inspectorTrouble = `${taken[1]}: ${taken[2]}`
        if (AT_ITS_END.test(line)) this.#isAtItsEnd = true
        if (INSPECTOR_TALK.test(line)) return
        this.tail.push(line)
        if (this.tail.length > TAIL_LINES) this.tail.shift()
        onLine?.(line)
      })
    }
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#end = { code, signal }
        resolve(this.#end)
      })
    })
    // We may end without coming to `end()` (an error nobody expected, Ctrl-C twice): leave nothing behind.
    this.#onOurExit = () => signalGroup(this.pid, 'SIGKILL')
    process.on('exit', this.#onOurExit)
  }

  /** @throws ProbeError when the command cannot be started */
  static async start(command: readonly string[], options: LaunchOptions = {}): Promise<LaunchedProgram> {
    const [file = '', ...args] = command
    const env = { ...(options.env ?? process.env) }
    if (isNode(file)) {
      if (!args.some((arg) => arg.startsWith('--inspect')) && !/--inspect/.test(env['NODE_OPTIONS'] ?? '')) args.unshift(INSPECT)
    } else if (!/--inspect/.test(env['NODE_OPTIONS'] ?? '')) {
      // Behind npm, a shell or a script: each Node process inside opens its inspector on a port of its own.
      env['NODE_OPTIONS'] = `${env['NODE_OPTIONS'] ?? ''} ${INSPECT}`.trim()
    }
    const child = spawn(file, args, { cwd: options.cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', (cause: NodeJS.ErrnoException) => {
        reject(
          new ProbeError({
            target: file,
            step: 'starting the program',
            problem: cause.code === 'ENOENT' ? 'no such command' : cause.message,
            hint: 'Give the command after --, as you would type it: stillhere hunt -- node app.js',
            cause,
          }),
        )
      })
    })
    return new LaunchedProgram(command, child, options)
  }

  get end(): ProgramEnd | undefined {
    return this.#end
  }

  /** What the program said when its inspector could not be opened. */
  get inspectorTrouble(): string | undefined {
    return this.#inspectorTrouble
  }

  /** It said that it only waits for its debugger to go: it ended before it was asked to tell so by an event. */
  get isAtItsEnd(): boolean {
    return this.#isAtItsEnd
  }

  /** The pids of the program and everything it started. */
  pids(): number[] {
    return this.#end === undefined ? processTree(this.pid) : []
  }

  /** Ends the program and everything it started: politely, then not. */
  async stop(graceMs = 1500): Promise<void> {
    const exited = Promise.race([this.exited, new Promise((resolve) => this.#child.once('exit', resolve))])
    await endFamily(this.pid, { exited, hasEnded: this.#end !== undefined, graceMs })
    this.#child.stdout?.destroy()
    this.#child.stderr?.destroy()
    process.off('exit', this.#onOurExit)
  }
}

const INSPECT = '--inspect=127.0.0.1:0'

function isNode(file: string): boolean {
  return /^node(js)?(\.exe)?$/i.test(basename(file))
}

/** How a program ended, in words: `exit code 1`, `signal SIGSEGV`. */
export function endText({ code, signal: name }: ProgramEnd): string {
  return name === null ? `exit code ${code}` : `signal ${name}`
}
