import type { Progress } from '../base/run.ts'
import { safeText } from '../base/safe-text.ts'

/** What is needed of stderr. */
export interface ProgressStream {
  isTTY?: boolean | undefined
  columns?: number | undefined
  write(text: string): unknown
}

/** One line that is written over, a few times a second, and only on a terminal: logs stay free of it. */
export function progressLine(stream: ProgressStream, now: () => number = Date.now): { show(progress: Progress): void; clear(): void } {
  const isTerminal = stream.isTTY === true
  let shownAt = Number.NEGATIVE_INFINITY
  let shownStep = ''
  let visible = false
  return {
    show({ step, done, total }) {
      if (!isTerminal || (step === shownStep && now() - shownAt < 100)) return
      shownAt = now()
      shownStep = step
      visible = true
      const share = total === undefined || !(total > 0) ? '' : ` ${Math.floor((100 * Math.min(done, total)) / total)} %`
      stream.write(`\r\u001b[K  ${safeText(step, Math.max(20, (stream.columns ?? 80) - 10))}${share}`)
    },
    clear() {
      if (!visible) return
      visible = false
      stream.write('\r\u001b[K')
    },
  }
}
