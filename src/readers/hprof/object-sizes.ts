import type { HeapGraph } from '../../model/heap-graph.ts'
import { addNotice, type Source } from '../../model/source.ts'
import type { AddressIndex } from './address-index.ts'
import { type ClassTable, type HprofClass, PRIMITIVE_NAMES, valueBytes } from './class-table.ts'
import { WHAT } from './heap-records.ts'
import { alignUp, arrayBytes, type Evidence, findLayout, firstElementBytes, type GivenLayout, instanceBytes, type Layout } from './layout.ts'

/** Pairs of neighbours that are looked at; the first ones decide, more would only cost time. */
const MAX_ARRAYS = 20_000

export interface Columns {
  classOf: Uint32Array
  what: Uint8Array
  size: Uint32Array
}

/**
 * How wide references in arrays are, and the shallow size of every node: `Uint32Array` unless an array is larger than
 * that. The sizes take the place of the counts in `columns.size`.
 */
export function objectSizes({ columns, addresses, index, classes, idBytes, version, source, given = {} }: {
  columns: Columns
  addresses: Float64Array
  index: AddressIndex
  classes: ClassTable
  idBytes: 4 | 8
  version: string
  source: Source
  /** What is said of the layout from outside. */
  given?: GivenLayout | undefined
}): { shallowBytes: Float64Array | Uint32Array; referenceArrays: NonNullable<HeapGraph['referenceArrays']> } {
  const { classOf, what, size } = columns
  const object = classes.list.findIndex((_, number) => classes.nameOf(number) === 'java.lang.Object')
  // Who writes a size for java.lang.Object (Android, native images) writes true ones for all classes.
  const areTrue = object >= 0 && classes.list[object]!.instanceBytes > 0
  const isFixed = areTrue || idBytes === 4
  if (isFixed && Object.keys(given).length > 0) addNotice(source, { code: 'layout-not-used', message: `the layout given is not used: ${areTrue ? 'this dump holds true sizes' : 'a JVM of 32 bits has but one'}` })
  const layout = isFixed ? fixedLayout(idBytes) : layoutFromAddresses(columns, { addresses, index }, classes, source, given)
  const ofInstance = new Map<number, number>()
  const sizeOfInstance = (number: number): number => {
    const known = ofInstance.get(number)
    if (known !== undefined) return known
    const levels = areTrue ? undefined : classes.levelsOf(number)
    const bytes = levels === undefined ? classes.list[number]!.instanceBytes : instanceBytes(levels, layout)
    ofInstance.set(number, bytes)
    return bytes
  }
  const classClass = classes.list.findIndex((_, number) => classes.nameOf(number) === 'java.lang.Class')
  // Static fields stand behind the fields of the class object itself.
  const mirrorBytes = classClass < 0 ? 0 : sizeOfInstance(classClass)
  let shallowBytes: Float64Array | Uint32Array = size
  for (let node = 1; node < what.length; node++) {
    const kind = what[node]!
    const described = classes.list[classOf[node]!]
    let bytes: number
    if (kind === WHAT.class) bytes = areTrue ? (described?.staticBytes ?? 0) : alignUp(mirrorBytes + staticsBytes(described, layout, idBytes), layout.alignmentBytes)
    else if (kind === WHAT.instance) bytes = sizeOfInstance(classOf[node]!)
    else if (kind === WHAT.objectArray) bytes = arrayBytes(size[node]!, layout.referenceBytes, layout)
    else bytes = arrayBytes(size[node]!, valueBytes(kind, idBytes)!, layout)
    if (bytes >= 2 ** 32 && shallowBytes === size) shallowBytes = new Float64Array(size)
    shallowBytes[node] = bytes
  }
  if (version !== '1.0.3' && !areTrue) source.runtime = 'jvm'
  return {
    shallowBytes,
    referenceArrays: { firstElementBytes: firstElementBytes(layout.referenceBytes, layout), elementBytes: layout.referenceBytes },
  }
}

/** The dump counts a reference as wide as an id. */
function staticsBytes(described: HprofClass | undefined, { referenceBytes }: Layout, idBytes: number): number {
  return described === undefined ? 0 : described.staticBytes - described.staticReferences * (idBytes - referenceBytes)
}

/** Without HotSpot on 64 bits there is nothing to find out: 32-bit words. */
function fixedLayout(idBytes: 4 | 8): Layout {
  return idBytes === 4
    ? { headerBytes: 8, referenceBytes: 4, packing: 'by-level', alignmentBytes: 8 }
    : { headerBytes: 12, referenceBytes: 8, packing: 'filled', alignmentBytes: 8 }
}

function layoutFromAddresses({ classOf, what, size }: Columns, { addresses, index: { nodeAt } }: { addresses: Float64Array; index: AddressIndex }, classes: ClassTable, source: Source, given: GivenLayout): Layout {
  const nearest = new Float64Array(classes.list.length).fill(Number.POSITIVE_INFINITY)
  const arrays = new Map<number, { elementBytes: number | 'reference'; count: number; distance: number; times: number }>()
  let arrayCount = 0
  let common = 0
  for (let rank = 0; rank + 1 < nodeAt.length; rank++) {
    const node = nodeAt[rank]!
    const distance = addresses[nodeAt[rank + 1]!]! - addresses[node]!
    if (common !== 8 && distance < 2 ** 31) common = greatestCommonDivisor(common, distance)
    const kind = what[node]!
    if (kind === WHAT.instance) {
      if (distance < nearest[classOf[node]!]!) nearest[classOf[node]!] = distance
    } else if (kind !== WHAT.class && arrayCount < MAX_ARRAYS && distance < 4096 + 16 * size[node]!) {
      arrayCount++
      // Most arrays are like others: each kind is looked at once. The key is exact below 2^53; lengths are below 2^31.
      const key = (distance * 2 ** 16 + (size[node]! & 0xffff)) * 128 + kind
      const known = arrays.get(key)
      if (known !== undefined && known.count === size[node]) known.times++
      else arrays.set(known === undefined ? key : -arrayCount, { elementBytes: kind === WHAT.objectArray ? 'reference' : valueBytes(kind, 8)!, count: size[node]!, distance, times: 1 })
    }
  }
  const instances: Evidence['instances'][number][] = []
  for (let number = 0; number < nearest.length; number++) {
    const levels = Number.isFinite(nearest[number]!) ? classes.levelsOf(number) : undefined
    if (levels !== undefined) instances.push({ levels, distance: nearest[number]! })
  }
  const alignmentBytes = given.alignmentBytes ?? (common >= 8 && common <= 256 && Number.isInteger(Math.log2(common)) ? common : 8)
  const { layout, isProven, overlaps } = findLayout({ instances, arrays: [...arrays.values()], alignmentBytes }, given)
  const isGiven = Object.keys(given).length > 0
  if (isGiven && overlaps > 0) {
    addNotice(source, { code: 'layout-contradicted', count: overlaps, message: `with the layout given (references of ${layout.referenceBytes}, headers of ${layout.headerBytes}, alignment ${layout.alignmentBytes} bytes) objects run into the next one: it is not this JVM's` })
  }
  if (!isProven && (given.referenceBytes === undefined || given.headerBytes === undefined)) {
    addNotice(source, {
      code: 'sizes-assumed',
      message: 'no two objects lie side by side, so sizes are those of a JVM with compressed references (its default below 32 GB)',
    })
  }
  return layout
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b]
  return a
}

/** `byte[]`, for the type of a primitive array's elements. */
export function primitiveArrayName(type: number): string {
  return `${PRIMITIVE_NAMES[type] ?? 'unknown'}[]`
}
