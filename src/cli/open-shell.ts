import { type Progress, startRun } from '../base/run.ts'
import { safeText } from '../base/safe-text.ts'
import { renderJson } from '../render/json.ts'
import { renderText } from '../render/text.ts'
import { EXIT, exitCodeOfVerdict } from './exit-code.ts'
import type { Shell } from './shell.ts'

/** The shell of a real process: stdout, stderr, Ctrl-C. `close` takes back what it installed. */
export function openShell(): Shell & { close(): void } {
  const stop = new AbortController()
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.cancelled) // asked twice: leave at once
    stop.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(process.exitCode ?? EXIT.clean)
  })
  const line = progressLine()
  const shell: Shell = {
    write: (text) => {
      line.clear()
      process.stdout.write(text)
    },
    tell: (text) => {
      line.clear()
      process.stderr.write(`${text}\n`)
    },
    isTerminal: process.stdout.isTTY === true,
    color: wantsColor(),
    columns: process.stdout.columns ?? 80,
    run: startRun({ signal: stop.signal, onProgress: line.show }),
    finish(report, { json, failOn = 'leak' }) {
      shell.write(json === true ? renderJson(report) : renderText(report, { color: shell.color, columns: shell.columns }))
      shell.endWith(exitCodeOfVerdict(report.verdict, failOn))
    },
    endWith(code) {
      process.exitCode = Math.max(Number(process.exitCode ?? 0), code)
    },
  }
  return Object.assign(shell, {
    close() {
      line.clear()
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  })
}

function wantsColor(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0'
  return (NO_COLOR === undefined || NO_COLOR === '') && process.stdout.isTTY === true
}

/** One line on stderr that is written over, and only when stderr is a terminal. */
function progressLine(): { show(progress: Progress): void; clear(): void } {
  const isTerminal = process.stderr.isTTY === true
  let shownAt = 0
  let visible = false
  return {
    show({ step, done, total }) {
      const now = Date.now()
      if (!isTerminal || now - shownAt < 100) return
      shownAt = now
      visible = true
      const share = total === undefined || total === 0 ? '' : ` ${Math.floor((100 * done) / total)} %`
      process.stderr.write(`\r\u001b[K  ${safeText(step, 60)}${share}`)
    },
    clear() {
      if (!visible) return
      visible = false
      process.stderr.write('\r\u001b[K')
    },
  }
}
