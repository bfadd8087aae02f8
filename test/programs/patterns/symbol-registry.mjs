const flags = {}
export function leak(n) { flags[Symbol.for(`feature-${n}`)] = { on: true, name: `feature ${n}` } }
export function healthy(n) { flags[Symbol.for(`feature-${n % 4}`)] = { on: true } }
