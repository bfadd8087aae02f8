const memo = Object.create(null)
const compute = (key) => ({ key, digits: [...key].map((digit) => ({ digit })) })
export function leak(n) { memo[`input-${n}`] ??= compute(`input-${n}`) }
const bounded = Object.create(null)
export function healthy(n) { bounded[`input-${n % 10}`] ??= compute(`input-${n % 10}`) }
