/** What the collections of `stillhere/bounded` cost next to a plain `Map` and array. Run: node bench/bounded.ts */
import { LfuCache, RingBuffer, WeakValueMap } from '../src/bounded/index.ts'

const OPERATIONS = 1_000_000
const KEYS = 20_000
const keys = Uint32Array.from({ length: OPERATIONS }, (_, at) => Math.floor(KEYS * ((Math.imul(at + 1, 0x9e3779b1) >>> 0) / 2 ** 32) ** 2))

function measure(name: string, operation: (key: number) => unknown): void {
  const times: number[] = []
  for (let round = 0; round < 3; round++) {
    const begin = process.cpuUsage()
    for (const key of keys) operation(key)
    const { user, system } = process.cpuUsage(begin)
    times.push(((user + system) * 1000) / OPERATIONS)
  }
  process.stdout.write(`${name.padEnd(48)} ${Math.min(...times).toFixed(0).padStart(6)} ns of CPU\n`)
}

const map = new Map<number, number>()
measure('Map: get, set when absent', (key) => map.get(key) ?? map.set(key, key))
for (const capacity of [1000, 10_000]) {
  const cache = new LfuCache<number, number>(capacity)
  measure(`LfuCache of ${capacity}: get, put when absent`, (key) => cache.get(key) ?? cache.put(key, key))
}
const objects = Array.from({ length: KEYS }, (_, number) => ({ number }))
const weak = new WeakValueMap<number, object>()
measure('WeakValueMap: get, set when absent', (key) => weak.get(key) ?? weak.set(key, objects[key]!))
const ring = new RingBuffer<number>(1000)
measure('RingBuffer of 1000: push', (key) => ring.push(key))
