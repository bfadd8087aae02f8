import type { Sample } from '../model/memory-series-builder.ts'
import { foreignFile, procNames, procText } from './proc-files.ts'

/** They take 32 KB unless -XX:PerfDataMemorySize says more. */
const MOST_BYTES = 16 << 20

/**
 * What `jstat` shows, read where jstat reads it: the file of counters every HotSpot JVM (8 and later) keeps mapped in its /tmp,
 * `hsperfdata_<user>/<pid>`. Reading it asks nothing of the JVM and needs no JDK. `-XX:-UsePerfData` turns it off.
 * Layout: HotSpot's perfMemory.hpp (a prologue of 32 bytes, then entries of name, type, and a value of eight bytes or a string).
 * What is kept: use and size of the heap's spaces, collections by kind. Of use after a collection everything but eden counts,
 * which is empty then; the other spaces change at collections only (but for objects so large that they are born old).
 */
export function readJvmCounters(pid: number): Sample | undefined {
  const bytes = findFile(pid)
  if (bytes === undefined) return undefined
  const counters = parsePerfData(bytes)
  return counters === undefined ? undefined : sampleOf(counters)
}

/** Names and values; undefined for what is no such file. Strings are NUL-ended. */
export function parsePerfData(bytes: Uint8Array): Map<string, number | string> | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 32 || view.getUint32(0) !== 0xcafec0c0) return undefined
  const little = bytes[4] === 1
  const counters = new Map<string, number | string>()
  const textAt = (from: number, end: number): string => {
    const zero = bytes.subarray(from, end).indexOf(0)
    return new TextDecoder().decode(bytes.subarray(from, zero < 0 ? end : from + zero))
  }
  let at = view.getUint32(24, little)
  const count = view.getUint32(28, little)
  for (let entry = 0; entry < count && at + 20 <= bytes.length; entry++) {
    const length = view.getUint32(at, little)
    if (length < 20 || at + length > bytes.length) break // it is being written
    const name = textAt(at + view.getUint32(at + 4, little), at + length)
    const elements = view.getUint32(at + 8, little)
    const type = String.fromCharCode(bytes[at + 12]!)
    const data = at + view.getUint32(at + 16, little)
    if (type === 'J' && elements === 0 && data + 8 <= at + length) counters.set(name, Number(view.getBigInt64(data, little)))
    else if (type === 'B' && elements > 0) counters.set(name, textAt(data, Math.min(at + length, data + elements)))
    at += length
  }
  return counters
}

function sampleOf(counters: ReadonlyMap<string, number | string>): Sample {
  const number = (name: string): number => {
    const value = counters.get(name)
    return typeof value === 'number' ? value : Number.NaN
  }
  let used = 0
  let afterCollection = 0
  let hasEden = false
  let committed = 0
  const limits: number[] = []
  for (let generation = 0; counters.has(`sun.gc.generation.${generation}.name`); generation++) {
    const base = `sun.gc.generation.${generation}`
    limits.push(number(`${base}.maxCapacity`))
    for (let space = 0; counters.has(`${base}.space.${space}.used`); space++) {
      const bytes = number(`${base}.space.${space}.used`)
      used += bytes
      committed += number(`${base}.space.${space}.capacity`)
      if (counters.get(`${base}.space.${space}.name`) === 'eden') hasEden = true
      else afterCollection += bytes
    }
  }
  const full = number('sun.gc.collector.1.invocations')
  const young = number('sun.gc.collector.0.invocations')
  const concurrent = number('sun.gc.collector.2.invocations')
  // With generations that share one range of addresses (G1) each may grow to the whole.
  const shared = counters.get('sun.gc.policy.name') === 'GarbageFirst'
  const limit = shared ? Math.max(...limits) : limits.reduce((sum, each) => sum + each, 0)
  const sample: Sample = {}
  if (used > 0) sample['heap-used'] = used
  if (committed > 0) sample['heap-committed'] = committed
  if (limit > 0) sample['heap-limit'] = limit
  if (hasEden && young + (full || 0) > 0) sample['heap-live'] = afterCollection
  if (!Number.isNaN(full)) sample['gc-full-count'] = full
  if (!Number.isNaN(young)) sample['gc-count'] = young + (full || 0) + (concurrent || 0)
  return sample
}

/** In the process's own /tmp, which is another than ours in a container, under its pid there. */
function findFile(pid: number): Uint8Array | undefined {
  const inner = /^NSpid:.*?(\d+)$/m.exec(procText(`/proc/${pid}/status`))?.[1] ?? String(pid)
  const tmp = `/proc/${pid}/root/tmp`
  for (const name of procNames(tmp)) {
    if (!name.startsWith('hsperfdata_')) continue
    // Another user's folder may be closed, and it is in one of them only.
    const bytes = foreignFile(`${tmp}/${name}/${inner}`, MOST_BYTES)
    if (bytes !== undefined) return bytes
  }
  return undefined
}
