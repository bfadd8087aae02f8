const validators = new Map()
export function leak(n) { validators.set(n, new Function('value', `return value > ${n}`)) }
const one = new Function('value', 'return value > 1')
export function healthy(n) { return void one(n) }
