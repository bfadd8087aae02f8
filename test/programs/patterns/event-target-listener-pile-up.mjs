const bus = new EventTarget()
class Panel { constructor(n) { this.title = `panel ${n}`; this.cells = [n, n] } refresh() { this.cells.fill(0) } }
export function leak(n) {
  const panel = new Panel(n)
  bus.addEventListener('tick', () => panel.refresh())
}
export function healthy(n) {
  const panel = new Panel(n)
  const refresh = () => panel.refresh()
  bus.addEventListener('tick', refresh)
  bus.removeEventListener('tick', refresh)
}
