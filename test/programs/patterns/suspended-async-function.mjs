const gate = { open: null }
gate.opened = new Promise((resolve) => { gate.open = resolve })
class Task { constructor(n) { this.input = `input ${n}`; this.output = null } }
async function work(task) {
  await gate.opened
  task.output = task.input
}
export function leak(n) { void work(new Task(n)) }
async function prompt(task) {
  await null
  task.output = task.input
}
export async function healthy(n) { await prompt(new Task(n)) }
