import type { SourceText } from './source-lines.ts'

/** A longer function is not read to its end. */
const LONGEST = 20_000
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * The text of the function that begins at a place as V8 gives it: at its parameters, or at `function`, `async`, `class`.
 * A scanner of brackets, strings, templates, comments and regular expressions, not a parser: where it cannot tell the
 * end it says nothing. @returns undefined when the end was not found
 */
export function functionText({ lines }: SourceText, { line, column }: { line: number; column: number }): string | undefined {
  const text = lines.slice(line - 1).join('\n').slice(column - 1, column - 1 + LONGEST)
  const head = /^(?:async\b\s*)?(?:function\b\s*\*?\s*)?[\w$]*\s*/.exec(text)![0]
  let at = head.length
  if (text[at] === '(') at = endOf(text, at)
  else if (!/^(?:async\s+)?[\w$]+\s*$/.test(head)) return undefined
  if (at < 0) return undefined
  const arrow = /^\s*=>\s*/.exec(text.slice(at))
  const body = at + (arrow === null ? /^\s*/.exec(text.slice(at))![0].length : arrow[0].length)
  if (text[body] === '{') {
    const end = endOf(text, body)
    return end < 0 ? undefined : text.slice(0, end)
  }
  if (arrow === null) return undefined
  const end = endOfExpression(text, body)
  return end < 0 ? undefined : text.slice(0, end)
}

/** Behind the bracket that closes the one at `at`; −1 when there is none. */
function endOf(text: string, at: number): number {
  const open: string[] = []
  for (let i = at; i < text.length; ) {
    const next = skipped(text, i)
    if (next < 0) return -1
    if (next > i) {
      i = next
      continue
    }
    const char = text[i]!
    if (CLOSING[char] !== undefined) open.push(CLOSING[char])
    else if (char === ')' || char === ']' || char === '}') {
      if (open.pop() !== char) return -1
      if (open.length === 0) return i + 1
    }
    i++
  }
  return -1
}

/** Where the body of an arrow function without braces ends. */
function endOfExpression(text: string, at: number): number {
  for (let i = at; i < text.length; ) {
    const next = CLOSING[text[i]!] === undefined ? skipped(text, i) : endOf(text, i)
    if (next < 0) return -1
    if (next > i) {
      i = next
      continue
    }
    if (/[,;)\]}]/.test(text[i]!)) return i
    if (text[i] === '\n' && !/^\s*([.?:+*/%&|^<>=-]|in\b|instanceof\b)/.test(text.slice(i + 1)) && !/[.?:+*/%&|^<>=(,-]\s*$/.test(text.slice(at, i))) return i
    i++
  }
  return text.length < LONGEST ? text.length : -1
}

/** Behind the string, template, comment or regular expression at `at`; `at` where none begins, −1 where it has no end. */
function skipped(text: string, at: number): number {
  const rest = text.slice(at, at + 2)
  if (rest === '//') return lineEnd(text, at)
  if (rest === '/*') return behind(text, '*/', at + 2)
  const char = text[at]!
  if (char === "'" || char === '"') return endOfQuoted(text, at, char)
  if (char === '`') return endOfTemplate(text, at)
  if (char === '/' && /(^|[(,=:[!&|?{};+*%<>~^-]|\b(return|typeof|case|in|of|void|yield|await))\s*$/.test(text.slice(Math.max(0, at - 40), at))) return endOfRegExp(text, at)
  return at
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

const behind = (text: string, what: string, at: number): number => {
  const end = text.indexOf(what, at)
  return end < 0 ? -1 : end + what.length
}

function endOfQuoted(text: string, at: number, quote: string): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === quote) return i + 1
    else if (text[i] === '\n') return -1
  }
  return -1
}

function endOfRegExp(text: string, at: number): number {
  let isInClass = false
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i]
    if (char === '\\') i++
    else if (char === '[') isInClass = true
    else if (char === ']') isInClass = false
    else if (char === '/' && !isInClass) return i + 1
    else if (char === '\n') return -1
  }
  return -1
}

/** A template may hold expressions, and these templates again: depth is counted, nothing recurs. */
function endOfTemplate(text: string, at: number): number {
  const open: ('`' | '{')[] = ['`']
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i]!
    if (open.at(-1) === '`') {
      if (char === '\\') i++
      else if (char === '`') open.pop()
      else if (char === '$' && text[i + 1] === '{') {
        open.push('{')
        i++
      }
      if (open.length === 0) return i + 1
    } else if (char === '`') open.push('`')
    else if (char === '{') open.push('{')
    else if (char === '}') open.pop()
    else if (char === "'" || char === '"') {
      const end = endOfQuoted(text, i, char)
      if (end < 0) return -1
      i = end - 1
    }
  }
  return -1
}
