import { ReadError } from '../base/errors.ts'

/**
 * Python pickles, protocols 0 to 5, as data.
 *
 * A pickle is a program for a small stack machine, and CPython's own reader may be made to call anything. This one
 * has no way to: a global is only a name, an instance only a name with its state, and a name that the caller did not
 * list ends the reading. Opcodes that exist to reach outside (persistent ids, extension registry, out-of-band
 * buffers) are refused. Specification: Lib/pickletools.py.
 * Cost: O(bytes); every opcode adds at most one object, so memory is bounded by the input.
 */

/** An instance of an allowed class: what the pickle says about it, nothing run. */
export interface PickledObject {
  readonly className: string
  state: Pickled
}
/** A named class, not yet an instance. */
interface PickledClass {
  readonly global: string
}
/** A tuple is frozen in Python, a list is not; both are arrays here. */
export type Pickled = null | boolean | number | string | bigint | Uint8Array | readonly Pickled[] | Map<Pickled, Pickled> | Set<Pickled> | PickledObject | PickledClass

const MARK = Symbol('mark')
type Slot = Pickled | typeof MARK

/** Containers a pickle may name because they carry nothing but their items. */
const BUILTINS = new Set(['builtins.list', 'builtins.tuple', 'builtins.dict', 'builtins.set', '__builtin__.list', '__builtin__.tuple', '__builtin__.dict', '__builtin__.set'])

export interface PickleOptions {
  file: string
  format: string
  /** `module.Class` names that may appear. */
  allowed: ReadonlySet<string>
  /** Called every few thousand opcodes. */
  checkpoint?: (() => void) | undefined
}

/**
 * The value a pickle stands for.
 * @throws ReadError at the byte of an unknown opcode, a name that is not allowed, or where the input ends early
 */
export function readPickle(bytes: Uint8Array, options: PickleOptions): Pickled {
  return new PickleMachine(bytes, options).run()
}

class PickleMachine {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #options: PickleOptions
  readonly #stack: Slot[] = []
  readonly #memo: Pickled[] = []
  readonly #text = new TextDecoder()
  #at = 0
  #opAt = 0

