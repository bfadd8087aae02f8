/** Where and why a chunk is not one; the reader makes a `ReadError` or a notice of it. */
export class JfrDamage extends Error {
  readonly byte: number
  readonly expected: string
  readonly found: string

  constructor(byte: number, expected: string, found: string) {
    super(`byte ${byte}: expected ${expected}, found ${found}`)
    this.byte = byte
    this.expected = expected
    this.found = found
  }
}

/** A reference into a constant pool, resolved when it is looked at. */
export interface PoolReference {
  pool: number
  key: number
}

export type JfrValue = number | string | undefined | PoolReference | JfrStruct | JfrValue[]
export interface JfrStruct {
  [field: string]: JfrValue
}

interface Field {
  name: string
  type: number
  isPooled: boolean
  isArray: boolean
}

interface Type {
  name: string
  fields: Field[]
}

/** Structures in structures; the JDK's own are three deep. */
const MAX_DEPTH = 12
const MAX_METADATA_DEPTH = 32

/**
 * One chunk of a JFR file: its own metadata, constant pools and events (JDK's jdk.jfr.internal.consumer; the format is
 * described by the metadata in it). All offsets count from the chunk's beginning.
 */
export class JfrChunk {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #base: number
  readonly #types = new Map<number, Type>()
  readonly #pools = new Map<number, Map<number, JfrValue>>()
  readonly #isCompressed: boolean
  readonly #metadataAt: number
  readonly startNanos: number
  #at = 0

  /** `bytes` is one whole chunk; `base` its place in the file, for messages. */
  constructor(bytes: Uint8Array, base: number) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#base = base
    this.#metadataAt = this.#offset(24)
    this.startNanos = Number(this.#view.getBigInt64(32))
    this.#isCompressed = (this.#view.getInt32(64) & 1) === 1
    this.#readMetadata()
    this.#readPools(this.#offset(16))
  }

