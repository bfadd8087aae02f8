import type { Frame } from '../model/allocation-profile-builder.ts'

interface Mapping {
  start: number
  end: number
  fileOffset: number
  file: string
}

/** What was loaded where, from the lines of /proc/PID/maps that native heap profiles end with. */
export class LoadedLibraries {
  readonly #mappings: Mapping[] = []
  #isSorted = true

  /** One line: `55fdf0198000-55fdf0199000 r-xp 00001000 fe:00 3146721   /srv/app`. Lines without a file are ignored. */
  addLine(line: string): void {
    const match = /^\s*([0-9a-f]{1,16})-([0-9a-f]{1,16}) \S{4} ([0-9a-f]{1,16}) \S+ \d+\s+(\S.*)$/.exec(line)
    if (match === null) return
    const [start, end, fileOffset] = match.slice(1, 4).map((digits) => Number.parseInt(digits, 16)) as [number, number, number]
    this.#mappings.push({ start, end, fileOffset, file: match[4]! })
    this.#isSorted = false
  }

  /**
   * The frame of a code address: by its symbol, else as library and offset in the file, `libc.so.6+0x29d90`, which
   * addr2line takes and which is the same in every run.
   */
  frame(address: number, symbol: string | undefined): Frame {
    const mapping = this.#at(address)
    const hex = `0x${address.toString(16)}`
    if (mapping === undefined) return { functionName: symbol ?? hex }
    const base = mapping.file.slice(mapping.file.lastIndexOf('/') + 1)
    const offset = address - mapping.start + mapping.fileOffset
    return { functionName: symbol ?? `${base}+0x${offset.toString(16)}`, file: mapping.file }
  }

  #at(address: number): Mapping | undefined {
    if (!this.#isSorted) this.#mappings.sort((a, b) => a.start - b.start)
    this.#isSorted = true
    let low = 0
    let high = this.#mappings.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#mappings[middle]!.start <= address) low = middle + 1
      else high = middle
    }
    const mapping = this.#mappings[low - 1]
    return mapping !== undefined && address < mapping.end ? mapping : undefined
  }
}
