import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ProbeError, UsageError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import type { BatchOutcome, Operation } from './operation.ts'

/** What a user's `--op` module may export; only `operation` is needed. */
interface OperationModule {
  setup?: (context: OperationContext) => unknown
  operation: (context: OperationContext & { number: number }) => unknown
  teardown?: (context: OperationContext) => unknown
}

/** What the module is told: where the program listens, when that is known. */
export interface OperationContext {
  url?: string | undefined
  pid: number
}

/** Loads a user's module. It runs in our process, as the user's own code. @throws UsageError when it has no `operation` */
export async function openModuleOperation(path: string, context: OperationContext, concurrency: number): Promise<Operation> {
  const loaded = (await import(pathToFileURL(resolve(path)).href).catch((cause: Error) => {
    throw new UsageError({ argument: '--op', given: `${path}: ${cause.message}`, allowed: 'a module that can be loaded' })
  })) as Partial<OperationModule>
  if (typeof loaded.operation !== 'function') {
    throw new UsageError({
      argument: '--op',
      given: `${path} with ${Object.keys(loaded).join(', ') || 'no exports'}`,
      allowed: 'a module that exports a function `operation`',
      hint: 'export async function operation({ url, number }) { await fetch(`${url}/cart/${number}`) }',
    })
  }
  await loaded.setup?.(context)
  return new ModuleOperation(loaded as OperationModule, path, context, concurrency)
}

class ModuleOperation implements Operation {
  readonly noun = 'operation'
  readonly per = 'operation'
  readonly selfDriven = false
  readonly #module: OperationModule
  readonly #path: string
  readonly #context: OperationContext
  readonly #concurrency: number
  #done = 0
  #started = 0

  constructor(module: OperationModule, path: string, context: OperationContext, concurrency: number) {
    this.#module = module
    this.#path = path
    this.#context = context
    this.#concurrency = concurrency
  }

  done(): number {
    return this.#done
  }

  discount(): void {} // operations are counted, not timed

  async perform(count: number, run: Run): Promise<BatchOutcome> {
    const outcome: BatchOutcome = { operations: 0, failed: 0 }
    let started = 0
    const worker = async (): Promise<void> => {
      while (started < count) {
        started++
        run.checkpoint()
        try {
          await this.#module.operation({ ...this.#context, number: ++this.#started })
        } catch (error) {
          outcome.failed++
          outcome.firstFailure ??= error instanceof Error ? error.message : String(error)
          if (this.#done === outcome.failed - 1 && outcome.failed >= 3) throw this.#hopeless(outcome.firstFailure, error)
        }
        outcome.operations++
        this.#done++
      }
    }
    await Promise.all(Array.from({ length: Math.min(this.#concurrency, count) }, worker))
    return outcome
  }

  rest(): Promise<void> {
    return Promise.resolve()
  }

  async close(): Promise<void> {
    await this.#module.teardown?.(this.#context)
  }

  #hopeless(failure: string, cause: unknown): ProbeError {
    return new ProbeError({ target: this.#path, step: 'warming up', problem: `each of the first operations threw: ${failure}`, cause })
  }
}
