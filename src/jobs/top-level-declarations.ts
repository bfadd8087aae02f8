const WORD = /[\p{ID_Continue}$]+/uy
const OPENING = new Set(['(', '[', '{'])
const CLOSING = new Set([')', ']', '}'])
/** After these a slash begins a regular expression, after all else it divides. */
const BEFORE_REGEX = /(?:^|[([{,;:=!&|?+\-*%~^<>}]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield))$/
const DECLARING = /(?:^|[^\p{ID_Continue}$.])(?:var|let|const|class|function\s*\*?|import)\s*$/u

/**
 * Where the names are declared that stand in no function, block or bracket of a script: offset by name, undefined where
 * the text could not be followed to its end.
 *
 * Method: counts brackets past strings, templates, comments and regular expressions; a text whose brackets do not close
 *   was misunderstood somewhere (a slash after `)` may be either), and is answered with nothing.
 * Cost: one pass over the text.
 */
export function topLevelDeclarations(text: string): ReadonlyMap<string, number> | undefined {
  const declared = new Map<string, number>()
  const templates: number[] = [] // the depth at which each open `${` began
  let depth = 0
  let at = text.startsWith('#!') ? endOf(text, text.indexOf('\n', 0)) : 0
  let previous = '' // the last word or sign
  const regexMayBegin = (): boolean => BEFORE_REGEX.test(previous)
  while (at < text.length) {
    const sign = text[at]!
    if (sign === ' ' || sign === '\n' || sign === '\t' || sign === '\r') {
      at++
    } else if (sign === '/' && text[at + 1] === '/') {
      at = endOf(text, text.indexOf('\n', at))
    } else if (sign === '/' && text[at + 1] === '*') {
      at = endOf(text, text.indexOf('*/', at + 2) + 2, 2)
    } else if (sign === '"' || sign === "'" || (sign === '/' && regexMayBegin())) {
      at = afterLiteral(text, at)
      previous = 'x'
    } else if (sign === '`' || (sign === '}' && templates.at(-1) === depth)) {
      if (sign === '}') templates.pop()
      at = afterTemplatePart(text, at + 1)
      if (text[at - 1] === '{') {
        templates.push(depth)
        previous = '{'
      } else previous = 'x'
    } else {
      WORD.lastIndex = at
      const word = WORD.exec(text)?.[0]
      if (word === undefined) {
        if (OPENING.has(sign)) depth++
        else if (CLOSING.has(sign) && --depth < 0) return undefined
        previous = sign
        at++
      } else {
        if (depth === 0 && !declared.has(word) && isDeclared(text, at, at + word.length, previous)) declared.set(word, at)
        previous = word
        at += word.length
      }
    }
  }
  return depth === 0 && templates.length === 0 ? declared : undefined
}

/** `var a`, `class a`, or a further one of a list: `, a = 1`. */
function isDeclared(text: string, from: number, to: number, previous: string): boolean {
  if (DECLARING.test(text.slice(Math.max(0, from - 20), from))) return true
  return previous === ',' && /^\s*(?:=(?![=>])|[,;])/.test(text.slice(to, to + 10))
}

/** Behind a string or regular expression that begins at `from`; a line's end breaks both off. */
function afterLiteral(text: string, from: number): number {
  const quote = text[from]!
  let isInClass = false
  for (let at = from + 1; at < text.length; at++) {
    const sign = text[at]!
    if (sign === '\\') at++
    else if (sign === '\n') return at
    else if (quote === '/' && sign === '[') isInClass = true
    else if (quote === '/' && sign === ']') isInClass = false
    else if (sign === quote && !isInClass) return at + 1
  }
  return text.length
}

/** Behind the closing backtick, or behind the `${` of a part to come. */
function afterTemplatePart(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '`') return at + 1
    else if (text[at] === '$' && text[at + 1] === '{') return at + 2
  }
  return text.length
}

function endOf(text: string, found: number, least = 0): number {
  return found < least ? text.length : found
}
