import { bytesText } from '../../base/bytes-text.ts'
import { KnownError } from '../../base/errors.ts'
import { type Run, startRun } from '../../base/run.ts'
import { safeText } from '../../base/safe-text.ts'
import type { WatchEvent } from '../../jobs/watch/watch-plan.ts'
import type { MemorySeries } from '../../model/memory-series.ts'
import type { SeriesVerdict } from '../../model/series-verdict.ts'
import { drawMemoryChart } from '../../render/memory-chart.ts'
import { renderVerdict } from '../../render/series-text.ts'
import type { Shell } from '../shell.ts'
import type { ScreenLine } from './screen-view.ts'

export interface LiveWatch {
  /** Stops when the shell's stops, and by the key. */
  run: Run
  onEvent(event: WatchEvent): void
  /** The key for it was pressed: look for what holds the memory. */
  isHuntWanted(): boolean
  /** The last lines of a program that ended by itself: they may say why. */
  lastWords(): string[]
  close(): void
}

/** Loaded with the first key that needs them: they bring the readers of every format along. */
const actions = (): Promise<typeof import('../../jobs/watch/act-now.ts')> => import('../../jobs/watch/act-now.ts')

const KEYS = 'q stop   s snapshot   g force a collection   h hunt for what holds it'

/** The events of a watch as a picture on the terminal, with keys. The view's libraries are loaded here and nowhere else. */
export async function openLiveView(shell: Shell, { metricsUrl }: { metricsUrl?: string | undefined } = {}): Promise<LiveWatch> {
  const { openScreen } = await import('./screen-view.ts')
  const stop = new AbortController()
  const run = startRun({ signal: AbortSignal.any(shell.run.signal === undefined ? [stop.signal] : [shell.run.signal, stop.signal]) })
  const startedMs = performance.now()
  const state = { name: '', pid: 0, note: '', captures: 0, busy: false, hunt: false, closed: false }
  let verdict: SeriesVerdict | undefined
  const output: string[] = []
  let endedByItself = false
  let drawnMs = 0
  let series: (() => MemorySeries) | undefined

  const draw = (): void => {
    if (series === undefined || state.closed) return
    drawnMs = performance.now()
    view.show(screenOf(series(), verdict, { ...state, said: output.at(-1), seconds: (performance.now() - startedMs) / 1000, columns: view.columns, rows: view.rows }))
  }
  /** One thing at a time, and what came of it in a line. */
  const act = (doing: string, work: () => Promise<string>): void => {
    if (state.busy || state.pid === 0) return
    state.busy = true
    state.note = `${doing} …`
    draw()
    work()
      .catch((error: unknown) => {
        if (!(error instanceof KnownError)) throw error
        return error.hint === undefined ? error.message : `${error.message} ${error.hint}`
      })
      .then((text) => {
        state.note = text
        state.busy = false
        draw()
      })
      .catch((bug: unknown) => {
        // Thrown where nobody waits: the command tells it, and ends as for every bug.
        view.close()
        throw bug
      })
  }
  const view = openScreen({
    color: shell.color,
    onResize: () => draw(),
    onKey(key) {
      if (key === 'q') stop.abort()
      else if (key === 'g') act('forcing a full collection', async () => (await actions()).collectNow(state.pid, run))
      else if (key === 's') act('taking a snapshot', async () => (await actions()).captureNow(state.pid, ++state.captures, { metricsUrl, verdict }, run))
      else if (key === 'h') {
        state.hunt = true
        state.note = 'hunting from the next sample on'
        draw()
      }
    },
  })
  return {
    run,
    isHuntWanted: () => state.hunt,
    lastWords: () => (endedByItself ? output : []),
    onEvent(event) {
      if (event.kind === 'started') Object.assign(state, { name: safeText(event.command, 36), pid: event.pid, note: event.closed.map((path) => `${path} is closed to this user`).join('; ') })
      if (event.kind === 'became') state.name = safeText(event.command, 36)
      if (event.kind === 'restarted') Object.assign(state, { pid: event.pid, note: 'it was restarted' })
      if (event.kind === 'outside') state.note = `surer: ${event.way}`
      if (event.kind === 'inside') state.note = `from inside: ${event.from.join(', ')}`
      if (event.kind === 'slept') state.note = `no samples for ${Math.round(event.ms / 1000)} s: the machine slept`
      if (event.kind === 'late') state.note = `no samples for ${Math.round(event.ms / 1000)} s: the machine was too busy, or the watch was stopped`
      if (event.kind === 'store-failed') state.note = `${event.error.message}; the watch goes on without`
      if (event.kind === 'verdict') verdict = event.verdict
      if (event.kind === 'output') {
        output.push(safeText(event.line, 400))
        if (output.length > KEPT_LINES) output.shift()
      }
      if (event.kind === 'ended') endedByItself = event.why === 'it ended'
      // What comes next is told in lines that stay.
      if (event.kind === 'cause' || event.kind === 'ended') {
        if (!state.closed) view.close()
        state.closed = true
      }
      if (event.kind !== 'sample') return
      series = event.series
      // A terminal over ssh is not drawn on more than twice a second.
      if (performance.now() - drawnMs >= 500) draw()
    },
    close() {
      if (!state.closed) view.close()
      state.closed = true
    },
  }
}

const KEPT_LINES = 20

interface Shown {
  name: string
  pid: number
  note: string
  /** The last line it printed. */
  said?: string | undefined
  seconds: number
  columns: number
  rows: number
}

/** What stands on the screen: title, chart, verdict, what was done last, the keys. What does not fit is left out of the verdict. */
export function screenOf(series: MemorySeries, verdict: SeriesVerdict | undefined, { name, pid, note, said, seconds, columns, rows }: Shown): ScreenLine[] {
  const first = (...names: Parameters<MemorySeries['metrics']['get']>[0][]): Float64Array | undefined => names.map((each) => series.metrics.get(each)).find((each) => each !== undefined)
  const memory = first('rss-anon', 'rss', 'cgroup-anon', 'cgroup-current') ?? new Float64Array(0)
  const live = first('heap-floor', 'heap-live', 'heap-used')
  const limitBytes = series.metrics.get('cgroup-limit')?.find((value) => !Number.isNaN(value))
  // The verdict of a leak has a dozen lines; what the terminal is higher is the chart's.
  const chartRows = Math.max(4, Math.min(20, rows - 14))
  const chart = drawMemoryChart(memory, { width: Math.max(20, Math.min(columns, 160) - 14), height: chartRows, live, limitBytes })
  const words = verdict === undefined ? [`no verdict yet: ${series.sampleCount} of 60 samples`] : renderVerdict(verdict, Math.min(columns, 100) - 2)
  const room = Math.max(1, rows - 1 - 1 - chart.length - 2 - (said === undefined ? 0 : 1))
  return [
    { text: `${name} (pid ${pid}), ${timeText(seconds)}, ${series.sampleCount} samples, now ${bytesText(memory.at(-1) ?? Number.NaN)}`, look: 'title' },
    ...chart.map((text) => ({ text })),
    ...words.slice(0, room).map((text, i): ScreenLine => ({ text, look: i > 0 ? undefined : verdict?.verdict === 'leak' ? 'leak' : verdict?.verdict === 'growing' ? 'growing' : 'title' })),
    ...(said === undefined ? [] : [{ text: `| ${said}`, look: 'quiet' as const }]),
    { text: safeText(note, Math.max(20, columns)) },
    { text: KEYS, look: 'quiet' },
  ]
}

function timeText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}
