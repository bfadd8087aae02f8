import type { Category } from '../../model/finding.ts'

/** Minified code has no lines to speak of. */
const LONGEST_LINE = 4000
/** How far below a function's first line its statements are looked for, when its end is not known. */
const FUNCTION_LINES = 120

/** A script's text, looked at line by line; lines count from 1. */
export interface SourceText {
  readonly lines: readonly string[]
}

/** Undefined for text that is not written by people. */
export function sourceText(text: string): SourceText | undefined {
  const lines = text.split(/\r?\n/)
  return lines.some((line) => line.length > LONGEST_LINE) ? undefined : { lines }
}

/**
 * The line that declares a variable or property of this name; of several the one closest to `near`.
 * Found by name, with patterns and not with a parser: good for a hint that says so, not for a proof.
 */
export function declarationOf(source: SourceText, name: string, kind: 'variable' | 'property', near: number): number | undefined {
  const word = escaped(name.replace(/^<symbol (.*)>$/, '$1'))
  if (word === '') return undefined
  const patterns = name.startsWith('<symbol ')
    ? [new RegExp(`Symbol\\(\\s*['"\`]${word}['"\`]`)]
    : kind === 'variable'
      ? [new RegExp(`\\b(?:const|let|var|class|function\\s*\\*?)\\s+${word}\\b`), new RegExp(`\\b(?:const|let|var)\\s+.*[,{[]\\s*${word}\\b(?!\\s*:)`), new RegExp(`\\b(?:catch|function\\b[^(]*|async)\\s*\\([^)]*\\b${word}\\b`)]
      : [new RegExp(`(?:\\bthis|\\b[A-Za-z_$][\\w$]*)\\s*(?:\\.|\\[['"\`])${word}(?:['"\`]\\])?\\s*(?:\\?\\?)?=(?!=)`), new RegExp(`^\\s*(?:static\\s+|readonly\\s+|private\\s+|public\\s+|protected\\s+)*${word}\\s*(?::[^=]*)?=(?!=|>)`), new RegExp(`(?:^|[{,\\s])['"]?${word}['"]?\\s*:`)]
  for (const pattern of patterns) {
    const found = closest(source, pattern, near)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * The line in the function that begins at `start` which puts something into the thing of this name: `name.set(…)`,
 * `name.push(…)`, `name[key] = …`; for timers, listeners, streams and promises the call that registers.
 */
export function additionIn(source: SourceText, name: string | undefined, category: Category, start: number): number | undefined {
  const to = Math.min(source.lines.length, start - 1 + functionLength(source, start))
  for (const pattern of additions(name, category)) {
    for (let line = start - 1; line < to; line++) if (pattern.test(source.lines[line]!)) return line + 1
  }
  return undefined
}

/** The line anywhere in the script which puts something into the thing of this name; of several the one closest to `near`. */
export function additionAnywhere(source: SourceText, name: string, near: number): number | undefined {
  for (const pattern of additions(name, 'other')) {
    const line = closest(source, pattern, near)
    if (line !== undefined) return line
  }
  return undefined
}

/** The line in the function that begins at `start` which calls `callee`. */
export function callIn(source: SourceText, callee: string, start: number): number | undefined {
  const name = callee.split('.').at(-1)!.replace(/^(get|set|async|bound|new) /, '')
  if (!/^[\w$#]+$/.test(name)) return undefined
  const pattern = new RegExp(`(?:^|[^\\w$])${escaped(name)}\\s*(?:\\?\\.)?\\(`)
  const to = Math.min(source.lines.length, start - 1 + functionLength(source, start))
  const own = new RegExp(`function\\s*\\*?\\s*${escaped(name)}\\s*\\(|^\\s*(?:async\\s+|static\\s+)*${escaped(name)}\\s*\\([^)]*\\)\\s*\\{`)
  for (let line = start - 1; line < to; line++) if (pattern.test(source.lines[line]!) && !own.test(source.lines[line]!)) return line + 1
  return undefined
}

function additions(name: string | undefined, category: Category): RegExp[] {
  const patterns: RegExp[] = []
  if (name !== undefined && name !== '') {
    const word = escaped(name.replace(/^<symbol (.*)>$/, '$1'))
    const thing = name.startsWith('<symbol ') ? `\\[k?${word}\\]` : `\\b${word}`
    patterns.push(
      new RegExp(`${thing}(?:\\?\\.|!?\\.)(?:set|add|push|unshift|append|enqueue|insert|register|put|store|use|on|once|addListener|addEventListener|subscribe)\\s*\\(`, 'i'),
      new RegExp(`${thing}\\s*\\[[^\\]]+\\]\\s*(?:\\?\\?|\\|\\|)?=(?!=)`),
      new RegExp(`\\bawait\\s+${word}\\b|\\b${word}\\.(?:then|finally|catch)\\(|race\\([^)]*\\b${word}\\b`),
      new RegExp(`${thing}\\s*\\+=`),
    )
  }
  if (category === 'timer') patterns.push(/\bset(?:Interval|Timeout|Immediate)\s*\(/)
  if (category === 'listener') patterns.push(/\.(?:on|once|addListener|prependListener|addEventListener|subscribe|pipe|observe)\s*\(/)
  if (category === 'stream') patterns.push(/\.(?:pipe|write|push)\s*\(|\bpipeline\s*\(/)
  if (category === 'promise') patterns.push(/Promise\.(?:race|any|all)\s*\(|new Promise\s*\(|\.then\s*\(/)
  if (category === 'async-context') patterns.push(/\.(?:run|enterWith|bind|runAndReturn)\s*\(/)
  return patterns
}

/** Lines until the braces opened on or after `start` close again; a guess that strings and comments may mislead. */
function functionLength(source: SourceText, start: number): number {
  let depth = 0
  let opened = false
  for (let line = start - 1; line < source.lines.length && line < start + FUNCTION_LINES; line++) {
    for (const character of source.lines[line]!) {
      if (character === '{') {
        depth++
        opened = true
      } else if (character === '}') depth--
    }
    if (opened && depth <= 0) return line - start + 2
  }
  return FUNCTION_LINES
}

function closest(source: SourceText, pattern: RegExp, near: number): number | undefined {
  let best: number | undefined
  for (const [index, line] of source.lines.entries()) {
    if (!pattern.test(line) || /^\s*(?:\/\/|\*)/.test(line)) continue
    if (best === undefined || Math.abs(index + 1 - near) < Math.abs(best - near)) best = index + 1
  }
  return best
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
