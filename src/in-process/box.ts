/** Carries a value that cannot be held weakly; the box can. Let go of the box where the value should end. */
export class Box<Value> {
  readonly value: Value

  constructor(value: Value) {
    this.value = value
  }
}