  constructor(bytes: Uint8Array, options: PickleOptions) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#options = options
  }

  run(): Pickled {
    for (let turn = 1; ; turn++) {
      if (turn % 8192 === 0) this.#options.checkpoint?.()
      this.#opAt = this.#at
      const op = this.#byte()
      if (op === 0x2e) return this.#pop() // STOP
      this.#step(op)
    }
  }

  #step(op: number): void {
    switch (op) {
      case 0x80: { // PROTO
        const protocol = this.#byte()
        if (protocol > 5) this.#refuse('a pickle of protocol 0 to 5', `protocol ${protocol}`)
        return
      }
      case 0x95: return this.#skip(8) // FRAME
      case 0x28: return void this.#stack.push(MARK) // MARK
      case 0x30: return void this.#popSlot() // POP
      case 0x31: return void this.#popMarked() // POP_MARK
      case 0x4e: return this.#push(null) // NONE
      case 0x88: return this.#push(true)
      case 0x89: return this.#push(false)
      case 0x4b: return this.#push(this.#byte()) // BININT1
      case 0x4d: return this.#push(this.#number(2)) // BININT2
      case 0x4a: { // BININT, signed
        const at = this.#take(4)
        return this.#push(this.#view.getInt32(at, true))
      }
      case 0x8a: return this.#push(this.#long(this.#byte())) // LONG1
      case 0x8b: return this.#push(this.#long(this.#number(4))) // LONG4
      case 0x49: return this.#push(this.#decimal(this.#line())) // INT
      case 0x4c: return this.#push(this.#decimal(this.#line().replace(/L$/, ''))) // LONG
      case 0x46: return this.#push(Number(this.#line())) // FLOAT
      case 0x47: return this.#push(this.#view.getFloat64(this.#take(8), false)) // BINFLOAT
      case 0x8c: return this.#push(this.#string(this.#byte())) // SHORT_BINUNICODE
      case 0x58: return this.#push(this.#string(this.#number(4))) // BINUNICODE
      case 0x8d: return this.#push(this.#string(this.#number(8))) // BINUNICODE8
      case 0x56: return this.#push(this.#line()) // UNICODE
      case 0x55: return this.#push(this.#string(this.#byte())) // SHORT_BINSTRING
      case 0x54: return this.#push(this.#string(this.#number(4))) // BINSTRING
      case 0x53: return this.#push(this.#line().replace(/^(['"])(.*)\1$/, '$2')) // STRING
      case 0x43: return this.#push(this.#raw(this.#byte())) // SHORT_BINBYTES
      case 0x42: return this.#push(this.#raw(this.#number(4))) // BINBYTES
      case 0x8e: return this.#push(this.#raw(this.#number(8))) // BINBYTES8
      case 0x5d: return this.#push([]) // EMPTY_LIST
      case 0x29: return this.#push([]) // EMPTY_TUPLE
      case 0x7d: return this.#push(new Map()) // EMPTY_DICT
      case 0x8f: return this.#push(new Set()) // EMPTY_SET
      case 0x85: return this.#push([this.#pop()]) // TUPLE1
      case 0x86: return this.#tuple(2)
      case 0x87: return this.#tuple(3)
      case 0x74: return this.#push(this.#popMarked()) // TUPLE
      case 0x6c: return this.#push(this.#popMarked()) // LIST
      case 0x91: return this.#push(this.#popMarked()) // FROZENSET: its items are enough
      case 0x64: { // DICT
        const items = this.#popMarked()
        const map = new Map<Pickled, Pickled>()
        this.#fill(map, items)
        return this.#push(map)
      }
      case 0x61: { // APPEND
        const item = this.#pop()
        this.#list().push(item)
        return
      }
      case 0x65: { // APPENDS
        const items = this.#popMarked()
        const list = this.#list()
        for (const item of items) list.push(item)
        return
      }
      case 0x73: { // SETITEM
        const value = this.#pop()
        const key = this.#pop()
        this.#fill(this.#map(), [key, value])
        return
      }
      case 0x75: { // SETITEMS
        const items = this.#popMarked()
        this.#fill(this.#map(), items)
        return
      }
      case 0x90: { // ADDITEMS
        const items = this.#popMarked()
        const set = this.#peek()
        if (!(set instanceof Set)) this.#refuse('a set below the items', 'something else')
        for (const item of items) set.add(item)
        return
      }
      case 0x94: return this.#remember(this.#memo.length) // MEMOIZE
      case 0x71: return this.#remember(this.#byte()) // BINPUT
      case 0x72: return this.#remember(this.#number(4)) // LONG_BINPUT
      case 0x70: return this.#remember(Number(this.#line())) // PUT
      case 0x68: return this.#recall(this.#byte()) // BINGET
      case 0x6a: return this.#recall(this.#number(4)) // LONG_BINGET
      case 0x67: return this.#recall(Number(this.#line())) // GET
      case 0x63: { // GLOBAL
        const module = this.#line()
        return this.#global(module, this.#line())
      }
      case 0x93: { // STACK_GLOBAL
        const name = this.#pop()
        const module = this.#pop()
        if (typeof name !== 'string' || typeof module !== 'string') this.#refuse('two strings that name a class', 'something else')
        return this.#global(module, name)
      }
      case 0x81: // NEWOBJ
      case 0x52: { // REDUCE
        const args = this.#pop()
        const made = this.#class()
        if (!Array.isArray(args)) this.#refuse('a tuple of arguments', 'something else')
        return this.#push(this.#instance(made, args as readonly Pickled[]))
      }
      case 0x92: { // NEWOBJ_EX
        this.#pop()
        const args = this.#pop()
        const made = this.#class()
        return this.#push(this.#instance(made, Array.isArray(args) ? (args as readonly Pickled[]) : []))
      }
      case 0x62: { // BUILD
        const state = this.#pop()
        const object = this.#peek()
        if (!isObject(object)) this.#refuse('an instance below its state', 'something else')
        object.state = state
        return
      }
      default:
        this.#refuse('a pickle opcode that carries data', `0x${op.toString(16).padStart(2, '0')}`)
    }
  }

  #push(value: Pickled): void {
    this.#stack.push(value)
  }

  #popSlot(): Slot {
    const slot = this.#stack.pop()
    if (slot === undefined) this.#refuse('something on the stack', 'an empty stack')
    return slot
  }

  #pop(): Pickled {
    const slot = this.#popSlot()
    if (slot === MARK) this.#refuse('a value', 'a mark')
    return slot
  }

  #peek(): Pickled {
    const slot = this.#stack.at(-1)
    if (slot === undefined || slot === MARK) this.#refuse('a value on the stack', slot === MARK ? 'a mark' : 'an empty stack')
    return slot
  }

  #popMarked(): Pickled[] {
    const mark = this.#stack.lastIndexOf(MARK)
    if (mark < 0) this.#refuse('a mark on the stack', 'none')
    const items = this.#stack.slice(mark + 1) as Pickled[]
    this.#stack.length = mark
    return items
  }

  #tuple(length: number): void {
    const items: Pickled[] = []
    for (let i = 0; i < length; i++) items.unshift(this.#pop())
    this.#push(items)
  }

  #list(): Pickled[] {
    const list = this.#peek()
    if (!Array.isArray(list)) this.#refuse('a list below the items', 'something else')
    return list as Pickled[]
  }

  #map(): Map<Pickled, Pickled> {
    const map = this.#peek()
    if (!(map instanceof Map)) this.#refuse('a dict below the items', 'something else')
    return map
  }

  #fill(map: Map<Pickled, Pickled>, items: readonly Pickled[]): void {
    if (items.length % 2 !== 0) this.#refuse('keys and values in pairs', `${items.length} items`)
    for (let i = 0; i < items.length; i += 2) map.set(items[i]!, items[i + 1]!)
  }

  #remember(index: number): void {
    // a memo is dense in everything Python writes; a far index would only make a sparse array
    if (!(index >= 0 && index <= this.#bytes.length)) this.#refuse('a memo index below the length of the file', String(index))
    this.#memo[index] = this.#peek()
  }

  #recall(index: number): void {
    const value = this.#memo[index]
    if (value === undefined) this.#refuse('a memo entry made before', `number ${index}`)
    this.#push(value)
  }

  #global(module: string, name: string): void {
    const global = `${module}.${name}`
    if (!this.#options.allowed.has(global) && !BUILTINS.has(global)) {
      this.#refuse(
        `only the classes ${[...this.#options.allowed].join(' and ')}`,
        `the name '${global.slice(0, 100)}'`,
        'This pickle names something such a file never holds. Nothing was run; do not load it with Python.',
      )
    }
    this.#push({ global })
  }

  #class(): PickledClass {
    const value = this.#pop()
    if (value === null || typeof value !== 'object' || !('global' in value)) this.#refuse('a class', 'something else')
    return value
  }

  #instance({ global }: PickledClass, args: readonly Pickled[]): Pickled {
    if (!BUILTINS.has(global)) return { className: global, state: null }
    const items = args[0]
    if (global.endsWith('.dict')) return items instanceof Map ? items : new Map()
    return Array.isArray(items) ? (items as readonly Pickled[]) : []
  }

  #byte(): number {
    return this.#bytes[this.#take(1)]!
  }

  #number(length: 2 | 4 | 8): number {
    const at = this.#take(length)
    if (length === 2) return this.#view.getUint16(at, true)
    if (length === 4) return this.#view.getUint32(at, true)
    const value = Number(this.#view.getBigUint64(at, true))
    return value
  }

  #long(length: number): number | bigint {
    const at = this.#take(length)
    if (length > 16) return 0n // no size or line has so many digits; the bytes are stepped over
    let value = 0n
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[at + i]!)
    if (length > 0) value = BigInt.asIntN(8 * length, value)
    return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value
  }

  #decimal(text: string): number | boolean {
    if (text === '01') return true
    if (text === '00') return false
    const value = Number(text)
    if (!Number.isFinite(value) || text === '') this.#refuse('a number', `'${text.slice(0, 40)}'`)
    return value
  }

  #string(length: number): string {
    const at = this.#take(length)
    return this.#text.decode(this.#bytes.subarray(at, at + length))
  }

  #raw(length: number): Uint8Array {
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at)
    if (end < 0) this.#cut()
    const text = this.#text.decode(this.#bytes.subarray(this.#at, end))
    this.#at = end + 1
    return text.endsWith('\r') ? text.slice(0, -1) : text
  }

  #skip(length: number): void {
    this.#take(length)
  }

  /** Where the next `length` bytes stand, after stepping over them. */
  #take(length: number): number {
    const at = this.#at
    if (at + length > this.#bytes.length) this.#cut()
    this.#at = at + length
    return at
  }

  #cut(): never {
    this.#opAt = this.#bytes.length
    this.#refuse('more of the pickle', 'end of file', 'The file is cut. Was the disk full, or the process killed while writing?')
  }

  #refuse(expected: string, found: string, hint?: string): never {
    const { file, format } = this.#options
    throw new ReadError({ file, format, position: { kind: 'byte', byte: this.#opAt }, expected, found, ...(hint === undefined ? {} : { hint }) })
  }
}

/** Whether a pickled value is an instance. */
export function isObject(value: Pickled | undefined): value is PickledObject {
  return typeof value === 'object' && value !== null && 'className' in value
}
