// Does to its memory what it is told on stdin, one order a line, and reports what V8 says of it. See ../record-programs.ts.
import { EventEmitter } from 'node:events'
import { openSync } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'
import { createInterface } from 'node:readline'

const slots = new Map()
let leaked = []
const bus = new EventEmitter()
bus.setMaxListeners(0)
let after = ''
let full = ''
let collections = 0
let majors = 0
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) {
    const used = Math.round(process.memoryUsage().heapUsed / 1024)
    if (detail.kind === 1 || detail.kind === 4) {
      collections++
      after = used
    }
    if (detail.kind === 4) {
      majors++
      full = used
    }
  }
}).observe({ entryTypes: ['gc'] })

let serial = 0
function make(kind, bytes) {
  serial++
  switch (kind) {
    case 'string':
      return Buffer.alloc(bytes, 97 + (serial % 26)).toString('latin1')
    case 'buffer':
      return Buffer.allocUnsafeSlow(bytes).fill(1)
    case 'closure': {
      const held = new Array(Math.max(1, bytes >> 3)).fill(serial)
      return () => held.length
    }
    case 'small': {
      const list = []
      for (let left = bytes; left > 0; left -= 56) list.push({ id: serial, at: left, next: list.at(-1) })
      return list
    }
    default:
      return { id: serial, name: `n${serial}`, data: new Array(Math.max(1, bytes >> 3)).fill(1.5) }
  }
}

function leak(kind, bytes) {
  if (kind === 'listener') {
    const held = make('object', bytes)
    bus.on('leak', () => held)
  } else leaked.push(make(kind, bytes))
}

const size = () => {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
let waste
const orders = {
  G: ([count, bytes]) => {
    for (let i = 0; i < +count; i++) waste = make(i & 1 ? 'small' : 'object', +bytes)
  },
  P: ([slot, bytes, kind]) => slots.set(slot, make(kind, +bytes)),
  B: ([slot, bytes, pieces, kind]) => slots.set(slot, Array.from({ length: +pieces }, () => make(kind, +bytes / +pieces))),
  K: ([slot, every]) => slots.set(slot, slots.get(slot).filter((_, i) => i % +every === 0)),
  D: ([slot]) => slots.delete(slot),
  L: ([kind, bytes]) => leak(kind, +bytes),
  N: ([bytes]) => leaked.push(Buffer.allocUnsafeSlow(+bytes).fill(1)),
  F: () => openSync('/dev/null', 'r'),
  C: () => globalThis.gc?.(),
  S: () => {
    const { heapUsed, heapTotal, external } = process.memoryUsage()
    const kib = (bytes) => Math.round(bytes / 1024)
    console.log(`heap_used=${kib(heapUsed)} heap_total=${kib(heapTotal)} external=${kib(external)} gc=${collections} gc_full=${majors} heap_after=${after} heap_after_full=${full}`)
  },
  E: () => {
    const before = size()
    leaked = []
    bus.removeAllListeners('leak')
    console.log(`leaked=${before - size()}`)
  },
}
createInterface({ input: process.stdin }).on('line', (line) => {
  const [order, ...rest] = line.split(' ')
  orders[order]?.(rest)
})
