import { bytesText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import type { MemorySeries, Metric } from '../model/memory-series.ts'
import type { SeriesVerdict } from '../model/series-verdict.ts'

/** A series and its verdict for a person, in at most 80 columns: two small charts, then the answer. */
export function renderSeries(series: MemorySeries, verdict: SeriesVerdict): string {
  const { evidence } = verdict
  const restarts = evidence.epochCount > 1 ? `, start ${evidence.epoch} of ${evidence.epochCount}` : ''
  const title = safeText(series.process.command ?? series.source.name, 44)
  const pid = series.process.pid === undefined ? '' : ` (pid ${series.process.pid})`
  const lines = [`${title}${pid}, ${spanText(evidence.spanSeconds)}, ${evidence.sampleCount} samples${restarts}`]
  for (const [name, metrics] of CHARTS) {
    const column = metrics.map((metric) => newestEpoch(series, metric)).find((each) => each !== undefined)
    if (column !== undefined) lines.push(`  ${name.padEnd(15)}  ${sparkline(column, 24)}  ${bytesText(column[0] ?? 0)} → ${bytesText(column.at(-1) ?? 0)}`)
  }
  lines.push(...renderVerdict(verdict))
  return `${lines.join('\n')}\n`
}

const CHARTS: readonly [string, readonly Metric[]][] = [
  ['process memory', ['rss-anon', 'uss', 'rss', 'cgroup-anon', 'cgroup-current']],
  ['live heap', ['heap-floor', 'heap-live', 'heap-used']],
]

/** The verdict alone: its first line is the answer. */
export function renderVerdict(verdict: SeriesVerdict, width = 78): string[] {
  const lines = folded('', headline(verdict), width)
  if (verdict.verdict === 'leak' || verdict.verdict === 'growing') for (const text of timeLines(verdict)) lines.push(...folded('  ', text, width))
  for (const { for: supports, text } of verdict.reasons) lines.push(...folded(`  ${supports ? '+' : '−'} `, text, width))
  if (verdict.wouldDecide !== undefined) lines.push(...folded('  surer by: ', verdict.wouldDecide, width))
  lines.push(...folded('  next: ', verdict.advice, width))
  return lines
}

/** `LEAK (confidence 0.97), heap: 224 MB/h`, in one line. */
export function headline(verdict: SeriesVerdict): string {
  const { verdict: name, confidence } = verdict
  if (name === 'undecided') return 'UNDECIDED'
  if (name !== 'leak' && name !== 'growing') return `${name} (probability of a leak ${confidence.toFixed(2)})`
  const kind = verdict.kind === undefined ? '' : `, ${verdict.kind}`
  const rate = verdict.rate === undefined ? '' : `: ${rateText(verdict)}`
  return `${name.toUpperCase()} (confidence ${confidence.toFixed(2)})${kind}${rate}`
}

function rateText({ rate, bytesPerRequest, countPerHour }: SeriesVerdict): string {
  if (rate === undefined) return ''
  const spread = (rate.high - rate.low) / 2
  const perRequest = bytesPerRequest === undefined ? '' : `, ${bytesText(bytesPerRequest)} per request: grows with work, not with time`
  const counted = countPerHour === undefined ? '' : `, ${Math.round(countPerHour)} more each hour`
  return `${bytesText(rate.value)}/h ± ${bytesText(spread)}${perRequest}${counted}`
}

function timeLines({ hoursLeft, limitBytes, severity, processBytesPerHour, rate }: SeriesVerdict): string[] {
  const lines: string[] = []
  if (processBytesPerHour !== undefined && rate !== undefined && Math.abs(processBytesPerHour - rate.value) > 0.25 * rate.value) {
    lines.push(`the process grows by ${bytesText(processBytesPerHour)}/h`)
  }
  if (limitBytes !== undefined) {
    const limit = `limit ${bytesText(limitBytes)}`
    lines.push(hoursLeft === undefined ? `${limit}: not reached within 90 days` : `${limit}: reached in about ${hoursText(hoursLeft.value)} (${hoursText(hoursLeft.low)} – ${hoursText(hoursLeft.high)}). Severity ${severity ?? 'open'}.`)
  } else if (severity !== undefined) lines.push(`no limit known. Severity ${severity}.`)
  return lines
}

/** `40 min`, `5 h 20 min`, `3 days`. */
export function hoursText(hours: number): string {
  if (!Number.isFinite(hours)) return 'never'
  if (hours < 1) return `${Math.max(1, Math.round(hours * 60))} min`
  if (hours < 48) {
    const minutes = Math.round((hours % 1) * 60)
    return hours < 10 && minutes > 0 && minutes < 60 ? `${Math.floor(hours)} h ${minutes} min` : `${Math.round(hours)} h`
  }
  return `${Math.round(hours / 24)} days`
}

function spanText(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : hoursText(seconds / 3600)
}

/** The column in `width` characters, each the lowest value of its share of the time: troughs are what matters here. */
export function sparkline(values: ArrayLike<number>, width: number): string {
  const known = Array.from(values).filter((value) => !Number.isNaN(value))
  if (known.length === 0) return ''
  const cells = Math.min(width, known.length)
  const lows = Array.from({ length: cells }, (_, cell) => Math.min(...known.slice(Math.floor((cell * known.length) / cells), Math.max(Math.floor((cell * known.length) / cells) + 1, Math.floor(((cell + 1) * known.length) / cells)))))
  const low = Math.min(...lows)
  const range = Math.max(...lows) - low
  return lows.map((value) => '▁▂▃▄▅▆▇█'[range > 0 ? Math.min(7, Math.floor((8 * (value - low)) / range)) : 0]).join('')
}

function newestEpoch(series: MemorySeries, metric: Metric): Float64Array | undefined {
  const column = series.metrics.get(metric)
  if (column === undefined) return undefined
  const { epoch } = series
  const from = epoch === undefined ? 0 : epoch.indexOf(epoch[epoch.length - 1] ?? 0)
  const known = column.subarray(from).filter((value) => !Number.isNaN(value))
  return known.length === 0 ? undefined : known
}

/** Text broken between words; what follows the first line is indented as far as `start` is wide. */
function folded(start: string, text: string, width: number): string[] {
  const words = text.split(' ')
  const lines: string[] = []
  let line = start
  for (const word of words) {
    if (line.length + word.length > width && line.trim() !== '') {
      lines.push(line.trimEnd())
      line = ' '.repeat(start.length)
    }
    line += `${word} `
  }
  lines.push(line.trimEnd())
  return lines
}
