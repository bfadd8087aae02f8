/** What a Node process says of its memory at one moment. Bytes, or counts where the name says so. */
export interface MemoryReading {
  heapUsedBytes: number
  heapCommittedBytes: number
  heapLimitBytes: number
  /** Compiled code, bytecode and feedback: spaces that only the runtime fills. */
  codeBytes: number
  externalBytes: number
  arrayBuffersBytes: number
  rssBytes: number
  mallocedBytes: number
  contextCount: number
  detachedContextCount: number
  /** Timers, sockets, servers, requests: what keeps the event loop alive. */
  handleCount: number
  /** What the stacks of a Go process take. */
  stackBytes?: number | undefined
}
