import { bytesText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import type { Finding } from '../model/finding.ts'
import type { Report } from '../model/report.ts'
import { graphOfPaths } from './graph-of-paths.ts'
import { renderMermaid } from './mermaid.ts'
import { placeText } from './node-text.ts'
import { painter } from './paint.ts'
import { renderPath } from './path-text.ts'
import { renderDetails } from './table.ts'
import { growthText, holderText, noticeText, sourceText } from './text.ts'

/** Wide enough that a path seldom wraps, narrow enough for a page. */
const CODE_COLUMNS = 100

/** The report as GitHub-flavoured Markdown: the same content as the text, with the first path also drawn. */
export function renderMarkdown(report: Report): string {
  const blocks = [`# ${report.verdict.toUpperCase()}`, plain(report.summary, 2000)]
  if (report.wouldDecide !== undefined) blocks.push(`To decide: ${plain(report.wouldDecide, 2000)}`)
  const numbered = report.findings.filter(({ verdict }) => verdict !== 'healthy')
  for (const [index, finding] of numbered.entries()) blocks.push(...findingBlocks(finding, index + 1, report))
  const healthy = report.findings.filter(({ verdict }) => verdict === 'healthy')
  if (healthy.length > 0) blocks.push('## Not leaks', list(healthy.map(({ title, growth }) => plain(title) + (growth === undefined ? '' : ` (${growthText(growth)})`))))
  const tables = report.details === undefined ? [] : renderDetails(report.details, { columns: CODE_COLUMNS, limit: 50 })
  if (tables.length > 0) blocks.push('## Details', fence('text', tables.join('\n').replace(/^\n/, '')))
  const told = [...report.notices, ...report.sources.flatMap(({ notices }) => notices)]
  if (told.length > 0) blocks.push('## Notes', list(told.map((notice) => plain(noticeText(notice), 1000))))
  if (report.sources.length > 0) blocks.push('## From', list(report.sources.map((source) => plain(sourceText(source), 600))))
  blocks.push(`${report.tool.name} ${plain(report.tool.version, 40)}, \`${plain(report.command, 40)}\``)
  return `${blocks.join('\n\n')}\n`
}

function findingBlocks(finding: Finding, number: number, report: Report): string[] {
  const doubt = finding.verdict === report.verdict ? '' : `${finding.verdict}: `
  const rate = finding.growth === undefined ? '' : ` (${growthText(finding.growth)})`
  const blocks = [`## ${number}. ${doubt}${plain(finding.pattern, 60)} · ${plain(finding.title, 300)}${rate}`]
  const facts: string[] = []
  const holder = holderText(finding)
  if (holder !== undefined) facts.push(`held by ${code(holder)}`)
  const addedBy = finding.addedAt ?? finding.allocatedAt
  if (addedBy !== undefined && addedBy.length > 0) {
    facts.push(`added by ${addedBy.map((place) => code((place.functionName ? `${place.functionName} ` : '') + placeText(place))).join(' ← ')}`)
  }
  if (finding.retainedBytes !== undefined) facts.push(`frees ${bytesText(finding.retainedBytes)} now`)
  if (finding.fingerprint !== '') facts.push(`fingerprint ${code(finding.fingerprint)}`)
  if (facts.length > 0) blocks.push(list(facts))
  for (const path of finding.paths.slice(0, 3)) blocks.push(fence('text', renderPath(path, CODE_COLUMNS, painter(false)).join('\n')))
  const first = finding.paths[0]
  if (number === 1 && first !== undefined) blocks.push(fence('mermaid', renderMermaid(graphOfPaths([first])).trimEnd()))
  if (finding.reasons.length > 0) blocks.push(list(finding.reasons.map((reason) => `${reason.for ? 'why' : 'but'}: ${plain(reason.text, 600)}`)))
  if (finding.advice !== '') blocks.push(`**Fix:** ${plain(finding.advice, 1000)}`)
  if (finding.example !== undefined) {
    const { before, after } = finding.example
    blocks.push(fence('js', [...codeText('before', before), ...codeText('after', after)].join('\n')))
  }
  return blocks
}

function codeText(label: string, source: string): string[] {
  return [`// ${label}`, ...source.split('\n').map((line) => safeText(line.replaceAll('\t', '  '), 200))]
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}

/** Untrusted words in running text: nothing in them starts markup. */
function plain(text: string, maxLength = 300): string {
  return safeText(text, maxLength).replace(/[\\`*_{}[\]<>#|~&]/g, (character) => `\\${character}`)
}

/** Untrusted text as code: the fence is longer than any run of backticks inside. */
function code(text: string): string {
  const safe = safeText(text, 500)
  const marks = '`'.repeat(longestRun(safe) + 1)
  const space = safe.startsWith('`') || safe.endsWith('`') ? ' ' : ''
  return `${marks}${space}${safe}${space}${marks}`
}

function fence(language: string, text: string): string {
  const marks = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${marks}${language}\n${text}\n${marks}`
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}
