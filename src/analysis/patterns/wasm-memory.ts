import type { Held, Pattern } from './pattern.ts'

export const wasmMemory: Pattern = {
  id: 'wasm-memory',
  category: 'external-memory',
  runtimes: ['v8'],
  title: 'WebAssembly memories or instances that are kept',
  proves: 'Memories, tables or instances of WebAssembly become more, or bigger, at every step.',
  disproves: 'One instance that has reached its size.',
  why: 'A WebAssembly memory grows and never shrinks; each instance has its own.',
  advice: 'Reuse one instance, free what is allocated inside (`destroy`, `free` or `delete` of the library’s objects), or drop the instance to give its memory back.',
  example: {
    before: 'const { instance } = await WebAssembly.instantiate(bytes) // per operation',
    after: 'const { instance } = await WebAssembly.instantiate(bytes) // once',
  },
  confidence: 'high',
  matches: (held) => isOneMemory(held) || held.classes.some((each) => /^(Memory|Instance|Table|WebAssembly\..*|system \/ Wasm.*)$/.test(each.className) && each.countRate > 0.01) && held.bytesOf(/^Memory$|Wasm|ArrayBuffer|JSArrayBufferData/) > 0.3 * held.bytesRate,
}

/** The bytes of one instance's memory become more: the buffer hangs on it by a reference that nobody wrote. */
function isOneMemory({ by, steps, holder }: Held): boolean {
  return by === 'bytes' && /^(WebAssembly\.)?Memory$/.test(steps[holder - 1]?.nodeName ?? '') && steps[holder]?.nodeName === 'ArrayBuffer' && !/^(property|variable)$/.test(steps[holder]?.edgeKind ?? '')
}
