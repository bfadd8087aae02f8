import { bytesText, countText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { framesOfSites, placeOf, type ProfileColumn } from './profile-frames.ts'
import { xmlText } from './xml-text.ts'

const WIDTH = 1200
const ROW = 17
/** Narrower boxes cannot be seen; leaving them out bounds the file whatever the profile. */
const MIN_WIDTH = 0.4
const MAX_DEPTH = 256
const CHARACTER = 6.6

interface Box {
  name: string
  title: string
  x: number
  width: number
  depth: number
}

/**
 * A flame graph as one SVG without scripts: width is memory, the root is on top, callers above callees; the heaviest
 * child is always the leftmost, so two pictures of one program look alike. Sites of no or negative weight are left out.
 * Every box carries its full name, place, size and share as a tooltip.
 */
export function renderFlameSvg(profile: AllocationProfile, column: ProfileColumn): string {
  const { siteCount, siteParent } = profile
  const own = profile[column] ?? new Float64Array(siteCount)
  const totals = Float64Array.from(own, (value) => Math.max(0, value))
  for (let site = siteCount - 1; site > 0; site--) totals[siteParent[site]!]! += totals[site]!
  const whole = totals[0]!
  const boxes = whole > 0 ? layOut(profile, totals, column) : []
  const depth = boxes.reduce((deepest, box) => Math.max(deepest, box.depth), 0)
  const height = (depth + 1) * ROW + 44
  const amount = amountText(whole, column, profile.unit)
  const label = `${amount} · ${profile.source.format} · ${profile.source.name}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="11" role="img" aria-label="${xmlText(safeText(label, 300))}">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="8" y="20" font-size="13">${xmlText(safeText(label, 160))}</text>`,
    ...boxes.map(drawBox),
    ...(boxes.length === 0 ? ['<text x="8" y="40">nothing with a weight above zero</text>'] : []),
    '</svg>',
    '',
  ].join('\n')
}

function layOut(profile: AllocationProfile, totals: Float64Array, column: ProfileColumn): Box[] {
  const { siteCount, siteParent, siteFrame } = profile
  const nameOf = framesOfSites(profile)
  const children = new Map<number, number[]>()
  const whole = totals[0]!
  for (let site = 1; site < siteCount; site++) {
    if ((totals[site]! / whole) * WIDTH < MIN_WIDTH) continue
    const siblings = children.get(siteParent[site]!)
    if (siblings === undefined) children.set(siteParent[site]!, [site])
    else siblings.push(site)
  }
  const boxes: Box[] = []
  const waiting: { site: number; x: number; depth: number }[] = [{ site: 0, x: 0, depth: 0 }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { site, depth } = next
    const width = (totals[site]! / whole) * WIDTH
    const name = site === 0 ? 'all' : nameOf(site)
    const place = site === 0 ? undefined : placeOf(profile, siteFrame[site]!)
    const share = `${((100 * totals[site]!) / whole).toFixed(1)} %`
    boxes.push({ name, title: `${name}${place === undefined ? '' : ` (${place})`}: ${amountText(totals[site]!, column, profile.unit)}, ${share}`, x: next.x, width, depth })
    if (depth >= MAX_DEPTH) continue
    let x = next.x
    for (const child of (children.get(site) ?? []).toSorted((a, b) => totals[b]! - totals[a]!)) {
      waiting.push({ site: child, x, depth: depth + 1 })
      x += (totals[child]! / whole) * WIDTH
    }
  }
  return boxes
}

function drawBox({ name, title, x, width, depth }: Box): string {
  const y = 30 + depth * ROW
  const fits = Math.floor((width - 6) / CHARACTER)
  const text = fits < 3 ? '' : `<text x="${(x + 3).toFixed(1)}" y="${y + 12}">${xmlText(safeText(name, fits))}</text>`
  return `<g><title>${xmlText(safeText(title, 500))}</title><rect x="${x.toFixed(2)}" y="${y}" width="${Math.max(0.2, width - 0.5).toFixed(2)}" height="${ROW - 1}" rx="1" fill="${colorOf(name)}"/>${text}</g>`
}

/** A warm colour that depends on the package or folder, so that neighbours of one origin look alike. */
function colorOf(name: string): string {
  const origin = name.replace(/[.:(][^./:]*$/, '')
  let hash = 7
  for (let i = 0; i < origin.length; i++) hash = (Math.imul(hash, 31) + origin.charCodeAt(i)) >>> 0
  return `hsl(${15 + (hash % 40)} ${62 + ((hash >>> 8) % 20)}% ${72 + ((hash >>> 16) % 12)}%)`
}

function amountText(value: number, column: ProfileColumn, unit: string): string {
  return column.endsWith('Bytes') ? bytesText(value) : `${countText(value)} ${safeText(unit, 30)}`
}
