import { bytesText } from '../../base/bytes-text.ts'
import { type Run, startRun } from '../../base/run.ts'
import { safeText } from '../../base/safe-text.ts'
import type { SeriesVerdict } from '../../model/series-verdict.ts'
import type { WatchEvent } from '../../jobs/watch-process.ts'
import { drawMemoryChart } from '../../render/memory-chart.ts'
import { renderVerdict } from '../../render/series-text.ts'
import type { Shell } from '../shell.ts'

export interface LiveWatch {
  /** Stops when the shell's stops, and by the key. */
  run: Run
  onEvent(event: WatchEvent): void
  close(): void
}

const CHART_ROWS = 10

/** The events of a watch as a picture on the terminal. The view's libraries are loaded here and nowhere else. */
export async function openLiveView(shell: Shell): Promise<LiveWatch> {
  const { openWatchView } = await import('./watch-view.ts')
  const stop = new AbortController()
  const signals = shell.run.signal === undefined ? [stop.signal] : [shell.run.signal, stop.signal]
  const view = openWatchView({ color: shell.color, columns: shell.columns, onStop: () => stop.abort() })
  const startedMs = Date.now()
  let name = ''
  let verdict: SeriesVerdict | undefined
  let drawnMs = 0
  return {
    run: startRun({ signal: AbortSignal.any(signals) }),
    onEvent(event) {
      if (event.kind === 'started') name = `${safeText(event.command, 40)} (pid ${event.pid})`
      if (event.kind === 'restarted') name = `${name.replace(/ \(pid .*/, '')} (pid ${event.pid}, restarted)`
      if (event.kind === 'verdict') verdict = event.verdict
      // A terminal over ssh is not drawn on more than twice a second.
      if (event.kind !== 'sample' || event.timeMs - drawnMs < 500) return
      drawnMs = event.timeMs
      const series = event.series()
      const memory = series.metrics.get('rss-anon') ?? series.metrics.get('rss') ?? new Float64Array(0)
      const live = series.metrics.get('heap-live') ?? series.metrics.get('heap-used')
      view.show({
        title: `${name}, ${Math.round((event.timeMs - startedMs) / 1000)} s, ${series.sampleCount} samples, now ${bytesText(memory.at(-1) ?? Number.NaN)}`,
        chart: drawMemoryChart(memory, { width: Math.max(20, Math.min(shell.columns, 100) - 14), height: CHART_ROWS, live, limitBytes: series.metrics.get('cgroup-limit')?.find((value) => !Number.isNaN(value)) }),
        verdict: verdict === undefined ? [`no verdict yet: ${series.sampleCount} of 60 samples`] : renderVerdict(verdict),
        alarm: verdict?.verdict === 'leak' || verdict?.verdict === 'growing' ? verdict.verdict : 'none',
      })
    },
    close: () => view.close(),
  }
}
