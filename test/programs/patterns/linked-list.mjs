class Node { constructor(n, next) { this.value = `value ${n}`; this.next = next } }
let head = null
export function leak(n) { head = new Node(n, head) }
let short = null
export function healthy(n) { short = new Node(n, n % 10 === 0 ? null : short) }
export const peek = () => [head, short]
