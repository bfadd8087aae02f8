import { gunzipSync } from 'node:zlib'
import { ProbeError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { startRun } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { bytesSource } from '../readers/bytes-source.ts'
import { pprof } from '../readers/pprof.ts'

/** What runtime.MemStats says at the end of a text heap profile, after a collection. */
export interface GoMemory {
  /** Bytes of live objects. */
  heapAllocBytes: number
  heapObjects: number
  stackBytes: number
  goroutines: number
}

export interface GoProfile {
  /** As it came: gzip of protobuf, what `go tool pprof` reads. */
  bytes: Uint8Array
  profile: AllocationProfile
}

const WAIT_MS = 60_000
const MOST_BYTES = 256 << 20

/**
 * The memory pages of a Go program that imports net/http/pprof. `gc=1` makes it collect before it answers, so what is
 * told is live; nothing is switched on, and the program only stands still for the collection's own short pauses.
 */
export class GoPprof {
  /** Ends with `/debug/pprof/`, or wherever the program mounted it. */
  readonly base: URL
  readonly #headers: Record<string, string>

  private constructor(base: URL, headers: Record<string, string>) {
    this.base = base
    this.#headers = headers
  }

  /**
   * `http://host:port`, `…/debug/pprof` or the address of one profile; a name and password in it are sent along.
   * @throws ProbeError when no such pages answer there; Cancelled
   */
  static async open(address: string, run: Run): Promise<GoPprof> {
    const refuse = (problem: string, cause?: unknown): ProbeError =>
      new ProbeError({ target: withoutPassword(address), step: 'looking for /debug/pprof', problem, hint: 'The program must import _ "net/http/pprof" and serve it; give that address: http://127.0.0.1:6060/debug/pprof', cause })
    const url = urlOf(address)
    if (url === undefined) throw refuse('this is no URL')
    const headers: Record<string, string> = {}
    if (url.username !== '') headers['authorization'] = `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}`
    const path = url.pathname.replace(/\/(heap|allocs|goroutine|goroutineleak)\/?$/, '/').replace(/\/*$/, '/')
    const base = new URL(path === '/' ? '/debug/pprof/' : path, url.origin)
    const go = new GoPprof(base, headers)
    await go.#page('heap?debug=1', run, refuse)
    return go
  }

  /** A full collection, then what lives. Two collections: the first only makes finalizers and pools let go. @throws ProbeError, Cancelled */
  async readMemory(run: Run): Promise<GoMemory> {
    await this.#page('heap?gc=1&debug=1', run)
    const heap = (await this.#page('heap?gc=1&debug=1', run)).toString('latin1')
    const stat = (name: string): number => Number(new RegExp(`^# ${name} = (\\d+)`, 'm').exec(heap)?.[1] ?? Number.NaN)
    const goroutines = (await this.#page('goroutine?debug=1', run)).toString('latin1', 0, 200)
    return {
      heapAllocBytes: stat('HeapAlloc'),
      heapObjects: stat('HeapObjects'),
      stackBytes: stackBytesIn(heap),
      goroutines: Number(/total (\d+)/.exec(goroutines)?.[1] ?? Number.NaN),
    }
  }

  /** What all stacks take now, without a collection; NaN where the page does not tell. @throws ProbeError, Cancelled */
  async stackBytes(run: Run): Promise<number> {
    return stackBytesIn((await this.#page('heap?debug=1', run)).toString('latin1'))
  }

  /** Live memory by allocation site, after a collection. @throws ProbeError, Cancelled */
  async heap(run: Run): Promise<GoProfile> {
    return this.#profile('heap?gc=1', run)
  }

  /** What all goroutines wait for. @throws ProbeError, Cancelled */
  async goroutines(run: Run): Promise<GoProfile> {
    return this.#profile('goroutine', run)
  }

  /** `go1.24.4` where the program says it; and what started it. */
  async command(run: Run): Promise<string> {
    return (await this.#page('cmdline', run)).toString('utf8').split('\0').join(' ').trim()
  }

  async #profile(page: string, run: Run): Promise<GoProfile> {
    const bytes = await this.#page(page, run)
    const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes
    const profile = await pprof.read(bytesSource(new URL(page, this.base).href, plain), startRun({ signal: run.signal }))
    return { bytes, profile }
  }

  async #page(page: string, run: Run, refuse = this.#refusal(page)): Promise<Buffer> {
    run.checkpoint()
    try {
      const timeout = AbortSignal.timeout(WAIT_MS)
      const answer = await fetch(new URL(page, this.base), { headers: this.#headers, signal: run.signal === undefined ? timeout : AbortSignal.any([timeout, run.signal as AbortSignal]) })
      if (!answer.ok) throw refuse(`it answered ${answer.status}${answer.status === 401 ? ': a name and password go into the address, http://name:password@host/…' : ''}`)
      const chunks: Uint8Array[] = []
      let length = 0
      for await (const chunk of answer.body ?? []) {
        length += (chunk as Uint8Array).length
        if (length > MOST_BYTES) throw refuse('the answer is larger than any profile')
        chunks.push(chunk as Uint8Array)
      }
      return Buffer.concat(chunks)
    } catch (error) {
      run.checkpoint()
      if (error instanceof ProbeError) throw error
      throw refuse(error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error), error)
    }
  }

  #refusal(page: string): (problem: string, cause?: unknown) => ProbeError {
    return (problem, cause) => new ProbeError({ target: new URL(page, this.base).href, step: 'reading a profile', problem, hint: 'Does the program still run?', cause })
  }
}

function stackBytesIn(heapText: string): number {
  return Number(/^# Stack = (\d+)/m.exec(heapText)?.[1] ?? Number.NaN)
}

function urlOf(address: string): URL | undefined {
  const text = /^https?:\/\//.test(address) ? address : `http://${address}`
  return URL.canParse(text) ? new URL(text) : undefined
}

/** Errors end up in logs. */
export function withoutPassword(address: string): string {
  const url = urlOf(address)
  if (url === undefined || url.username === '') return address
  url.username = url.password = ''
  return url.href
}
