/**
 * How large objects are. A dump does not say: HotSpot writes field sums with references of the width of an id.
 *
 * What decides is how the JVM ran (compressed references, compressed or compact headers) and its version (how fields
 * are packed). The addresses tell: an object cannot be larger than the distance to the next one, and where a
 * collector has put them side by side it is exactly that large. So the layout that is contradicted least and met most
 * often is the JVM's own. Compared with `jcmd GC.class_histogram` over JDK 8 to 25 (test/readers/hprof).
 */

/** The fields one class adds, by the bytes they take. */
export interface FieldCounts {
  references: number
  eights: number
  fours: number
  twos: number
  ones: number
  /** Padding behind all others, which no subclass may fill. */
  behindBytes?: number
}

export interface Layout {
  /** 8: compact headers or 32 bits. 12: compressed class pointers. 16: neither. */
  headerBytes: number
  referenceBytes: number
  /** Filled: gaps that super classes left are used (JDK 15 on). By level: each class starts behind the one above. */
  packing: 'filled' | 'by-level'
  /** Objects start at multiples of it. */
  alignmentBytes: number
}

/** What is known of a JVM's layout from elsewhere; the rest is found out. */
export type GivenLayout = Partial<Pick<Layout, 'headerBytes' | 'referenceBytes' | 'alignmentBytes'>>

export const alignUp = (bytes: number, to: number): number => Math.ceil(bytes / to) * to

/** An instance whose classes, topmost first, add these fields. */
export function instanceBytes(levels: readonly FieldCounts[], layout: Layout): number {
  const end = layout.packing === 'filled' ? endFilled(levels, layout) : endByLevel(levels, layout)
  return alignUp(end, layout.alignmentBytes)
}

export function arrayBytes(count: number, elementBytes: number, layout: Layout): number {
  return alignUp(firstElementBytes(elementBytes, layout) + count * elementBytes, layout.alignmentBytes)
}

/** The length stands behind the header; without compressed class pointers elements begin at a whole word. */
export function firstElementBytes(elementBytes: number, { headerBytes }: Layout): number {
  return alignUp(headerBytes + 4, headerBytes === 16 ? 8 : Math.min(8, elementBytes))
}

/** HotSpot's FieldLayoutBuilder: largest first, primitives before references, into the smallest gap that fits. */
function endFilled(levels: readonly FieldCounts[], { headerBytes, referenceBytes }: Layout): number {
  let end = headerBytes
  let gaps: { at: number; bytes: number }[] = []
  const place = (bytes: number): void => {
    const fitting = gaps.filter((gap) => alignUp(gap.at, bytes) + bytes <= gap.at + gap.bytes)
    const best = fitting.reduce<(typeof gaps)[number] | undefined>((least, gap) => (least === undefined || gap.bytes < least.bytes ? gap : least), undefined)
    const at = alignUp(best === undefined ? end : best.at, bytes)
    if (best === undefined) {
      if (at > end) gaps.push({ at: end, bytes: at - end })
      end = at + bytes
      return
    }
    gaps = gaps.filter((gap) => gap !== best)
    if (at > best.at) gaps.push({ at: best.at, bytes: at - best.at })
    if (best.at + best.bytes > at + bytes) gaps.push({ at: at + bytes, bytes: best.at + best.bytes - at - bytes })
  }
  for (const level of levels) {
    for (const [bytes, count] of [[8, level.eights], [4, level.fours], [2, level.twos], [1, level.ones], [referenceBytes, level.references]] as const) {
      // All fields of one size lie side by side: once no gap is left that fits, the rest need no search.
      for (let field = 0; field < count; field++) {
        if (gaps.length === 0 && end % bytes === 0) {
          end += (count - field) * bytes
          break
        }
        place(bytes)
      }
    }
    if (level.behindBytes !== undefined) {
      end = alignUp(end, 8) + level.behindBytes
      gaps = []
    }
  }
  return end
}

/** JDK 14 and older, allocation style 1: long before int, short, byte, reference; smaller ones fill the first gap. */
function endByLevel(levels: readonly FieldCounts[], { headerBytes, referenceBytes }: Layout): number {
  let end = headerBytes
  for (const level of levels) {
    let { references, fours, twos, ones } = level
    if (level.eights > 0 && end % 8 !== 0) {
      let gap = 8 - (end % 8)
      end += gap
      for (; gap >= 4 && fours > 0; fours--) gap -= 4
      for (; gap >= 2 && twos > 0; twos--) gap -= 2
      for (; gap >= 1 && ones > 0; ones--) gap -= 1
      if (gap >= 4 && referenceBytes === 4 && references > 0) references--
    }
    end += 8 * level.eights
    end = (fours > 0 ? alignUp(end, 4) : end) + 4 * fours
    end = (twos > 0 ? alignUp(end, 2) : end) + 2 * twos + ones
    if (references > 0) end = alignUp(end, referenceBytes) + referenceBytes * references
    end = alignUp(end, referenceBytes)
    if (level.behindBytes !== undefined) end = alignUp(end, 8) + level.behindBytes
  }
  return end
}

/** What the addresses of a dump say about sizes. */
export interface Evidence {
  /** Fields of the classes that have instances, and the smallest distance from one of them to the next object. */
  instances: readonly { levels: readonly FieldCounts[]; distance: number }[]
  /** References, or bytes of an element; how many; the distance to the next object. */
  /** `times`: so many arrays are alike. */
  arrays: readonly { elementBytes: number | 'reference'; count: number; distance: number; times: number }[]
  alignmentBytes: number
}

/**
 * The layout the evidence leaves of those that fit what is given, whether any object was seen to end where the next
 * begins, and how many of the objects looked at would run into the next one.
 */
export function findLayout({ instances, arrays, alignmentBytes }: Evidence, given: GivenLayout = {}): { layout: Layout; isProven: boolean; overlaps: number } {
  let best: { layout: Layout; score: number; exact: number; contradictions: number } | undefined
  for (const headerBytes of given.headerBytes === undefined ? [12, 16, 8] : [given.headerBytes]) {
    for (const referenceBytes of given.referenceBytes === undefined ? [4, 8] : [given.referenceBytes]) {
      for (const packing of ['filled', 'by-level'] as const) {
        const layout: Layout = { headerBytes, referenceBytes, packing, alignmentBytes }
        let contradictions = 0
        let exact = 0
        const compare = (bytes: number, distance: number, times: number): void => {
          if (bytes > distance) contradictions += times
          else if (bytes === distance) exact += times
        }
        for (const { levels, distance } of instances) compare(instanceBytes(levels, layout), distance, 1)
        for (const { elementBytes, count, distance, times } of arrays) compare(arrayBytes(count, elementBytes === 'reference' ? referenceBytes : elementBytes, layout), distance, times)
        // A damaged dump may hold a wrong address or two, so a contradiction weighs much and is not the end.
        const score = exact - 4 * contradictions
        if (best === undefined || score > best.score) best = { layout, score, exact, contradictions }
      }
    }
  }
  const usual: Layout = { headerBytes: 12, referenceBytes: 4, packing: 'filled', ...given, alignmentBytes }
  return best === undefined || best.exact < 3 ? { layout: usual, isProven: false, overlaps: best?.contradictions ?? 0 } : { layout: best.layout, isProven: true, overlaps: best.contradictions }
}
