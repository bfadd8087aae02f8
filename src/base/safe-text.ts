/**
 * Text out of a process or a file is not ours: it may hold escape sequences that move a terminal's cursor, change
 * its title or hide lines, bidirectional controls that reorder what is read, or be a megabyte long.
 * Everything untrusted passes here before it reaches a terminal, a label or a file name.
 */

// C0 and C1 controls, DEL, bidirectional controls, line and paragraph separators, lone surrogates.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** `text` on one line with every unsafe character shown as an escape, cut at `maxLength` characters with `…`. */
export function safeText(text: string, maxLength = 200): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text
  return cut.replace(UNSAFE, (character) => {
    if (character === '\n') return '\\n'
    if (character === '\t') return '\\t'
    if (character === '\r') return '\\r'
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
