import { ProbeError } from '../base/errors.ts'
import type { NodeInspector } from './node-inspector.ts'

/** How planted objects are recognized in a snapshot: by class and by the global that holds them. */
export const CONTROL = { className: 'StillhereControl', globalName: '__stillhereControl' } as const

/** A program that works millions of times a second is not filled with as many of our objects. */
const MOST_IN_WARM_UP = 5000
/** Of rounds that are time: one every 10 ms. */
const PER_SECOND = 100

/**
 * A leak of our own in the program: one object per operation, held under a global of our own name. A measurement that
 * does not see this one cannot say that another is gone. Removed again by `remove`.
 */
export class PlantedControl {
  readonly #inspector: NodeInspector
  readonly #per: 'operation' | 'second'
  #perUnit: number | undefined
  #planted = 0

  constructor(inspector: NodeInspector, per: 'operation' | 'second') {
    this.#inspector = inspector
    this.#per = per
  }

  /** How many there are now. */
  get planted(): number {
    return this.#planted
  }

  /** Plants until there are as many as `done` asks for. @throws ProbeError when the program refuses */
  async plantUpTo(done: number): Promise<void> {
    this.#perUnit ??= this.#per === 'second' ? PER_SECOND : Math.min(1, MOST_IN_WARM_UP / Math.max(1, done))
    const count = Math.round(done * this.#perUnit) - this.#planted
    if (count <= 0) return
    const { className, globalName } = CONTROL
    // The class is made once and lives with its list, so that all objects are of one class.
    const value = await this.#evaluate(`(() => {
      const name = '${globalName}'
      if (!Object.hasOwn(globalThis, name)) {
        Object.defineProperty(globalThis, name, { value: { make: class ${className} { constructor(number) { this.number = number } }, planted: [] }, configurable: true })
      }
      const { make, planted } = globalThis[name]
      for (let at = 0; at < ${count}; at++) planted.push(new make(planted.length))
      return planted.length
    })()`)
    this.#planted += count
    if (value === this.#planted) return
    throw new ProbeError({ target: this.#inspector.target, step: 'planting the control', problem: `there are ${String(value)} planted objects instead of ${this.#planted}`, hint: 'Is another verify running on the same program?' })
  }

  /** Takes everything planted out of the program, if it is still there. */
  async remove(): Promise<void> {
    if (this.#planted === 0 || !this.#inspector.session.isOpen) return
    await this.#evaluate(`delete globalThis['${CONTROL.globalName}']`).catch(() => undefined)
  }

  async #evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#inspector.session.send('Runtime.evaluate', { expression, returnByValue: true, silent: true })
    if (exceptionDetails === undefined) return result.value
    const problem = exceptionDetails.exception?.description ?? exceptionDetails.text
    throw new ProbeError({ target: this.#inspector.target, step: 'planting the control', problem: problem.split('\n')[0]! })
  }
}
