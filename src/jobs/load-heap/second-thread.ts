import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Answer, Task } from './heap-worker.ts'

/** A worker thread for the second core. It does one task after the other; `stop` when there are no more. */
export class SecondThread {
  readonly #worker: Worker

  constructor() {
    const file = import.meta.url.endsWith('.ts') ? './heap-worker.ts' : './heap-worker.js'
    // Its work is on columns, not on objects: a young generation of two megabytes is plenty. And on few functions: V8 would
    // reserve 512 MB of addresses for their code, and end the process where it cannot.
    this.#worker = new Worker(new URL(file, import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 64 } })
    this.#worker.unref()
  }

  /** Starts a task; the answer comes when both threads are done with theirs. Never rejects: a lost thread is `failed`. */
  start(task: Task): Promise<Answer> {
    this.#worker.ref()
    const answered = once(this.#worker, 'message').then(([message]) => message as Answer)
    const lost = once(this.#worker, 'exit').then(() => ({ kind: 'failed', message: 'the thread ended' }) as const)
    this.#worker.postMessage(task)
    return Promise.race([answered, lost])
      .catch((error: unknown): Answer => ({ kind: 'failed', message: String(error) }))
      .finally(() => this.#worker.unref())
  }

  async stop(): Promise<void> {
    await this.#worker.terminate()
  }
}
