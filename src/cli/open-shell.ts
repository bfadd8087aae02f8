import { styleText } from 'node:util'
import { startRun } from '../base/run.ts'
import { Masker, maskReport } from '../render/mask.ts'
import { renderJson } from '../render/json.ts'
import { renderMarkdown } from '../render/markdown.ts'
import { renderText } from '../render/text.ts'
import { EXIT, exitCodeOfVerdict } from './exit-code.ts'
import { progressLine } from './progress-line.ts'
import type { Shell } from './shell.ts'

/** The shell of a real process: stdout, stderr, Ctrl-C. `close` takes back what it installed. */
export function openShell(args: readonly string[]): Shell & { close(): Promise<void> } {
  const stop = new AbortController()
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.cancelled) // asked twice: leave at once
    stop.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  // The terminal is closed, the connection is lost: what was started must not go on alone. (nohup never kept a Node program: it
  // sets every signal back to its default when it starts.)
  process.on('SIGHUP', onSignal)
  // A reader that has seen enough (`| head`) is no error; the command goes on to its end and its exit code.
  const onError = (error: NodeJS.ErrnoException): void => {
    // So is a terminal that is gone.
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  }
  process.stdout.on('error', onError)
  process.stderr.on('error', onError)
  const line = progressLine(process.stderr)
  let hasTold = false
  let leaves = false
  const shell: Shell = {
    write: (text) => {
      line.clear()
      process.stdout.write(text)
    },
    tell: (text) => {
      line.clear()
      hasTold = true
      process.stderr.write(`${text}\n`)
    },
    isTerminal: process.stdout.isTTY === true,
    masker: isGiven(args, '--mask') ? new Masker() : undefined,
    color: wantsColor(args),
    columns: process.stdout.isTTY === true ? (process.stdout.columns ?? 80) : 80,
    run: startRun({ signal: stop.signal, onProgress: line.show }),
    finish(given, { json, markdown, failOn = 'leak' }) {
      const report = shell.masker === undefined ? given : maskReport(given, shell.masker)
      const text = json === true ? renderJson(report) : markdown === true ? renderMarkdown(report) : renderText(report, { color: shell.color, columns: shell.columns })
      // On a terminal both streams are one page: the answer stands apart from what was told on the way.
      if (hasTold && shell.isTerminal && process.stderr.isTTY) process.stderr.write('\n')
      shell.write(text)
      shell.endWith(exitCodeOfVerdict(report.verdict, failOn))
    },
    leaveAtEnd() {
      leaves = true
    },
    endWith(code) {
      process.exitCode = Math.max(Number(process.exitCode ?? 0), code)
    },
  }
  return Object.assign(shell, {
    async close() {
      line.clear()
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
      process.off('SIGHUP', onSignal)
      if (!leaves) return
      for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write('', resolve))
      process.exit()
    },
  })
}

/** Node's own answer for stdout: a terminal, NO_COLOR, FORCE_COLOR, TERM=dumb; `--no-color` before `--` beats it. */
function wantsColor(args: readonly string[]): boolean {
  if (isGiven(args, '--no-color')) return false
  return styleText('red', 'x', { stream: process.stdout }) !== 'x'
}

/** An option of ours, not of a program after `--`. */
function isGiven(args: readonly string[], option: string): boolean {
  const end = args.indexOf('--')
  return args.slice(0, end < 0 ? args.length : end).includes(option)
}
