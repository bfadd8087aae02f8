// Keeps more and more orders, and writes a snapshot at each step. Usage: node orders.cjs FOLDER COUNT…
const { join } = require('node:path')
const { writeHeapSnapshot } = require('node:v8')

const [folder, ...steps] = process.argv.slice(2)
const orders = new Map()

class Order {
  constructor(number) {
    this.number = number
    this.customer = { name: `customer ${number}`, address: { street: `street ${number % 977}`, city: `city ${number % 89}` } }
    this.lines = [{ item: `item ${number % 499}`, price: number + 0.5 }, { item: `item ${number % 211}`, price: number + 0.25 }]
    this.placedAt = new Date(number)
    this.steps = [{ state: 'paid', at: number + 0.125 }, { state: 'sent', at: number + 0.75 }]
  }
}

for (const [step, count] of steps.map(Number).entries()) {
  while (orders.size < count) orders.set(orders.size, new Order(orders.size))
  writeHeapSnapshot(join(folder, `${step + 1}.heapsnapshot`))
}