  /** Ids of the event types with these names; each chunk numbers them anew. */
  typesNamed(names: ReadonlySet<string>): Map<number, string> {
    return new Map([...this.#types].filter(([, { name }]) => names.has(name)).map(([id, { name }]) => [id, name]))
  }

  /** The events of the wanted types, in file order. */
  *events(wanted: ReadonlyMap<number, string>): Generator<{ name: string; event: JfrStruct }> {
    for (let at = 68; at < this.#bytes.length; ) {
      this.#at = at
      const size = this.#int()
      if (size <= 0 || size > this.#bytes.length - at) this.#damage(`an event of at most ${this.#bytes.length - at} bytes`, String(size))
      const name = wanted.get(this.#long())
      if (name !== undefined) yield { name, event: this.#struct([...wanted].find(([, each]) => each === name)![0], 0) }
      at += size
    }
  }

  /** A value behind a reference; what is no reference is itself. */
  resolve(value: JfrValue): JfrValue {
    let found = value
    for (let step = 0; step < 8 && isReference(found); step++) found = this.#pools.get(found.pool)?.get(found.key)
    return found
  }

  struct(value: JfrValue): JfrStruct | undefined {
    const found = this.resolve(value)
    return typeof found === 'object' && !Array.isArray(found) && !isReference(found) ? found : undefined
  }

  /** A text, also where it is wrapped as a symbol. */
  text(value: JfrValue): string | undefined {
    const found = this.resolve(value)
    if (typeof found === 'string') return found
    const inner = this.struct(found)
    return inner === undefined ? undefined : (this.#plainText(inner['string']) ?? this.#plainText(inner['name']))
  }

  #plainText(value: JfrValue): string | undefined {
    const found = this.resolve(value)
    if (typeof found === 'string') return found
    const inner = this.struct(found)?.['string']
    return typeof inner === 'string' ? inner : undefined
  }

  #readMetadata(): void {
    this.#at = this.#metadataAt
    this.#int() // size
    this.#long() // type 0
    this.#long() // start
    this.#long() // duration
    this.#long() // metadata id
    const count = this.#count()
    const strings = Array.from({ length: count }, () => {
      const text = this.#string()
      return typeof text === 'string' ? text : ''
    })
    // The element tree, with a stack of our own: depth comes from the file.
    const open: { name: string; attributes: Map<string, string>; childrenLeft: number; type?: Type | undefined }[] = []
    do {
      while (open.length > 0 && open.at(-1)!.childrenLeft === 0) open.pop()
      const parent = open.at(-1)
      if (parent !== undefined) parent.childrenLeft--
      if (open.length > MAX_METADATA_DEPTH) this.#damage(`metadata at most ${MAX_METADATA_DEPTH} deep`, 'deeper ones')
      const name = strings[this.#int()] ?? ''
      const attributes = new Map<string, string>()
      for (let left = this.#count(); left > 0; left--) attributes.set(strings[this.#int()] ?? '', strings[this.#int()] ?? '')
      const element: (typeof open)[number] = { name, attributes, childrenLeft: this.#count() }
      if (name === 'class') {
        element.type = { name: attributes.get('name') ?? '', fields: [] }
        this.#types.set(Number(attributes.get('id')), element.type)
      } else if (name === 'field' && parent?.type !== undefined) {
        parent.type.fields.push({ name: attributes.get('name') ?? '', type: Number(attributes.get('class')), isPooled: attributes.get('constantPool') === 'true', isArray: attributes.get('dimension') === '1' })
      }
      open.push(element)
    } while (open.some(({ childrenLeft }) => childrenLeft > 0))
  }

  /** Constant pools lie in checkpoint events, each of which says how far back the one before is. */
  #readPools(start: number): void {
    const seen = new Set<number>()
    for (let at = start; at > 0 && !seen.has(at); ) {
      seen.add(at)
      this.#at = at
      this.#int() // size
      this.#long() // type 1
      this.#long() // start
      this.#long() // duration
      const delta = this.#long()
      this.#skip(1) // kind of checkpoint
      for (let pools = this.#count(); pools > 0; pools--) {
        const id = this.#long()
        let pool = this.#pools.get(id)
        if (pool === undefined) this.#pools.set(id, (pool = new Map<number, JfrValue>()))
        for (let values = this.#count(); values > 0; values--) {
          const key = this.#long()
          const value = this.#struct(id, 0)
          if (!pool.has(key)) pool.set(key, value) // the latest checkpoint comes first and wins
        }
      }
      if (delta === 0) return
      at += delta
    }
  }

  #struct(id: number, depth: number): JfrStruct {
    const type = this.#types.get(id)
    if (type === undefined) return this.#damage('a type of the metadata', `type ${id}`)
    if (depth > MAX_DEPTH) return this.#damage(`values at most ${MAX_DEPTH} deep`, 'deeper ones')
    const struct: JfrStruct = {}
    for (const field of type.fields) {
      if (field.isArray) {
        const count = this.#count()
        struct[field.name] = Array.from({ length: count }, () => {
          const before = this.#at
          const value = this.#value(field, depth)
          // A type without fields takes no bytes, so its count would be bounded by nothing.
          if (this.#at === before) this.#damage('elements of at least a byte', `${count} empty ones`)
          return value
        })
      } else struct[field.name] = this.#value(field, depth)
    }
    return struct
  }

  #value(field: Field, depth: number): JfrValue {
    if (field.isPooled) return { pool: field.type, key: this.#long() }
    switch (this.#types.get(field.type)?.name) {
      case 'boolean':
      case 'byte':
        return this.#skip(1)
      case 'char':
      case 'short':
        return this.#isCompressed ? this.#long() : this.#fixed(2)
      case 'int':
        return this.#int()
      case 'long':
        return this.#long()
      case 'float':
        return this.#fixed(4, 'float')
      case 'double':
        return this.#fixed(8, 'float')
      case 'java.lang.String':
        return this.#string(field.type)
      default:
        return this.#struct(field.type, depth + 1)
    }
  }

  #string(type?: number): string | undefined | PoolReference {
    const kind = this.#skip(1)
    if (kind === 0) return undefined
    if (kind === 1) return ''
    if (kind === 2) return { pool: type ?? -1, key: this.#long() }
    const length = this.#count()
    if (kind === 4) return String.fromCharCode(...Array.from({ length: Math.min(length, 10_000) }, () => (this.#isCompressed ? this.#long() : this.#fixed(2))))
    if (kind !== 3 && kind !== 5) return this.#damage('a text of kind 0 to 5', String(kind))
    const start = this.#at
    this.#skip(length)
    return new TextDecoder(kind === 5 ? 'latin1' : 'utf-8').decode(this.#bytes.subarray(start, start + length))
  }

  #int(): number {
    return this.#isCompressed ? this.#long() : this.#fixed(4)
  }

  /** LEB128 of at most nine bytes, of which the ninth has eight bits; as a signed number, exact to 2^53. */
  #long(): number {
    if (!this.#isCompressed) return this.#fixed(8)
    let low = 0
    let high = 0
    for (let index = 0; index < 9; index++) {
      if (this.#at >= this.#bytes.length) this.#damage('the rest of a number', 'the end of the chunk')
      const byte = this.#bytes[this.#at++]!
      const bits = index === 8 ? byte : byte & 0x7f
      const shift = 7 * index
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high = bits >>> 4
      } else high |= bits << (shift - 32)
      if (index < 8 && byte < 0x80) break
    }
    return (high | 0) * 2 ** 32 + (low >>> 0)
  }

  /** A count of things of at least one byte each: cannot be more than there are bytes. */
  #count(): number {
    const count = this.#int()
    if (count < 0 || count > this.#bytes.length - this.#at) this.#damage(`a count of at most ${this.#bytes.length - this.#at}`, String(count))
    return count
  }

  #fixed(bytes: 2 | 4 | 8, kind: 'int' | 'float' = 'int'): number {
    const at = this.#at
    this.#skip(bytes)
    if (kind === 'float') return bytes === 4 ? this.#view.getFloat32(at) : this.#view.getFloat64(at)
    return bytes === 2 ? this.#view.getUint16(at) : bytes === 4 ? this.#view.getInt32(at) : Number(this.#view.getBigInt64(at))
  }

  /** Goes on; the first byte passed is the answer. */
  #skip(count: number): number {
    if (count > this.#bytes.length - this.#at) this.#damage(`${count} bytes`, 'the end of the chunk')
    this.#at += count
    return this.#bytes[this.#at - count]!
  }

  #offset(at: number): number {
    const offset = Number(this.#view.getBigInt64(at))
    if (offset < 68 || offset >= this.#bytes.length) throw new JfrDamage(this.#base + at, 'an offset inside the chunk', String(offset))
    return offset
  }

  #damage(expected: string, found: string): never {
    throw new JfrDamage(this.#base + this.#at, expected, found)
  }
}

function isReference(value: JfrValue): value is PoolReference {
  return typeof value === 'object' && !Array.isArray(value) && typeof value['pool'] === 'number' && typeof value['key'] === 'number'
}
