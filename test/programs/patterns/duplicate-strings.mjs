const rows = []
export function leak(n) { rows.push({ country: Buffer.from('United Kingdom of Great Britain').toString(), status: Buffer.from('active and verified').toString(), id: `row ${n}` }) }
export function healthy(n) { rows[n % 10] = { country: Buffer.from('United Kingdom of Great Britain').toString(), id: `row ${n}` } }
