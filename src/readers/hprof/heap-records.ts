import { growingFloat64, growingUint32, growingUint8 } from '../../base/growing-columns.ts'
import type { Run } from '../../base/run.ts'
import { EDGE } from '../../model/heap-graph.ts'
import { addNotice, type Source } from '../../model/source.ts'
import type { ByteWindow } from './byte-window.ts'
import { ClassTable, type InstanceShape, REFERENCE, valueBytes } from './class-table.ts'
import { Names } from './names.ts'
import { MAX_TEXT_BYTES, ShortTexts } from './short-texts.ts'

/** What a node is, in the column `what`: below these two it is the type of a primitive array's elements. */
export const WHAT = { class: 100, instance: 101, objectArray: 102 } as const

/** Sub records of a heap dump. The Android ones stand in AOSP's hprof.cc. */
const SUB = {
  jniGlobal: 0x01,
  jniLocal: 0x02,
  javaFrame: 0x03,
  nativeStack: 0x04,
  stickyClass: 0x05,
  threadBlock: 0x06,
  monitor: 0x07,
  thread: 0x08,
  classDump: 0x20,
  instance: 0x21,
  objectArray: 0x22,
  primitiveArray: 0x23,
  interned: 0x89,
  finalizing: 0x8a,
  debugger: 0x8b,
  referenceCleanup: 0x8c,
  vmInternal: 0x8d,
  jniMonitor: 0x8e,
  unreachable: 0x90,
  primitiveArrayNoData: 0xc3,
  heapInfo: 0xfe,
  unknown: 0xff,
} as const

/** Why a GC root is one; `thread` and `frame` where the record names them. */
export interface Root {
  address: number
  why: string
  thread?: number | undefined
  frame?: number | undefined
}

const ROOTS = new Map<number, { why: string; thread: 0 | 1; frame: 0 | 1; extraIds: 0 | 1; extra: 0 | 4 }>([
  [SUB.unknown, { why: 'unknown root', thread: 0, frame: 0, extraIds: 0, extra: 0 }],
  [SUB.jniGlobal, { why: 'JNI global', thread: 0, frame: 0, extraIds: 1, extra: 0 }],
  [SUB.jniLocal, { why: 'JNI local', thread: 1, frame: 1, extraIds: 0, extra: 0 }],
  [SUB.javaFrame, { why: 'local variable', thread: 1, frame: 1, extraIds: 0, extra: 0 }],
  [SUB.nativeStack, { why: 'native stack', thread: 1, frame: 0, extraIds: 0, extra: 0 }],
  [SUB.stickyClass, { why: 'system class', thread: 0, frame: 0, extraIds: 0, extra: 0 }],
  [SUB.threadBlock, { why: 'thread block', thread: 1, frame: 0, extraIds: 0, extra: 0 }],
  [SUB.monitor, { why: 'monitor in use', thread: 0, frame: 0, extraIds: 0, extra: 0 }],
  [SUB.thread, { why: 'thread', thread: 1, frame: 0, extraIds: 0, extra: 4 }],
  [SUB.interned, { why: 'interned string', thread: 0, frame: 0, extraIds: 0, extra: 0 }],
  [SUB.finalizing, { why: 'finalizing', thread: 0, frame: 0, extraIds: 0, extra: 0 }],
  [SUB.debugger, { why: 'debugger', thread: 0, frame: 0, extraIds: 0, extra: 0 }],
  [SUB.referenceCleanup, { why: 'reference cleanup', thread: 0, frame: 0, extraIds: 0, extra: 0 }],
  [SUB.vmInternal, { why: 'VM internal', thread: 0, frame: 0, extraIds: 0, extra: 0 }],
  [SUB.jniMonitor, { why: 'JNI monitor', thread: 1, frame: 0, extraIds: 0, extra: 4 }],
])

/** An instance met before its class: kept as it is until the class is known. */
interface Deferred {
  node: number
  classNumber: number
  bytes: Uint8Array
}

const TWO_32 = 0x1_0000_0000

/**
 * The objects of a dump as growing columns, in file order; node 0 is the root to be. References are kept as
 * addresses until all objects are known.
 */
