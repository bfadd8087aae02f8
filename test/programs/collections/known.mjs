// Collections of known contents, held by one `Shelf`; prints what is in them, then writes the snapshot named in argv.
import { writeHeapSnapshot } from 'node:v8'

const many = (count, make) => Array.from({ length: count }, (_, number) => make(number))

class Shelf {
  users = new Map(many(300, (number) => [`user-${number}`, { number: `${number}` }]))
  numbers = new Map(many(100, (number) => [number + 0.5, number + 0.25]))
  flags = new Map(many(40, (number) => [`flag ${number}`, true]))
  shrunk = new Map(many(200, (number) => [`gone-${number}`, { number: `${number}` }]))
  ids = new Set(many(77, (number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`))
  rows = many(60, (number) => ({ number: `${number}` }))
  wide = Object.fromEntries(many(300, (number) => [`key-${number}`, { number: `${number}` }]))
  dictionary = {}
  counts = {}
  weak = new WeakMap(this.rows.map((row) => [row, { row }]))
  sub = new (class Cache extends Map {})(many(50, (number) => [`/page/${number}`, 'text']))

  constructor() {
    for (let number = 0; number < 2500; number++) this.dictionary[`key-${number}`] = { number: `${number}` }
    for (let number = 0; number < 2400; number++) this.counts[`count-${number}`] = number
    for (let number = 0; number < 150; number++) this.shrunk.delete(`gone-${number}`)
  }
}

globalThis.shelf = new Shelf()
writeHeapSnapshot(process.argv[2])
