class Subject { observers = []; subscribe(observer) { this.observers.push(observer); return () => { this.observers = this.observers.filter((each) => each !== observer) } } }
class Chart { constructor(n) { this.title = `chart ${n}`; this.points = [] } next(value) { this.points.push(value) } }
const ticks = new Subject()
export function leak(n) {
  const chart = new Chart(n)
  ticks.subscribe({ next: (value) => chart.next(value) })
}
export function healthy(n) {
  const chart = new Chart(n)
  ticks.subscribe({ next: (value) => chart.next(value) })()
}
