/**
 * Gives equal sequences of numbers one state, without building text or arrays: state 0 is the empty sequence,
 * `next` appends. An open-addressing table of (state, number) pairs.
 * Cost: 20 bytes a state.
 */
export class NumberTrie {
  #table = new Uint32Array(1 << 12)
  #parent = new Uint32Array(1 << 11)
  #number = new Uint32Array(1 << 11)
  #count = 1

  /** States there are, the empty sequence among them. */
  get count(): number {
    return this.#count
  }

  /** The state of the sequence of `state` with `number` appended. */
  next(state: number, number: number): number {
    const table = this.#table
    const mask = table.length - 1
    let slot = hash(state, number) & mask
    for (let found = table[slot]!; found !== 0; found = table[slot]!) {
      if (this.#parent[found] === state && this.#number[found] === number) return found
      slot = (slot + 1) & mask
    }
    const added = this.#count++
    if (added === this.#parent.length) this.#grow()
    this.#parent[added] = state
    this.#number[added] = number
    if (this.#table === table) table[slot] = added
    else this.#insert(added)
    return added
  }

  /** The last number of a state's sequence; 0 of the empty one. */
  last(state: number): number {
    return this.#number[state]!
  }

  /** The numbers of a state's sequence, in order. */
  sequence(state: number): number[] {
    const numbers: number[] = []
    for (let at = state; at !== 0; at = this.#parent[at]!) numbers.push(this.#number[at]!)
    return numbers.reverse()
  }

  #grow(): void {
    const parent = new Uint32Array(this.#parent.length * 2)
    const number = new Uint32Array(this.#parent.length * 2)
    parent.set(this.#parent)
    number.set(this.#number)
    this.#parent = parent
    this.#number = number
    this.#table = new Uint32Array(parent.length * 2)
    for (let state = 1; state < this.#count - 1; state++) this.#insert(state)
  }

  #insert(state: number): void {
    const mask = this.#table.length - 1
    let slot = hash(this.#parent[state]!, this.#number[state]!) & mask
    while (this.#table[slot] !== 0) slot = (slot + 1) & mask
    this.#table[slot] = state
  }
}

function hash(state: number, number: number): number {
  let mixed = Math.imul(state, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b)
  mixed ^= mixed >>> 16
  return mixed >>> 0
}