export class HeapRecords {
  readonly names = new Names()
  readonly classes: ClassTable
  readonly address = growingFloat64()
  readonly classOf = growingUint32()
  readonly what = growingUint8()
  /** Elements of an array. */
  readonly size = growingUint32()
  readonly firstReference = growingUint32()
  readonly referenceTo = growingFloat64()
  readonly referenceName = growingUint32()
  readonly referenceKind = growingUint8()
  readonly roots: Root[] = []
  readonly deferred: Deferred[] = []
  readonly texts = new ShortTexts()
  readonly idBytes: 4 | 8
  readonly #window: ByteWindow
  readonly #source: Source
  readonly #run: Run
  readonly #fileBytes: number | undefined

  constructor({ window, idBytes, source, run, fileBytes }: { window: ByteWindow; idBytes: 4 | 8; source: Source; run: Run; fileBytes: number | undefined }) {
    this.#window = window
    this.idBytes = idBytes
    this.#source = source
    this.#run = run
    this.#fileBytes = fileBytes
    this.classes = new ClassTable(this.names, idBytes)
    this.#startNode(0, 0, WHAT.instance, 0)
  }

  get nodeCount(): number {
    return this.address.length
  }

  id(): number {
    return this.idBytes === 8 ? this.#window.u8() : this.#window.u4()
  }

