const instances = []
export function leak(n) { if (n % 4 === 0) instances.push(new WebAssembly.Memory({ initial: 1 })) }
const one = new WebAssembly.Memory({ initial: 1 })
export function healthy() { return void one.buffer.byteLength }
