/** Collections that cannot grow for ever, for the remedies that findings name. They import nothing of this package. */
export { LfuCache } from './lfu-cache.ts'
export { RingBuffer } from './ring-buffer.ts'
export type { BoundedSize } from './size-channel.ts'
export { WeakValueMap } from './weak-value-map.ts'