  /**
   * The sub records of one heap dump record of `length` bytes. They have no lengths of their own, so one that is
   * unknown ends the segment; what the length says is otherwise only believed until a record crosses it: dumps above
   * 4 GB wrap it, and 0 in a HEAP_DUMP means "to the end".
   * @returns whether the input goes on
   */
  async readSegment(length: number, { isEndless }: { isEndless: boolean }): Promise<boolean> {
    const window = this.#window
    const { idBytes } = this
    let end = isEndless ? Number.POSITIVE_INFINITY : window.position + length
    for (let turn = 0; window.position < end; turn++) {
      if ((turn & 0xfff) === 0) {
        this.#run.checkpoint()
        if ((turn & 0xffff) === 0) this.#run.progress({ step: 'reading the heap dump', done: window.position, total: this.#fileBytes })
      }
      const recordAt = window.position
      // Enough for the fixed part of all but the class dump.
      if (!window.has(32) && !(await window.fill(32)) && !window.has(1)) return isEndless || this.#cut(recordAt)
      const tag = window.u1()
      if (tag === SUB.instance) {
        if (!window.has(2 * idBytes + 8)) return this.#cut(recordAt)
        const address = this.id()
        window.at += 4
        const classNumber = this.classes.numberOf(this.id())
        const byteCount = window.u4()
        end = this.#extended(end, byteCount)
        if (window.position + byteCount > end) return this.#overlong(recordAt, end)
        if (!window.has(byteCount) && !(await window.fill(byteCount))) return this.#cut(recordAt)
        this.#instance(address, classNumber, byteCount, recordAt)
      } else if (tag === SUB.objectArray) {
        if (!window.has(2 * idBytes + 8)) return this.#cut(recordAt)
        const address = this.id()
        window.at += 4
        const count = window.u4()
        const classNumber = this.classes.numberOf(this.id())
        end = this.#extended(end, count * idBytes)
        if (window.position + count * idBytes > end) return this.#overlong(recordAt, end)
        this.#startNode(address, classNumber, WHAT.objectArray, count)
        for (let position = 0; position < count; ) {
          if (!window.has(idBytes) && !(await window.fill(idBytes))) return this.#cut(recordAt)
          for (const stop = Math.min(count, position + Math.floor(window.available / idBytes)); position < stop; position++) {
            const target = this.id()
            if (target !== 0) this.#reference(target, position, EDGE.element)
          }
          this.#run.checkpoint()
        }
      } else if (tag === SUB.primitiveArray || tag === SUB.primitiveArrayNoData) {
        if (!window.has(idBytes + 9)) return this.#cut(recordAt)
        const address = this.id()
        window.at += 4
        const count = window.u4()
        const type = window.u1()
        const elementBytes = type === REFERENCE ? undefined : valueBytes(type, idBytes)
        if (elementBytes === undefined) return this.#unknown(tag, recordAt, end)
        const byteCount = tag === SUB.primitiveArray ? count * elementBytes : 0
        end = this.#extended(end, byteCount)
        if (window.position + byteCount > end) return this.#overlong(recordAt, end)
        this.#startNode(address, 0, type, count)
        if (byteCount > 0 && byteCount <= MAX_TEXT_BYTES && (type === 8 || type === 5) && window.has(byteCount)) {
          this.texts.keep(this.nodeCount - 1, window.bytes.subarray(window.at, window.at + byteCount))
        }
        if (window.has(byteCount)) window.at += byteCount
        else if ((await window.skip(byteCount)) > 0) return this.#cut(recordAt)
      } else if (tag === SUB.classDump) {
        if (!(await this.#classDump())) return this.#cut(recordAt)
      } else if (tag === SUB.heapInfo || tag === SUB.unreachable) {
        const rest = tag === SUB.heapInfo ? 4 + idBytes : idBytes
        if (!window.has(rest)) return this.#cut(recordAt)
        window.at += rest
      } else {
        const root = ROOTS.get(tag)
        if (root === undefined) {
          if (!isEndless || (tag !== 0x2c && tag !== 0x1c && tag !== 0x0c)) return this.#unknown(tag, recordAt, end)
          window.at-- // the next record begins
          return true
        }
        const rest = idBytes * (1 + root.extraIds) + 4 * (root.thread + root.frame) + root.extra
        if (!window.has(rest)) return this.#cut(recordAt)
        const address = this.id()
        window.at += idBytes * root.extraIds
        const thread = root.thread === 1 ? window.u4() : undefined
        const frame = root.frame === 1 ? window.u4() : undefined
        const stack = root.extra === 4 ? window.u4() : undefined
        this.roots.push({ address, why: root.why, thread, frame: tag === SUB.thread ? stack : frame })
      }
    }
    return true
  }

  #instance(address: number, classNumber: number, byteCount: number, recordAt: number): void {
    const window = this.#window
    const start = window.at
    window.at += byteCount
    const node = this.nodeCount
    this.#startNode(address, classNumber, WHAT.instance, byteCount)
    const shape = this.classes.shapeOf(classNumber)
    if (shape === undefined) {
      this.deferred.push({ node, classNumber, bytes: window.bytes.slice(start, start + byteCount) })
      return
    }
    if (shape.byteLength > byteCount) {
      addNotice(this.#source, { code: 'short-instance', message: 'an instance has fewer bytes than its class has fields', firstAt: `byte ${recordAt}` })
    }
    const { offsets, names, isWeak } = shape
    const { view } = window
    const { idBytes } = this
    for (let reference = 0; reference < offsets.length; reference++) {
      const at = offsets[reference]!
      if (at + idBytes > byteCount) break
      const target = idBytes === 8 ? view.getUint32(start + at) * TWO_32 + view.getUint32(start + at + 4) : view.getUint32(start + at)
      if (target !== 0) this.#reference(target, names[reference]!, isWeak[reference]! ? EDGE.weak : EDGE.property)
    }
  }

  /** @returns false when the input ends inside */
  async #classDump(): Promise<boolean> {
    const window = this.#window
    const { idBytes, names } = this
    const fixed = 7 * idBytes + 10
    if (!window.has(fixed) && !(await window.fill(fixed))) return false
    const address = this.id()
    window.at += 4
    const [superAddress, loaderAddress, signers, domain] = [this.id(), this.id(), this.id(), this.id()]
    window.at += 2 * idBytes
    const instanceBytes = window.u4()
    const number = this.classes.numberOf(address)
    const described = this.classes.list[number]!
    const isNew = !described.isDefined
    if (isNew) {
      Object.assign(described, { superAddress, loaderAddress, instanceBytes })
      this.#startNode(address, number, WHAT.class, 0)
      this.#internal(superAddress, '<super>')
      this.#internal(loaderAddress, '<class loader>')
      this.#internal(signers, '<signers>')
      this.#internal(domain, '<protection domain>')
    }
    const constants = window.u2()
    for (let constant = 0; constant < constants; constant++) {
      if (!window.has(3) && !(await window.fill(3))) return false
      window.at += 2
      const type = window.u1()
      const bytes = valueBytes(type, idBytes)
      if (bytes === undefined || (!window.has(bytes) && !(await window.fill(bytes)))) return false
      const target = type === REFERENCE ? this.id() : 0
      if (type !== REFERENCE) window.at += bytes
      if (isNew) this.#internal(target, '<constant pool>')
    }
    if (!window.has(2) && !(await window.fill(2))) return false
    const statics = window.u2()
    for (let field = 0; field < statics; field++) {
      if (!window.has(idBytes + 1) && !(await window.fill(idBytes + 1))) return false
      const nameId = this.id()
      const type = window.u1()
      const bytes = valueBytes(type, idBytes)
      if (bytes === undefined || (!window.has(bytes) && !(await window.fill(bytes)))) return false
      if (type !== REFERENCE) {
        window.at += bytes
        if (isNew) described.staticBytes += bytes
        continue
      }
      const target = this.id()
      if (!isNew) continue
      // HotSpot's own: `<resolved_references>`, `<init_lock>`.
      const isInternal = names.textOf(nameId)?.startsWith('<') === true
      if (!isInternal) {
        described.staticBytes += bytes
        described.staticReferences++
      }
      if (target !== 0) this.#reference(target, names.ofId(nameId), isInternal ? EDGE.internal : EDGE.property)
    }
    if (!window.has(2) && !(await window.fill(2))) return false
    const fields = window.u2()
    for (let field = 0; field < fields; field++) {
      if (!window.has(idBytes + 1) && !(await window.fill(idBytes + 1))) return false
      const nameId = this.id()
      const type = window.u1()
      if (valueBytes(type, idBytes) === undefined) return false
      if (isNew) {
        described.fieldNames.push(nameId)
        described.fieldTypes.push(type)
      }
    }
    described.isDefined = true
    return true
  }

  #startNode(address: number, classNumber: number, what: number, size: number): void {
    this.address.push(address)
    this.classOf.push(classNumber)
    this.what.push(what)
    this.size.push(size)
    this.firstReference.push(this.referenceTo.length)
  }

