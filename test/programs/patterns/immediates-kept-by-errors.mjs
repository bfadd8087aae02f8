// An Error whose stack nobody read keeps the receivers of its frames: of a callback of setImmediate the Immediate, with
// its arguments and the next Immediate of the same turn.
const lost = []
class Parcel { constructor(n) { this.label = `parcel ${n}` } }
const deliver = (n, fail) => new Promise((resolve) => {
  setImmediate(function (parcel) {
    fail(new Error(`lost ${parcel.label}`))
    resolve()
  }, new Parcel(n))
})
export function leak(n) { return deliver(n, (error) => lost.push(error)) }
export function healthy(n) { return deliver(n, (error) => { if (lost.push(error.stack) > 10) lost.splice(0) }) }
