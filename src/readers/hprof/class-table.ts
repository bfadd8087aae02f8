import { NODE } from '../../model/heap-graph.ts'
import { sourceName } from '../jvm-class-names.ts'
import { INJECTED, type Injected } from './injected-fields.ts'
import type { FieldCounts } from './layout.ts'
import type { Names } from './names.ts'

/** Types of values: 2 reference, 4 boolean, 5 char, 6 float, 7 double, 8 byte, 9 short, 10 int, 11 long. */
export const REFERENCE = 2
export const PRIMITIVE_NAMES: readonly (string | undefined)[] = [undefined, undefined, undefined, undefined, 'boolean', 'char', 'float', 'double', 'byte', 'short', 'int', 'long']

/** Bytes of a value of `type` in the file; undefined for what is no type. */
export function valueBytes(type: number, idBytes: number): number | undefined {
  return type === REFERENCE ? idBytes : [undefined, undefined, undefined, undefined, 1, 2, 4, 8, 1, 2, 4, 8][type]
}

export interface HprofClass {
  readonly address: number
  nameId: number | undefined
  /** Its CLASS_DUMP was seen; before that only its name is known. */
  isDefined: boolean
  superAddress: number
  loaderAddress: number
  /** As the dump says: HotSpot writes the plain sum of the fields, Android the true size. */
  instanceBytes: number
  staticBytes: number
  staticReferences: number
  fieldNames: number[]
  fieldTypes: number[]
}

/** Where the references are in the field values of an instance: its own class's first, then each super class's. */
export interface InstanceShape {
  byteLength: number
  offsets: readonly number[]
  names: readonly number[]
  isWeak: readonly boolean[]
}

/** No real chain of super classes is near this; a forged one may be a ring. */
const MAX_DEPTH = 1000

/** The classes of a dump, by a number given in the order of their first mention. */
export class ClassTable {
  readonly list: HprofClass[] = []
  readonly #numbers = new Map<number, number>()
  readonly #shapes: (InstanceShape | undefined)[] = []
  readonly #injected = new Map<string, Injected[]>()
  readonly #names: Names
  readonly #idBytes: number

  constructor(names: Names, idBytes: number) {
    this.#names = names
    this.#idBytes = idBytes
    for (const each of INJECTED) this.#injected.set(each.className, [...(this.#injected.get(each.className) ?? []), each])
  }

  numberOf(address: number): number {
    const known = this.#numbers.get(address)
    if (known !== undefined) return known
    const number = this.list.length
    this.#numbers.set(address, number)
    this.list.push({ address, nameId: undefined, isDefined: false, superAddress: 0, loaderAddress: 0, instanceBytes: 0, staticBytes: 0, staticReferences: 0, fieldNames: [], fieldTypes: [] })
    return number
  }

  /** Undefined while the class or one above it has not been seen. */
  shapeOf(number: number): InstanceShape | undefined {
    return (this.#shapes[number] ??= this.#makeShape(number))
  }

  /** The class and those above it, lowest first; undefined when one of them is not in the dump (so far). */
  chainOf(number: number): HprofClass[] | undefined {
    const chain: HprofClass[] = []
    for (let each: HprofClass | undefined = this.list[number]; ; ) {
      if (each === undefined || !each.isDefined || chain.length > MAX_DEPTH) return undefined
      chain.push(each)
      if (each.superAddress === 0) return chain
      const above = this.#numbers.get(each.superAddress)
      each = above === undefined ? undefined : this.list[above]
    }
  }

  #makeShape(number: number): InstanceShape | undefined {
    const chain = this.chainOf(number)
    if (chain === undefined) return undefined
    const offsets: number[] = []
    const names: number[] = []
    const isWeak: boolean[] = []
    let byteLength = 0
    // What a finalizer is still to run for stays until it has run.
    const isFinal = chain.some(({ nameId }) => nameId !== undefined && /^java[/.]lang[/.]ref[/.]FinalReference$/.test(this.#names.textOf(nameId) ?? ''))
    for (const { nameId, fieldNames, fieldTypes } of chain) {
      const isReference = nameId !== undefined && /^java[/.]lang[/.]ref[/.]Reference$/.test(this.#names.textOf(nameId) ?? '')
      for (let field = 0; field < fieldTypes.length; field++) {
        if (fieldTypes[field] === REFERENCE) {
          const name = this.#names.textOf(fieldNames[field]!)
          // ART's object header, written as if it were fields.
          if (name?.startsWith('shadow$_') !== true) {
            offsets.push(byteLength)
            names.push(this.#names.ofId(fieldNames[field]!))
            isWeak.push(isReference && !isFinal && name === 'referent')
          }
        }
        byteLength += valueBytes(fieldTypes[field]!, this.#idBytes) ?? 0
      }
    }
    return { byteLength, offsets, names, isWeak }
  }

  /** The fields of each level, topmost class first, counted by size, with those HotSpot adds. */
  levelsOf(number: number): FieldCounts[] | undefined {
    return this.chainOf(number)
      ?.toReversed()
      .map(({ address, fieldNames, fieldTypes }) => {
        const counts = countFields(fieldTypes)
        const added = this.#injected.get(this.nameOf(this.numberOf(address)))
        if (added === undefined) return counts
        const fields = new Set(fieldNames.map((id) => this.#names.textOf(id)))
        for (const { having, lacking, fields: more } of added) {
          if ((having !== undefined && !fields.has(having)) || (lacking !== undefined && fields.has(lacking))) continue
          for (const [kind, count] of Object.entries(more)) counts[kind as keyof FieldCounts] = (counts[kind as keyof FieldCounts] ?? 0) + count
        }
        return counts
      })
  }

  /** `com.example.Order`, `int[]`; hidden classes without the address that tells two runs apart. */
  nameOf(number: number): string {
    const text = this.rawNameOf(number)
    return text === '' ? `class at 0x${this.list[number]!.address.toString(16)}` : sourceName(text)
  }

  /** As the dump has it; empty where it has none. */
  rawNameOf(number: number): string {
    const { nameId } = this.list[number]!
    return nameId === undefined ? '' : (this.#names.textOf(nameId) ?? '')
  }

  /** What the instances of each class are, decided by the classes above. */
  instanceKinds(): Uint8Array {
    const kinds = new Uint8Array(this.list.length).fill(NODE.object)
    for (let number = 0; number < this.list.length; number++) {
      for (const { nameId } of this.chainOf(number) ?? []) {
        const name = nameId === undefined ? undefined : this.#names.textOf(nameId)?.replaceAll('/', '.')
        if (name === 'java.lang.ref.Reference') kinds[number] = NODE['weak-reference']
        else if (name === 'java.lang.Thread') kinds[number] = NODE.thread
        else if (name === 'java.lang.ClassLoader') kinds[number] = NODE['class-loader']
      }
    }
    return kinds
  }
}

function countFields(types: readonly number[]): FieldCounts {
  const counts: FieldCounts = { references: 0, eights: 0, fours: 0, twos: 0, ones: 0 }
  for (const type of types) {
    if (type === REFERENCE) counts.references++
    else if (type === 7 || type === 11) counts.eights++
    else if (type === 6 || type === 10) counts.fours++
    else if (type === 5 || type === 9) counts.twos++
    else counts.ones++
  }
  return counts
}
