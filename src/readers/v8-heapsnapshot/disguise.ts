/** Letters stay letters of their kind (those of hexadecimal numbers too), digits digits: what a text looks like stays. */
const CLASSES = ['0123456789', 'abcdef', 'ghijklmnopqrstuvwxyz', 'ABCDEF', 'GHIJKLMNOPQRSTUVWXYZ'] as const

/**
 * A text with another letter for each letter and another digit for each digit, and all else as it was: so the form of
 * a key is the same, and what it says is gone. `text` is as it stands in JSON, and so is the result: escapes stay escapes.
 * `seed` tells texts of one form apart. The result has as many bytes.
 */
export function disguise(text: string, seed: number): string {
  let state = (seed * 2_654_435_761 + 1) >>> 0
  const other = (original: string, list: string): string => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    const at = (state >>> 16) % list.length
    return list[at] === original ? list[(at + 1) % list.length]! : list[at]!
  }
  return text.replace(/\\u[0-9a-f]{4}(?:\\u[0-9a-f]{4})?|\\.|(?<=\d)T(?=\d)|./giu, (part) => {
    if (part.length === 1) {
      const list = CLASSES.find((each) => each.includes(part))
      if (list !== undefined) return part === 'T' && /\dT\d/.test(text) ? part : other(part, list)
    }
    if (/^\\u/i.test(part)) {
      const units = part.match(/[0-9a-f]{4}/gi)!.map((unit) => Number.parseInt(unit, 16))
      // Two escapes are one character only when they are a pair of surrogates.
      const characters = Array.from(String.fromCharCode(...units))
      if (!characters.some((character) => /[\p{L}\p{Nd}]/u.test(character))) return part
      return units.map((unit) => `\\u00${other('', /\p{Nd}/u.test(String.fromCharCode(unit)) ? CLASSES[0] : CLASSES[2]).charCodeAt(0).toString(16)}`).join('')
    }
    if (part.startsWith('\\') || !/\p{L}/u.test(part)) return part
    return Array.from({ length: new TextEncoder().encode(part).length }, () => other('', CLASSES[2])).join('')
  })
}
