import { type Header, readHeader } from '../../readers/v8-heapsnapshot/header.ts'
import { SkippedMember } from '../../readers/v8-heapsnapshot/sections.ts'

/** How much of a file is looked at for its header. */
export const HEADER_END = 1 << 16

/** The header of a V8 snapshot that begins with these bytes; undefined when there is none that can be used. */
export function headerIn(head: Uint8Array): Header | undefined {
  const begin = /^\s*\{\s*"snapshot"\s*:\s*/.exec(new TextDecoder('latin1').decode(head.subarray(0, 256)))
  if (begin === null) return undefined
  const member = new SkippedMember(HEADER_END)
  try {
    member.push(head, begin[0].length, head.length)
    return member.isDone ? readHeader(member.text()) : undefined
  } catch {
    return undefined // the ordinary reader says why
  }
}
