/**
 * Where the JSON objects of a text begin and end: one behind the other, a line each or indented, with anything in between.
 * A last one that is cut is given as far as it goes. Cost: one pass.
 */
export function* jsonDocuments(text: string): Generator<{ start: number; end: number }> {
  let depth = 0
  let start = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 0x5c) at++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = depth > 0
    else if (code === 0x7b && depth++ === 0) start = at
    else if (code === 0x7d && depth > 0 && --depth === 0) yield { start, end: at + 1 }
  }
  if (depth > 0) yield { start, end: text.length }
}