  #internal(target: number, name: string): void {
    if (target !== 0) this.#reference(target, this.names.ofText(name), EDGE.internal)
  }

  #reference(target: number, name: number, kind: number): void {
    this.referenceTo.push(target)
    this.referenceName.push(name)
    this.referenceKind.push(kind)
  }

  /** The end of the segment, seen anew when a record of `byteCount` more bytes crosses it and the file can be that large. */
  #extended(end: number, byteCount: number): number {
    const needed = this.#window.position + byteCount
    if (needed <= end || (this.#fileBytes !== undefined && end + TWO_32 > this.#fileBytes + 64)) return end
    return end + TWO_32 * Math.ceil((needed - end) / TWO_32)
  }

  #cut(recordAt: number): boolean {
    addNotice(this.#source, { code: 'cut', message: 'the dump ends in the middle of a record; what was before it is shown', firstAt: `byte ${recordAt}` })
    return false
  }

  async #overlong(recordAt: number, end: number): Promise<boolean> {
    addNotice(this.#source, { code: 'overlong-record', message: 'a record runs past its segment; the rest of the segment is left out', firstAt: `byte ${recordAt}` })
    return (await this.#window.skip(Math.max(0, end - this.#window.position))) === 0
  }

  async #unknown(tag: number, recordAt: number, end: number): Promise<boolean> {
    addNotice(this.#source, { code: 'unknown-record', message: `a record of unknown kind 0x${tag.toString(16)}; the rest of its segment is left out`, firstAt: `byte ${recordAt}` })
    if (end === Number.POSITIVE_INFINITY) return false
    return (await this.#window.skip(Math.max(0, end - this.#window.position))) === 0
  }
}

/** References of an instance that was kept until its class was known. */
export function* referencesOf(bytes: Uint8Array, shape: InstanceShape, idBytes: 4 | 8): Generator<{ target: number; name: number; kind: number }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (const [reference, at] of shape.offsets.entries()) {
    if (at + idBytes > bytes.length) return
    const target = idBytes === 8 ? view.getUint32(at) * TWO_32 + view.getUint32(at + 4) : view.getUint32(at)
    if (target !== 0) yield { target, name: shape.names[reference]!, kind: shape.isWeak[reference]! ? EDGE.weak : EDGE.property }
  }
}
