import type { Pattern } from './pattern.ts'

export const externalMemory: Pattern = {
  id: 'external-memory',
  category: 'external-memory',
  title: 'buffers outside the heap that small objects keep',
  proves: 'Most of the growth is the backing stores of ArrayBuffers.',
  disproves: 'A pool of buffers that is reused.',
  why: 'A view of a few bytes keeps the whole buffer it looks into, and that memory does not show in the heap.',
  advice: 'Copy the few bytes that are kept (`Uint8Array.prototype.slice`, `Buffer.from(view)`), bound the table that holds them, and let the big buffer go.',
  example: { before: 'tokens.set(id, message.token)', after: 'tokens.set(id, message.token.slice())' },
  confidence: 'high',
  runtimes: ['v8'],
  matches: (held) => held.bytesOf(/JSArrayBufferData|ArrayBuffer|backing_store|BackingStore|^Node \/ |WasmMemory|WebAssembly|^Buffer$/) > 0.5 * held.bytesRate,
}
