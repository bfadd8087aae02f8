function mock(implementation) {
  const calls = []
  const results = []
  const fn = (...args) => {
    calls.push(args)
    results.push({ type: 'return', value: implementation(...args) })
  }
  fn.mock = { calls, results }
  fn.mockClear = () => { calls.length = 0; results.length = 0 }
  return fn
}
class Row { constructor(n) { this.id = n; this.cells = [`cell ${n}`] } }
const save = mock((row) => row)
export function leak(n) { save(new Row(n)) }
export function healthy(n) { save(new Row(n)); save.mockClear() }
