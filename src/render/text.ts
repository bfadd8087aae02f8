import { bytesText, countText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import type { Finding, Growth, Verdict } from '../model/finding.ts'
import type { Report } from '../model/report.ts'
import type { Notice, Source } from '../model/source.ts'
import { type FoldedStep, foldSteps } from './fold-steps.ts'
import { placeText } from './node-text.ts'
import { type Paint, painter } from './paint.ts'
import { renderPath } from './path-text.ts'
import { renderDetails } from './table.ts'
import { hang, spread, wrap } from './wrap.ts'

export interface TextOptions {
  color: boolean
  columns: number
}

/** Where the values of a finding begin. */
const INDENT = 14
const SHOWN_FINDINGS = 10
const SHOWN_PATHS = 3
const SHOWN_REASONS = 4

/** The report for a person: the first line is the answer, the first finding the one to fix first. */
export function renderText(report: Report, { color, columns }: TextOptions): string {
  const paint = painter(color)
  const width = Math.max(40, columns)
  const word = report.verdict.toUpperCase()
  const [first = '', ...more] = hang(`${word}  `, safeText(report.summary, 2000), width)
  const lines = [paint(VERDICT_COLOR[report.verdict], word) + first.slice(word.length), ...more]
  if (report.wouldDecide !== undefined) lines.push(...hang('  to decide: ', safeText(report.wouldDecide, 2000), width))
  const numbered = report.findings.filter(({ verdict }) => verdict !== 'healthy')
  for (const [index, finding] of numbered.slice(0, SHOWN_FINDINGS).entries()) {
    lines.push('', ...renderFinding(finding, index + 1, { report, width, paint }))
  }
  if (numbered.length > SHOWN_FINDINGS) lines.push('', `and ${countText(numbered.length - SHOWN_FINDINGS)} more findings, all in --json`)
  // The rounds of a hunt have been told while it ran; they are repeated where no finding speaks for them.
  const isTold = report.command === 'hunt' && numbered.length > 0
  if (report.details !== undefined && !isTold) lines.push(...renderDetails(report.details, { columns: width }))
  lines.push(...renderFoot(report, width))
  return `${lines.join('\n')}\n`
}

const VERDICT_COLOR = { leak: 'red', suspect: 'yellow', healthy: 'green', undecided: 'yellow' } as const satisfies Record<Verdict, string>

function renderFinding(finding: Finding, number: number, { report, width, paint }: { report: Report; width: number; paint: Paint }): string[] {
  const field = (label: string, text: string): string[] => hang(`   ${label}`.padEnd(INDENT), text, width)
  const doubt = finding.verdict === report.verdict ? '' : `${finding.verdict}: `
  const rate = finding.growth === undefined ? '' : growthText(finding.growth)
  const lines = titleLines(`${number}  `, `${doubt}${safeText(finding.pattern, 60)} · ${safeText(finding.title, 300)}`, rate, width)
  const holder = holderText(finding)
  if (holder !== undefined) lines.push(...field('held by', holder))
  const addedBy = finding.addedAt ?? finding.allocatedAt
  if (addedBy !== undefined && addedBy.length > 0) {
    const places = addedBy.slice(0, 3).map((place, index) => (index === 0 && place.functionName ? `${safeText(place.functionName, 60)}  ` : '') + placeText(place))
    lines.push(...field('added by', places.join(' ← ')))
  }
  for (const [index, path] of finding.paths.slice(0, SHOWN_PATHS).entries()) {
    const drawn = renderPath(path, width - INDENT, paint)
    lines.push(...drawn.map((line, row) => `${row === 0 ? (index === 0 ? '   path' : '   and').padEnd(INDENT) : ' '.repeat(INDENT)}${line}`))
  }
  if (finding.paths.length > SHOWN_PATHS) lines.push(...field('', `and ${countText(finding.paths.length - SHOWN_PATHS)} more paths, all in --json`))
  lines.push(...reasonLines(finding, field))
  if (finding.advice !== '') lines.push(...field('fix', safeText(finding.advice, 1000)))
  if (finding.example !== undefined) {
    lines.push(...codeLines('before', finding.example.before), ...codeLines('after', finding.example.after))
  }
  const fingerprint = finding.fingerprint === '' ? '' : `fingerprint ${safeText(finding.fingerprint, 40)}`
  const frees = finding.retainedBytes === undefined ? '' : `${'   frees'.padEnd(INDENT)}${bytesText(finding.retainedBytes)} now`
  if (frees !== '' || fingerprint !== '') lines.push(...spread(frees, fingerprint, width))
  return lines
}

/** The first reasons for, then the first against. */
function reasonLines({ reasons }: Finding, field: (label: string, text: string) => string[]): string[] {
  const lines: string[] = []
  for (const label of ['why', 'but'] as const) {
    const given = reasons.filter((reason) => reason.for === (label === 'why'))
    for (const [position, { text }] of given.slice(0, SHOWN_REASONS).entries()) lines.push(...field(position === 0 ? label : '', safeText(text, 600)))
    if (given.length > SHOWN_REASONS) lines.push(...field('', `(${countText(given.length - SHOWN_REASONS)} more in --json)`))
  }
  return lines
}

/** The title with the rate at the right end of its first line. */
function titleLines(number: string, title: string, rate: string, width: number): string[] {
  const [first = '', ...more] = wrap(title, width - number.length - (rate === '' ? 0 : rate.length + 2))
  const indent = ' '.repeat(number.length)
  return [...(rate === '' ? [number + first] : spread(number + first, rate, width).map((line) => line.trimEnd())), ...more.map((line) => indent + line)]
}

function codeLines(label: string, code: string): string[] {
  return code.split('\n').slice(0, 12).map((line, index) => `${index === 0 ? `   ${label}`.padEnd(INDENT) : ' '.repeat(INDENT)}${safeText(line.replaceAll('\t', '  '), 200)}`.trimEnd())
}

/** `6.8 kB/operation`, `1 object/operation` where bytes are not known. */
export function growthText({ bytes, count, per }: Growth): string {
  if (Number.isNaN(bytes) || bytes === 0) return `${countText(count)} ${count === 1 ? 'object' : 'objects'}/${per}`
  return `${bytesText(bytes)}/${per}`
}

/** The last thing before what leaks: what a fix will have to touch. */
export function holderText({ paths, location, subject }: Finding): string | undefined {
  const path = paths[0]
  const steps = path === undefined ? [] : foldSteps(path.steps)
  const firstLeaking = steps.findIndex(({ status }) => status === 'leaking')
  // Where nothing is known to leak, the one whose entries were counted is what holds.
  const counted = steps.findLastIndex(({ status, note }) => status === 'fine' && note !== undefined)
  const at = firstLeaking >= 0 ? firstLeaking - 1 : counted >= 0 ? counted : steps.length - 2
  const holder = steps[at]
  if (holder === undefined) {
    if (location === undefined) return undefined
    return `${subject.className === '' ? '' : `${safeText(subject.className, 60)}  `}${placeText(location)}`
  }
  const place = location ?? holder.location
  const edge = holderEdge(steps, at)
  const name = path !== undefined && holder.edge === safeText(path.root, 40) ? holder.node : `${edge} : ${holder.node}`
  return place === undefined ? name : `${name}  ${placeText(place)}`
}

const POSITION = /^[^.]*\[\d+\]$/

/** A position says nothing without the name of what it is a position in: `handlers[…]`. */
function holderEdge(steps: readonly FoldedStep[], at: number): string {
  let named = at
  while (named > 0 && POSITION.test(steps[named]!.edge) && /^(Array|Map|Set|Object)\b/.test(steps[named - 1]!.node)) named--
  return POSITION.test(steps[named]!.edge) ? steps[at]!.edge : `${steps[named]!.edge}${'[…]'.repeat(at - named)}`
}

function renderFoot({ findings, notices, sources }: Report, width: number): string[] {
  const lines: string[] = []
  const healthy = findings.filter(({ verdict }) => verdict === 'healthy')
  if (healthy.length > 0) {
    const words = healthy.map(({ title, growth }) => safeText(title, 200) + (growth === undefined ? '' : ` (${growthText(growth)})`))
    lines.push('', ...hang('not leaks: ', `${words.join(', ')}.`, width))
  }
  const told = [...notices, ...sources.flatMap((source) => source.notices.map((notice) => ({ ...notice, message: `${source.name}: ${notice.message}` })))]
  if (told.length > 0) lines.push('', ...told.flatMap((notice) => hang('note: ', noticeText(notice), width)))
  if (sources.length > 0) lines.push('', ...hang('from: ', sources.map(sourceText).join('; '), width))
  return lines
}

export function noticeText({ message, count, firstAt }: Notice): string {
  const where = [count > 1 ? `${countText(count)} times` : '', firstAt === undefined ? '' : `first at ${safeText(firstAt, 100)}`].filter((part) => part !== '')
  return `${safeText(message, 600)}${where.length === 0 ? '' : ` (${where.join(', ')})`}`
}

export function sourceText({ name, format, runtime, runtimeVersion, sizeBytes }: Source): string {
  const version = runtime === undefined ? undefined : safeText([runtime, runtimeVersion].filter((part) => part !== undefined).join(' '), 60)
  const about = [safeText(format, 60), version, sizeBytes === undefined ? undefined : bytesText(sizeBytes)].filter((part) => part !== undefined)
  return `${safeText(name, 300)} (${about.join(', ')})`
}
