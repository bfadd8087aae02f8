/**
 * The source line of an instruction, from a code object's line table. Formats by Python version:
 * `co_lnotab` up to 3.9 (Objects/lnotab_notes.txt), `co_linetable` of 3.10 (PEP 626), the location table from 3.11 on
 * (InternalDocs/code_objects.md). Offsets are as memray writes them: bytes, in 3.10 instructions.
 * Cost: O(table). Tables that end early give the line reached so far.
 */
export function lineOfInstruction(pythonVersion: number, table: Uint8Array, offset: number, firstLine: number): number {
  if (table.length === 0 || offset < 0) return table.length === 0 ? firstLine : 0
  if (pythonVersion >= 0x030b0000) return fromLocationTable(table, Math.floor(offset / 2), firstLine)
  return pythonVersion >= 0x030a0000 ? fromLineTable(table, offset * 2, firstLine) : fromLnotab(table, offset, firstLine)
}

function fromLocationTable(table: Uint8Array, wanted: number, firstLine: number): number {
  let line = firstLine
  let instruction = 0
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 1; at < table.length; shift *= 64) {
      const byte = table[at++]!
      value += (byte & 63) * shift
      if ((byte & 64) === 0) break
    }
    return value
  }
  const signed = (): number => {
    const value = varint()
    return value % 2 === 1 ? -(value - 1) / 2 : value / 2
  }
  while (at < table.length) {
    const first = table[at++]!
    const code = (first >> 3) & 15
    if (code === 14) {
      line += signed()
      varint()
      varint()
      varint()
    } else if (code === 13) line += signed()
    else if (code >= 10 && code <= 12) {
      line += code - 10
      at += 2
    } else if (code < 10) at++
    instruction += (first & 7) + 1
    if (instruction > wanted) return line
  }
  return line
}

function fromLineTable(table: Uint8Array, wanted: number, firstLine: number): number {
  let line = firstLine
  let end = 0
  for (let at = 0; at + 1 < table.length; at += 2) {
    end += table[at]!
    const delta = (table[at + 1]! << 24) >> 24
    if (delta !== -128) line += delta
    if (end > wanted) break
  }
  return line
}

function fromLnotab(table: Uint8Array, wanted: number, firstLine: number): number {
  let line = firstLine
  let address = 0
  for (let at = 0; at + 1 < table.length; at += 2) {
    address += table[at]!
    if (address > wanted) break
    line += (table[at + 1]! << 24) >> 24
  }
  return line
}
