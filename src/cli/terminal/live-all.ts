import { KnownError } from '../../base/errors.ts'
import { type Run, startRun } from '../../base/run.ts'
import type { WatchAllTick, WatchedProcess } from '../../jobs/watch-all.ts'
import { safeText } from '../../base/safe-text.ts'
import type { Shell } from '../shell.ts'
import { sortProcesses, TABLE_ORDERS, tableLines, type TableOrder } from './process-table.ts'
import type { ScreenLine } from './screen-view.ts'

export interface LiveAll {
  run: Run
  onTick(tick: WatchAllTick): void
  /** The process chosen to be watched alone, or hunted, when the table was left by that key. */
  chosen(): { pid: number; to: 'watch' | 'hunt' } | undefined
  close(): void
}

/** Loaded with the first key that needs them: they bring the readers of every format along. */
const actions = (): Promise<typeof import('../../jobs/watch/act-now.ts')> => import('../../jobs/watch/act-now.ts')

const KEYS = 'q stop  o order  ↑↓ choose  enter watch it  s snapshot  g collect  h hunt'

/** All processes as a table that can be sorted and acted upon. */
export async function openLiveAll(shell: Shell): Promise<LiveAll> {
  const { openScreen } = await import('./screen-view.ts')
  const stop = new AbortController()
  const run = startRun({ signal: AbortSignal.any(shell.run.signal === undefined ? [stop.signal] : [shell.run.signal, stop.signal]) })
  let order: TableOrder = 'growth'
  let processes: WatchedProcess[] = []
  let seconds = 0
  let chosenPid: number | undefined
  let chosen: { pid: number; to: 'watch' | 'hunt' } | undefined
  let note = ''
  let busy = false
  let captures = 0
  let closed = false

  const visible = (): WatchedProcess[] => sortProcesses(processes, order).slice(0, Math.max(1, view.rows - 5))
  const draw = (): void => {
    if (closed) return
    const rows = visible()
    const [head = '', ...lines] = tableLines(rows, { columns: view.columns, order })
    const look = ({ pid, verdict }: WatchedProcess): ScreenLine['look'] => (pid === chosenPid ? 'chosen' : verdict?.verdict === 'leak' ? 'leak' : verdict?.verdict === 'growing' ? 'growing' : undefined)
    view.show([
      { text: `${processes.length} processes, ${Math.round(seconds)} s`, look: 'title' },
      // The chosen one is marked by a character too: colours and inversion may be missing.
      { text: ` ${head}`, look: 'title' },
      ...lines.map((text, i): ScreenLine => ({ text: `${rows[i]!.pid === chosenPid ? '>' : ' '}${text}`, look: look(rows[i]!) })),
      { text: safeText(note, Math.max(20, view.columns)) },
      { text: KEYS, look: 'quiet' },
    ])
  }
  /** Rows change their places at any moment: nothing is done to a process that was not chosen. */
  const takeChosen = (): number | undefined => {
    if (chosenPid !== undefined && processes.some(({ pid }) => pid === chosenPid)) return chosenPid
    note = chosenPid === undefined ? 'choose a process first: ↑ ↓' : `pid ${chosenPid} has ended`
    draw()
    return undefined
  }
  const act = (doing: string, work: (pid: number) => Promise<string>): void => {
    const pid = takeChosen()
    if (busy || pid === undefined) return
    busy = true
    note = `pid ${pid}: ${doing} …`
    draw()
    work(pid)
      .catch((error: unknown) => {
        if (!(error instanceof KnownError)) throw error
        return error.hint === undefined ? error.message : `${error.message} ${error.hint}`
      })
      .then((text) => {
        note = `pid ${pid}: ${text}`
        busy = false
        draw()
      })
      .catch((bug: unknown) => {
        // Thrown where nobody waits: the command tells it, and ends as for every bug.
        view.close()
        throw bug
      })
  }
  const move = (by: 1 | -1): void => {
    const rows = visible()
    const at = rows.findIndex(({ pid }) => pid === chosenPid)
    chosenPid = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))]?.pid
    draw()
  }
  const leave = (to: 'watch' | 'hunt'): void => {
    const pid = takeChosen()
    if (pid === undefined) return
    chosen = { pid, to }
    stop.abort()
  }
  const view = openScreen({
    color: shell.color,
    onResize: () => draw(),
    onKey(key) {
      if (key === 'q') stop.abort()
      else if (key === 'up') move(-1)
      else if (key === 'down') move(1)
      else if (key === 'enter') leave('watch')
      else if (key === 'h') leave('hunt')
      else if (key === 'g') act('forcing a full collection', async (pid) => (await actions()).collectNow(pid, run))
      else if (key === 's') act('taking a snapshot', async (pid) => (await actions()).captureNow(pid, ++captures, {}, run))
      else if (key === 'o') {
        order = TABLE_ORDERS[(TABLE_ORDERS.indexOf(order) + 1) % TABLE_ORDERS.length]!
        draw()
      }
    },
  })
  return {
    run,
    onTick(tick) {
      processes = tick.processes()
      seconds = tick.seconds
      draw()
    },
    chosen: () => chosen,
    close() {
      if (!closed) view.close()
      closed = true
    },
  }
}
