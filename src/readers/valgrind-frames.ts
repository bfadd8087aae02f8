import type { Frame } from '../model/allocation-profile-builder.ts'

/**
 * A frame as Valgrind's text outputs write it: `0x10919D: store (leak.c:9)`, `0x48417B4: malloc (in /usr/lib/x.so)`,
 * `0x109232: ??? (in /bin/app)`; dhat-rs adds the column. C++ names hold parentheses and blanks themselves, so the
 * place is the last balanced pair, if it looks like one.
 */
export function valgrindFrame(label: string): Frame {
  const colon = /^0x[0-9A-Fa-f]+: /.exec(label)
  const address = colon === null ? undefined : label.slice(0, colon[0].length - 2)
  const rest = colon === null ? label : label.slice(colon[0].length)
  const open = rest.endsWith(')') ? matchingOpen(rest) : -1
  if (open > 0 && rest[open - 1] === ' ') {
    const place = rest.slice(open + 1, -1)
    const name = rest.slice(0, open - 1)
    if (place.startsWith('in ')) return named(name, address, { file: place.slice(3) })
    const at = /^(.+?):(\d+)(?::(\d+))?$/.exec(place)
    if (at !== null) {
      const column = Number(at[3] ?? 0)
      return named(name, address, { file: at[1]!, line: asLine(at[2]!), ...(column > 0 && column < 0xffffffff ? { column } : {}) })
    }
  }
  return named(rest, address, {})
}

/** A line number out of a file, 0 where it cannot be one. */
export function asLine(digits: string): number {
  const line = Number(digits)
  return Number.isInteger(line) && line >= 0 && line < 0xffffffff ? line : 0
}

function named(name: string, address: string | undefined, place: Omit<Frame, 'functionName'>): Frame {
  return { functionName: name === '???' && address !== undefined ? addressName(address, place.file) : name, ...place }
}

/**
 * The name of a function without one: its address, and the library, so that two such functions stay two. Valgrind loads
 * a program at the same addresses in every run.
 */
export function addressName(address: string, library: string | undefined): string {
  return library === undefined ? address : `${library.slice(library.lastIndexOf('/') + 1)} ${address}`
}

/** Where the parenthesis opens that the last character closes; −1 when none does. */
function matchingOpen(text: string): number {
  let depth = 0
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') depth++
    if (text[at] === '(' && --depth === 0) return at
  }
  return -1
}
