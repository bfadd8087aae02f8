/**
 * Where the array of edges lies in a snapshot file, found by looking at a few places instead of reading everything:
 * rows of edges look like nothing else (every third number is a small type, every third a multiple of the length of a
 * node's row), so a handful of samples and two bisections are enough. A guess, to be confirmed by whoever reads.
 */
import type { Header } from './header.ts'

/** Reads `length` bytes of the file at `from`; fewer at its end. The result may be reused by the next call. */
export type ReadAt = (from: number, length: number) => Uint8Array

const WINDOW = 1 << 14
const SAMPLES = 48
const KEY = new TextEncoder().encode('"edges":[')
const CLOSE = 93

/** First byte behind the opening bracket, and the closing bracket; undefined when they were not found. */
export function findEdges(readAt: ReadAt, sizeBytes: number, header: Header): { from: number; to: number } | undefined {
  if (header.edge.fields !== 3) return undefined
  const numbers = new Float64Array(WINDOW)
  const isInside = (at: number): boolean => edgesIn(readAt(at, WINDOW), header, numbers) !== undefined
  const step = sizeBytes / SAMPLES
  let first = -1
  let last = -1
  for (let sample = 0; sample < SAMPLES; sample++) {
    const at = Math.floor(sample * step)
    if (!isInside(at)) continue
    if (first < 0) first = at
    last = at
  }
  if (first < 0) return undefined
  // The beginning: between a place before the edges and one inside.
  let before = Math.max(0, Math.floor(first - step))
  let inside = first
  while (inside - before > WINDOW) {
    const middle = Math.floor((before + inside) / 2)
    if (isInside(middle)) inside = middle
    else before = middle
  }
  const from = indexOfKey(readAt(before, 4 * WINDOW))
  if (from < 0) return undefined
  inside = last
  let behind = Math.min(sizeBytes, Math.ceil(last + step) + WINDOW)
  while (behind - inside > WINDOW) {
    const middle = Math.floor((inside + behind) / 2)
    if (isInside(middle)) inside = middle
    else behind = middle
  }
  const to = readAt(inside, 4 * WINDOW).indexOf(CLOSE)
  return to < 0 ? undefined : { from: before + from, to: inside + to }
}

function indexOfKey(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(KEY[0]!); at >= 0; at = bytes.indexOf(KEY[0]!, at + 1)) {
    if (KEY.every((byte, offset) => bytes[at + offset] === byte)) return at + KEY.length
  }
  return -1
}

/**
 * The numbers of whole rows of edges in a piece of the file: numbers and separators only, and in one of the three phases
 * every number is what an edge has there. Undefined for anything else.
 * @param numbers room for as many as there are bytes; the result is a view of it
 */
export function edgesIn(bytes: Uint8Array, { edge, node, nodeCount }: Header, numbers: Float64Array): Float64Array | undefined {
  let count = 0
  let value = 0
  let isNumber = false
  let isFirst = true
  for (const byte of bytes) {
    if (byte >= 48 && byte <= 57) {
      value = value * 10 + byte - 48
      isNumber = true
    } else if (byte === 44 || byte === 10 || byte === 13 || byte === 32) {
      if (isNumber && !isFirst) numbers[count++] = value
      if (isNumber) isFirst = false
      value = 0
      isNumber = false
    } else return undefined
  }
  if (count < 300) return undefined
  const most = nodeCount * node.fields
  for (let phase = 0; phase < 3; phase++) {
    let fits = true
    for (let at = phase; at + 2 < count && fits; at += 3) {
      const target = numbers[at + edge.toNode]!
      fits = numbers[at + edge.type]! < edge.kinds.length && target < most && target % node.fields === 0
    }
    if (fits) return numbers.subarray(phase, phase + 3 * Math.floor((count - phase) / 3))
  }
  return undefined
}
