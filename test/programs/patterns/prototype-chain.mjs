let settings = { theme: 'dark' }
export function leak(n) { settings = Object.assign(Object.create(settings), { revision: `revision ${n}` }) }
export function healthy(n) { settings = { ...settings, revision: `revision ${n}` } }
