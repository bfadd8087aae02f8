/**
 * Words of `text` on lines of at most `width` columns. Only spaces break: a path or a name longer than the line
 * stands on a line of its own, whole, so that it can be clicked and copied.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(BREAK)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line.trimEnd())
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines
}

/** Not between the groups of a number, nor between a number and its unit. */
const BREAK = / (?!(?<=\d )\d{3}(?!\d))(?!(?<=\d )(?:B|kB|MB|GB|TB|ms|s|%)(?![\w]))/

/** `label` in front of the first line, the others below its text. */
export function hang(label: string, text: string, columns: number): string[] {
  const indent = ' '.repeat(label.length)
  return wrap(text, Math.max(20, columns - label.length)).map((line, index) => (index === 0 ? label : indent) + line)
}

/** `left` and `right` at the two ends of one line, or on two lines when one is too short. */
export function spread(left: string, right: string, columns: number): string[] {
  const gap = columns - left.length - right.length
  return gap >= 2 ? [left + ' '.repeat(gap) + right] : [left, right.padStart(columns)]
}
