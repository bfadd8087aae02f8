import { bytesText, countText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import type { RetainingPath } from '../model/retaining-path.ts'
import { type FoldedStep, foldSteps, pickSteps } from './fold-steps.ts'
import { placeText, rootText } from './node-text.ts'
import type { Paint } from './paint.ts'
import { wrap } from './wrap.ts'

const MOST_STEPS = 20
const DEEPEST = 10

/**
 * A path as a tree of one branch: the root, then one line per step with its place and status, the suspect reference
 * underlined. `columns` is what remains right of where the caller puts the lines.
 */
export function renderPath(path: RetainingPath, columns: number, paint: Paint): string[] {
  const steps = foldSteps(path.steps)
  const [first, ...rest] = steps
  // The first step usually leaves ROOT by an edge, or arrives at a node, that is named like the root: said once.
  const root = rootText(path.root, columns)
  const isRoot = first !== undefined && rootText(first.node) === root
  const named = isRoot || (first !== undefined && first.edge === safeText(path.root, 40))
  const shown = named ? rest : steps
  const lines = [`${root}${named && !isRoot ? ` ${first.node}` : ''}`]
  if (named) lines[0] += first.location === undefined ? '' : `  ${placeText(first.location)}`
  const picked = pickSteps(shown, MOST_STEPS)
  const lefts = picked.map((position, depth) => `${'  '.repeat(Math.min(depth, DEEPEST))}└ ${shown[position]!.edge} : ${shown[position]!.node}`)
  const rightAt = 3 + Math.max(0, ...lefts.map(({ length }) => length).filter((length) => length <= columns * 0.55))
  let suspects = 0
  for (const [depth, position] of picked.entries()) {
    const step = shown[position]!
    const indent = '  '.repeat(Math.min(depth, DEEPEST) + 1)
    const missing = position - (picked[depth - 1] ?? -1) - 1
    if (missing > 0) lines.push(`${indent.slice(2)}… ${countText(missing)} more steps, all in --json`)
    const { line, rest } = stepLine(lefts[depth]!, rightsOf(step), rightAt, columns)
    lines.push(line)
    const below = [...rest]
    if (step.suspect) {
      // Right below the reference it marks; what did not fit on the step's own line follows it.
      const words = step.note === undefined ? (suspects === 0 ? suspectWords(shown) : '') : safeText(step.note, 300)
      suspects++
      const marks = `${indent}${'~'.repeat(Math.max(1, step.edge.length))}`
      const [head = '', ...more] = wrap(words, Math.max(20, columns - marks.length - 1))
      lines.push(`${marks} ${head}`.trimEnd())
      below.unshift(...more)
    } else if (step.note !== undefined) below.push(safeText(step.note, 300))
    lines.push(...below.flatMap((text) => wrap(text, Math.max(20, columns - indent.length))).map((text) => indent + text))
  }
  return lines.map((line) => paintWords(line, paint))
}

function suspectWords(steps: readonly FoldedStep[]): string {
  return steps.filter(({ suspect }) => suspect).length === 1 ? 'this reference keeps it' : 'one of these references keeps it'
}

/** What stands to the right of a step: where it is, how it is judged and why, how much it keeps. */
function rightsOf({ location, status, reason, retainedBytes }: FoldedStep): string[] {
  const rights: string[] = []
  if (location !== undefined) rights.push(placeText(location))
  if (reason !== undefined) rights.push(`${status}: ${safeText(reason, 300)}`)
  else if (status !== 'fine') rights.push(status)
  if (retainedBytes !== undefined && status !== 'fine') rights.push(`keeps ${bytesText(retainedBytes)}`)
  return rights
}

/** On the step's own line what fits there; the rest is for the lines below. */
function stepLine(left: string, rights: readonly string[], rightAt: number, columns: number): { line: string; rest: readonly string[] } {
  let line = left
  for (const [index, right] of rights.entries()) {
    const joined = (index === 0 ? line.padEnd(rightAt - 2) : line) + '  ' + right
    if (joined.length > columns) return { line, rest: rights.slice(index) }
    line = joined
  }
  return { line, rest: [] }
}

function paintWords(line: string, paint: Paint): string {
  return line.replace(/ {2}(leaking|suspect)(?=:| {2}|$)|~{2,}/, (words) => paint(words.includes('suspect') ? 'yellow' : 'red', words))
}
