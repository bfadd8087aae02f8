// A panel that forgets its listener, and one that does not: what the examples for all test runners look at.
import { EventEmitter } from 'node:events'

export const bus = new EventEmitter()

export class LeakyPanel {
  content = Array.from({ length: 1000 }, (_, index) => `row ${index}`)

  constructor() {
    bus.on('resize', () => this.render())
  }

  render() {
    return this.content.length
  }

  close() {}
}

export class TidyPanel {
  content = Array.from({ length: 1000 }, (_, index) => `row ${index}`)
  #onResize = () => this.render()

  constructor() {
    bus.on('resize', this.#onResize)
  }

  render() {
    return this.content.length
  }

  close() {
    bus.off('resize', this.#onResize)
  }
}
