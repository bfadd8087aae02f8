export class Session {
  constructor(number) {
    this.number = number
  }

  close() {
    this.closed = true
  }
}

export class Visit {
  constructor(number) {
    this.number = number
  }
}
