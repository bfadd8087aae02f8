import { EDGE } from '../../model/heap-graph.ts'
import { edgesIn, findEdges, type ReadAt } from './find-edges.ts'
import type { Header } from './header.ts'

/** What a few looks at a snapshot file tell before it is read. */
export interface LookAhead {
  /** Bytes of the array of strings, its separators included. */
  stringBytes: number
  stringCount: number
  /** Of the edges, the share that can keep its target alive. */
  strongShare: number
}

const WINDOW = 1 << 14
const LOOKS = 8
const KEY = new TextEncoder().encode('"strings":[')
const QUOTE = 34
const COMMA = 44
/** More other bytes than the keys of a few arrays have, and a piece is no numbers. */
const MOST_LETTERS = 300

/**
 * Looks at the file where its edges and strings must be: the strings come last and may be a hundredth of the file or
 * half of it, and how many edges are weak shows in any handful. Estimates; the reader finds out.
 * Cost: about a hundred reads of 16 KiB. Undefined where the file is not laid out as V8 writes it.
 */
export function lookAhead(readAt: ReadAt, sizeBytes: number, header: Header): LookAhead | undefined {
  const edgesAt = findEdges(readAt, sizeBytes, header)
  if (edgesAt === undefined) return undefined
  let numbers = edgesAt.to
  let behind = sizeBytes
  while (behind - numbers > WINDOW) {
    const middle = Math.floor((numbers + behind) / 2)
    if (isNumbers(readAt(middle, WINDOW))) numbers = middle
    else behind = middle
  }
  const key = indexOf(readAt(numbers, 3 * WINDOW), KEY)
  if (key < 0) return undefined
  const from = numbers + key + KEY.length
  let looked = 0
  let ends = 0
  for (const at of spread(from, sizeBytes)) {
    const bytes = readAt(at, WINDOW)
    looked += bytes.length
    for (let i = 1; i < bytes.length; i++) if (bytes[i] === COMMA && bytes[i - 1] === QUOTE) ends++
  }
  let edges = 0
  let strong = 0
  const room = new Float64Array(WINDOW)
  for (const at of spread(edgesAt.from, edgesAt.to)) {
    const rows = edgesIn(readAt(at, WINDOW), header, room) ?? []
    for (let row = 0; row < rows.length; row += header.edge.fields) {
      const kind = header.edge.kinds[rows[row + header.edge.type]!]
      edges++
      if (kind !== EDGE.weak && kind !== EDGE.shortcut) strong++
    }
  }
  const stringBytes = Math.max(0, sizeBytes - from)
  return { stringBytes, stringCount: looked === 0 ? 0 : Math.ceil((ends / looked) * stringBytes), strongShare: edges === 0 ? 1 : strong / edges }
}

/** Places all over [from … to), each with room for a piece behind it. */
function spread(from: number, to: number): number[] {
  const step = Math.max(1, Math.floor((to - from - WINDOW) / LOOKS))
  return Array.from({ length: LOOKS }, (_, look) => from + look * step).filter((at) => at < to)
}

function isNumbers(bytes: Uint8Array): boolean {
  let letters = 0
  for (const byte of bytes) {
    const isNumber = (byte >= 48 && byte <= 57) || byte === COMMA || byte === 10 || byte === 13 || byte === 32 || byte === 45 || byte === 91 || byte === 93
    if (!isNumber && ++letters > MOST_LETTERS) return false
  }
  return true
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = bytes.indexOf(wanted[0]!); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1)) {
    if (wanted.every((byte, offset) => bytes[at + offset] === byte)) return at
  }
  return -1
}
