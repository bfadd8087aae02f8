// Works by itself, says how far it is, and keeps every result in an array.
class Result {
  constructor(number) {
    this.number = number
    this.rows = Array.from({ length: 20 }, (_, row) => `${number}:${row}`)
  }
}

const results = []
let done = 0
setInterval(() => {
  results.push(new Result(++done))
  if (done % 50 === 0) console.log(`ops ${done}`)
}, 1)
