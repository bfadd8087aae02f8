const failures = []
class Connection { constructor(n) { this.peer = `10.0.0.${n}`; this.window = [n] } fail() { return new Error(`lost ${this.peer}`) } }
export function leak(n) { failures.push(new Connection(n).fail()) }
export function healthy(n) {
  failures.push(new Connection(n).fail())
  if (failures.length > 5) failures.splice(0)
}
