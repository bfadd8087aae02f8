const patterns = new Map()
export function leak(n) { patterns.set(`user-${n}-.*`, new RegExp(`^user-${n}-.*$`)) }
export function healthy(n) { patterns.set('user', new RegExp(`^user-${n % 3}-.*$`)) }
