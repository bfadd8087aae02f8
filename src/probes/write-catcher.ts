import type { CaughtWrites } from '../model/caught-writes.ts'
import type { NodeInspector } from './node-inspector.ts'
import { setTrap, type TrapLimits } from './write-trap.ts'

/** An object to watch, by its id in a snapshot of this session. */
export interface WatchedObject {
  readonly id: number
  /** The property of it that leads to what grows; empty when there is none. */
  readonly property: string
}

/** A trap that is set, or why none is. */
export type SetTrap = { kind: 'set'; handle: string; watched: string } | { kind: 'refused'; because: string }

const GROUP = 'stillhere-writes'
/** Each stack costs microseconds; a program that adds a million times must not stand still for it. */
const LIMITS: TrapLimits = { mostCalls: 2000, mostStacks: 8, mostFrames: 40, lastsMs: 30_000 }

/**
 * Watches single objects of a program for what adds to them, without breakpoints and without the Debugger or Runtime
 * domain. Ids are those of snapshots taken over the same connection. `removeAll` takes every trap back and lets every
 * object go; traps that cannot be reached any more take themselves away.
 */
export class WriteCatcher {
  readonly #inspector: NodeInspector
  readonly #handles: string[] = []

  constructor(inspector: NodeInspector) {
    this.#inspector = inspector
  }

  /** @throws ProbeError when the connection is lost */
  async watch({ id, property }: WatchedObject, how: 'methods' | 'everything'): Promise<SetTrap> {
    const { session } = this.#inspector
    const object = await session
      .send('HeapProfiler.getObjectByHeapObjectId', { objectId: String(id), objectGroup: GROUP })
      .catch((error: unknown) => {
        if (!session.isOpen) throw error
        return undefined // the runtime hands out objects of the program only: no scopes, no tables
      })
    if (object?.result.objectId === undefined) return { kind: 'refused', because: 'it is no object of the program that can be reached alone' }
    const { result, exceptionDetails } = await session.send('Runtime.callFunctionOn', {
      objectId: object.result.objectId,
      functionDeclaration: `function (how, property, limits) { return (${asFunction(setTrap)}).call(this, how, property, limits) }`,
      arguments: [{ value: how }, { value: property }, { value: LIMITS }],
      objectGroup: GROUP,
      silent: true,
    })
    if (exceptionDetails !== undefined || result.objectId === undefined) {
      return { kind: 'refused', because: (exceptionDetails?.exception?.description ?? exceptionDetails?.text ?? 'no answer').split('\n')[0]! }
    }
    const handle = result.objectId
    const { watched, refusal } = JSON.parse(await this.#call(handle, 'function () { return JSON.stringify({ watched: this.watched, refusal: this.refusal }) }')) as { watched: string; refusal: string }
    if (watched === '') return { kind: 'refused', because: refusal }
    this.#handles.push(handle)
    return { kind: 'set', handle, watched }
  }

  /** What was seen so far. @throws ProbeError when the connection is lost */
  async read({ handle, watched }: Extract<SetTrap, { kind: 'set' }>): Promise<CaughtWrites> {
    return { watched, ...(JSON.parse(await this.#call(handle, 'function () { return this.report() }')) as Omit<CaughtWrites, 'watched'>) }
  }

  /** Takes all traps back; a program that is gone needs none taken back. */
  async removeAll(): Promise<void> {
    const { session } = this.#inspector
    if (!session.isOpen) return
    for (const handle of this.#handles.splice(0)) await this.#call(handle, "function () { this.remove(); return '' }").catch(() => undefined)
    await session.send('Runtime.releaseObjectGroup', { objectGroup: GROUP }).catch(() => undefined)
  }

  async #call(objectId: string, functionDeclaration: string): Promise<string> {
    const { result } = await this.#inspector.session.send('Runtime.callFunctionOn', { objectId, functionDeclaration, returnByValue: true, silent: true })
    return typeof result.value === 'string' ? result.value : ''
  }
}

/** A function's text as an expression that can be called. */
function asFunction(code: (...args: never[]) => unknown): string {
  return `(${Function.prototype.toString.call(code)})`
}
