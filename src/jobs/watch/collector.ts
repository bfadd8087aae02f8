import { ProbeError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import { attachToProcess } from '../../probes/attached-program.ts'
import { JvmAttach } from '../../probes/jvm-attach.ts'
import { classHistogram } from '../../probes/jvm-heap.ts'
import { NodeInspector } from '../../probes/node-inspector.ts'
import { processFacts } from '../../probes/linux-process.ts'
import { isHiddenProgram, runtimeOfProcess } from '../../probes/runtime-of.ts'

/**
 * What lives in a JVM's heap after a full collection. Three of four of these leave up to 5 % of the old space unmoved, with dead
 * objects overwritten by fillers, which the histogram counts as alive (MarkSweepDeadRatio, MarkSweepAlwaysCompactCount in
 * HotSpot's gc_globals.hpp): by a name of their own since JDK 19, before as int[]. So of int[] the least of the last four
 * counts; a leak of them is seen four collections later.
 */
export class LiveWithoutFillers {
  readonly #intArrays: number[] = []

  after(liveBytes: number, histogram: string): number {
    let [fillers, intArrays] = [0, 0]
    for (const [, bytes, name] of histogram.matchAll(/^ *\d+: +\d+ +(\d+) +(\S+)/gm)) {
      if (name!.startsWith('jdk.internal.vm.Filler')) fillers += Number(bytes)
      else if (name === '[I') intArrays += Number(bytes)
    }
    this.#intArrays.push(intArrays)
    return liveBytes - fillers - intArrays + Math.min(...this.#intArrays.slice(-COMPACTS_EACH))
  }
}

const COMPACTS_EACH = 4

/** A runtime that can be told to collect, and asked what is left. */
export interface Collector {
  /** Bytes in use after a full collection. */
  collect(): Promise<number>
  close(): Promise<void>
}

/** @throws ProbeError where there is no such process, or its runtime cannot be asked from outside */
export async function openCollector(pid: number, run: Run): Promise<Collector> {
  const runtime = runtimeOfProcess(pid)
  if (runtime === 'node') {
    const { inspectorUrl, openedByUs } = await attachToProcess(pid)
    const inspector = await NodeInspector.open(inspectorUrl, `pid ${pid}`)
    return {
      async collect() {
        await inspector.collectGarbage()
        const memory = await inspector.readMemory()
        return memory.heapUsedBytes + memory.externalBytes
      },
      async close() {
        if (openedByUs) await inspector.shutInspector()
        await inspector.close()
      },
    }
  }
  if (runtime === 'jvm') {
    const jvm = await JvmAttach.open(pid, run)
    const live = new LiveWithoutFillers()
    // The histogram of what lives begins with a full collection, and counts what that left to the byte.
    return {
      async collect() {
        const { liveBytes, text } = await classHistogram(jvm, run)
        return live.after(liveBytes, text)
      },
      close: () => Promise.resolve(),
    }
  }
  const facts = processFacts(pid)
  if (facts === undefined || facts.isZombie) {
    throw new ProbeError({ target: `pid ${pid}`, step: 'forcing a collection', problem: 'there is no such process', hint: 'It may have ended. `stillhere watch --all` lists what runs.' })
  }
  if (isHiddenProgram(pid)) {
    throw new ProbeError({ target: `pid ${pid}`, step: 'forcing a collection', problem: `/proc/${pid}/exe is closed to this user: nobody knows what it is`, hint: 'Run as root or as its owner.' })
  }
  throw new ProbeError({
    target: `pid ${pid}`,
    step: 'forcing a collection',
    problem: `there is no way to ask ${runtime === undefined ? 'this program' : `a ${runtime} program`} for one from outside`,
    hint: 'Confirm it by an idle phase or a restart instead: --idle-stop, --restart.',
  })
}
