import type { Protocol } from 'devtools-protocol'
import { ProbeError } from '../base/errors.ts'
import type { MemoryReading } from '../model/memory-reading.ts'
import { CdpSession } from './cdp-session.ts'

export type { MemoryReading } from '../model/memory-reading.ts'

export interface RuntimeFacts {
  pid: number
  version: string
  platform: string
}

// One expression, no names left behind, nothing printed, nothing kept: the result is returned by value as text.
// `require` is there because the command-line API is asked for; it works in CommonJS and ES modules alike.
const READING = `(() => {
  const v8 = process.getBuiltinModule ? process.getBuiltinModule('v8') : require('v8')
  const memory = process.memoryUsage(), heap = v8.getHeapStatistics()
  let code = 0
  for (const space of v8.getHeapSpaceStatistics()) if (/code|trusted/.test(space.space_name)) code += space.space_used_size
  return JSON.stringify([memory.heapUsed, memory.heapTotal, heap.heap_size_limit, code, memory.external, memory.arrayBuffers, memory.rss,
    heap.malloced_memory, heap.number_of_native_contexts, heap.number_of_detached_contexts,
    process.getActiveResourcesInfo ? process.getActiveResourcesInfo().length : NaN])
})()`

/**
 * The inspector of one thread of a Node process: the main one, or a worker (worker-threads.ts). The Runtime domain is never enabled: with it on, every object the program logs
 * is held for a debugger to look at, and the probe would make the leak it looks for.
 */
export class NodeInspector {
  readonly session: CdpSession
  readonly target: string

  constructor(session: CdpSession, target: string) {
    this.session = session
    this.target = target
  }

  static async open(url: string, target: string): Promise<NodeInspector> {
    return new NodeInspector(await CdpSession.open(url, { target }), target)
  }

  /** The value of `expression` in the program; it must be JSON text. @throws ProbeError when it throws there */
  async #ask(step: string, expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.session.send('Runtime.evaluate', {
      expression,
      includeCommandLineAPI: true,
      returnByValue: true,
      silent: true,
    })
    if (exceptionDetails !== undefined || typeof result.value !== 'string') {
      const problem = exceptionDetails?.exception?.description ?? exceptionDetails?.text ?? `answered with ${result.type}`
      throw new ProbeError({ target: this.target, step, problem: problem.split('\n')[0]!, hint: 'Is this a Node program? Only those can be asked this way.' })
    }
    return JSON.parse(result.value)
  }

  async runtimeFacts(): Promise<RuntimeFacts> {
    const expression = 'JSON.stringify({ pid: process.pid, version: process.versions.node, platform: process.platform })'
    return (await this.#ask('asking for its version', expression)) as RuntimeFacts
  }

  async readMemory(): Promise<MemoryReading> {
    const numbers = (await this.#ask('reading its memory', READING)) as (number | null)[]
    const at = (position: number): number => numbers[position] ?? Number.NaN
    return {
      heapUsedBytes: at(0),
      heapCommittedBytes: at(1),
      heapLimitBytes: at(2),
      codeBytes: at(3),
      externalBytes: at(4),
      arrayBuffersBytes: at(5),
      rssBytes: at(6),
      mallocedBytes: at(7),
      contextCount: at(8),
      detachedContextCount: at(9),
      handleCount: at(10),
    }
  }

  /** One full collection. What the program has logged is let go first: with an inspector open V8 keeps the last thousand messages. */
  async collectGarbage(): Promise<void> {
    await this.session.send('Runtime.discardConsoleEntries')
    await this.session.send('HeapProfiler.collectGarbage')
  }

  /** From now on remembers where about one in `intervalBytes` was allocated, of what is still live. */
  async startSampling(intervalBytes: number): Promise<void> {
    await this.session.send('HeapProfiler.startSampling', { samplingInterval: intervalBytes })
  }

  async samplingProfile(): Promise<Protocol.HeapProfiler.SamplingHeapProfile> {
    return (await this.session.send('HeapProfiler.getSamplingProfile')).profile
  }

  async stopSampling(): Promise<void> {
    await this.session.send('HeapProfiler.stopSampling')
  }

  /** Makes the program say when it has finished its work and only waits for us; without this it just ends. */
  async noticeEnd(onEnd: () => void): Promise<void> {
    this.session.on('NodeRuntime.waitingForDisconnect', onEnd)
    await this.session.send('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true })
  }

  /** Shuts the inspector of the program itself, port and all; for programs whose inspector we opened. */
  async shutInspector(): Promise<void> {
    // After our connection is gone: closing it under a session waits for that session.
    const expression = `(() => {
      const inspector = process.getBuiltinModule ? process.getBuiltinModule('inspector') : require('inspector')
      setTimeout(() => inspector.close(), 50).unref()
      return '1'
    })()`
    await this.#ask('closing its inspector', expression)
  }

  async close(): Promise<void> {
    await this.session.close()
  }
}
