import { Pool } from 'undici'
import { ProbeError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import type { BatchOutcome, Operation } from './operation.ts'

export interface HttpRequest {
  url: URL
  method: string
  headers: Record<string, string>
  body?: string | undefined
  concurrency: number
  timeoutMs: number
  /** Which answers count as done. `any` also takes 4xx and 5xx: a leak may be in the error path. */
  accept: 'success' | 'any'
}

// So many failures in a row, with nothing ever answered well, and more of the same will tell nobody anything.
const HOPELESS = 5
const READY_MS = 10_000

/** The operation "send this request and read the whole answer", exactly as often as asked, `concurrency` at a time. */
export class HttpOperation implements Operation {
  readonly noun = 'request'
  readonly per = 'operation'
  readonly selfDriven = false
  readonly #request: HttpRequest
  #pool: Pool | undefined
  #done = 0
  #everGood = false
  readonly #readyBy = performance.now() + READY_MS

  constructor(request: HttpRequest) {
    this.#request = request
  }

  done(): number {
    return this.#done
  }

  discount(): void {} // operations are counted, not timed

  /** @throws ProbeError when no request is answered well; Cancelled */
  async perform(count: number, run: Run): Promise<BatchOutcome> {
    const { url, concurrency } = this.#request
    this.#pool ??= new Pool(url.origin, {
      connections: concurrency,
      pipelining: 1,
      connect: { timeout: 5000 },
      headersTimeout: this.#request.timeoutMs,
      bodyTimeout: this.#request.timeoutMs,
    })
    const pool = this.#pool
    const outcome: BatchOutcome = { operations: 0, failed: 0 }
    let started = 0
    const worker = async (): Promise<void> => {
      while (started < count) {
        started++
        run.checkpoint()
        const failure = await this.#onceReady(pool, run)
        outcome.operations++
        this.#done++
        if (failure === undefined) {
          this.#everGood = true
          continue
        }
        outcome.failed++
        outcome.firstFailure ??= failure
        if (!this.#everGood && outcome.failed >= HOPELESS) throw this.#hopeless(outcome)
      }
    }
    await Promise.all(Array.from({ length: Math.min(concurrency, count) }, worker))
    if (!this.#everGood) throw this.#hopeless(outcome)
    return outcome
  }

  /** Closes the connections: a server keeps buffers and parsers for each one that is open. */
  async rest(): Promise<void> {
    const pool = this.#pool
    this.#pool = undefined
    await pool?.close()
  }

  async close(): Promise<void> {
    const pool = this.#pool
    this.#pool = undefined
    await pool?.destroy()
  }

  /** Like `#once`, but a program that only just started may refuse or say "not yet" (503) for a while. */
  async #onceReady(pool: Pool, run: Run): Promise<string | undefined> {
    for (;;) {
      const failure = await this.#once(pool)
      if (failure === undefined || this.#everGood || performance.now() > this.#readyBy || !/ECONNREFUSED|answered 503/.test(failure)) return failure
      run.checkpoint()
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  /** Why the request failed; undefined when it did not. */
  async #once(pool: Pool): Promise<string | undefined> {
    const { url, method, headers, body, accept } = this.#request
    try {
      const answer = await pool.request({ path: `${url.pathname}${url.search}`, method: method as 'GET', headers, body: body ?? null })
      await answer.body.dump({ limit: Number.MAX_SAFE_INTEGER })
      return accept === 'any' || answer.statusCode < 400 ? undefined : `answered ${answer.statusCode}`
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return `no answer within ${this.#request.timeoutMs / 1000} s`
      return message === '' ? (code ?? 'no answer') : message
    }
  }

  #hopeless({ failed, firstFailure = 'no answer' }: BatchOutcome): ProbeError {
    const { url, method } = this.#request
    const hangs = firstFailure.startsWith('no answer within')
    return new ProbeError({
      target: `${method} ${url.href}`,
      step: 'warming up',
      problem: `${failed === 1 ? 'the first request' : `each of the first ${failed} requests`} failed: ${firstFailure}`,
      hint: hangs
        ? 'Does the operation answer by itself? A longer wait: --request-timeout 60s'
        : 'Are path, --method, --header and --body right? To hunt in the error path itself: --any-status',
    })
  }
}
