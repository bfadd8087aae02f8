import { spawn } from 'node:child_process'
import { join } from 'node:path'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')

export interface CommandResult {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface CommandOptions {
  cwd?: string
  env?: Record<string, string | undefined>
  /** Sent once the command has written something (or after `afterMs`), as Ctrl-C would be. */
  interrupt?: { afterMs: number }
  /** Close our end of its stdout at once, as `| true` does. */
  closeStdout?: boolean
}

/** Runs the command line as a user does, from the sources, without a terminal. */
export async function runCommand(args: readonly string[], { cwd, env, interrupt, closeStdout }: CommandOptions = {}): Promise<CommandResult> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  if (closeStdout === true) child.stdout.destroy()
  const timer = interrupt === undefined ? undefined : setTimeout(() => child.kill('SIGINT'), interrupt.afterMs)
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, stdout, stderr })
    })
  })
}
