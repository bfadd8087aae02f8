const queue = []
class Update { constructor(n) { this.callback = () => n; this.due = n; this.payload = `payload ${n}` } }
export function leak(n) {
  const task = new Update(n)
  queue.push(task)
  task.callback = null // cancelled, and still in the queue
}
export function healthy(n) {
  const task = new Update(n)
  queue.push(task)
  task.callback = null
  while (queue.length > 0 && queue.at(-1).callback === null) queue.pop()
}
