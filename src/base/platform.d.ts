// The few web-standard names the pure floors use. They exist in Node 20 and later, in browsers and in other
// runtimes alike; declaring them here keeps Node's and the DOM's types out of the core.

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(input?: ArrayBufferView | ArrayBuffer, options?: { stream?: boolean }): string
}
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number }
}
interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
}
