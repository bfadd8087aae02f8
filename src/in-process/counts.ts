/** What happened to the watches of one label. */
export interface LabelCounts {
  watched: number
  gone: number
  late: number
  retained: number
  /** Given up because more objects were watched at once than the cap allows. */
  dropped: number
}

export interface Stats {
  /** Watched at this moment. */
  watching: number
  total: Readonly<LabelCounts>
  byLabel: ReadonlyMap<string, Readonly<LabelCounts>>
}

/** Counts by label and together; labels come from `LabelTable`, which bounds them. */
export class Counts {
  readonly #byLabel = new Map<string, LabelCounts>()
  readonly total: LabelCounts = zero()

  add(label: string, what: keyof LabelCounts): void {
    let counts = this.#byLabel.get(label)
    if (counts === undefined) this.#byLabel.set(label, (counts = zero()))
    counts[what]++
    this.total[what]++
  }

  byLabel(): ReadonlyMap<string, Readonly<LabelCounts>> {
    return this.#byLabel
  }
}

function zero(): LabelCounts {
  return { watched: 0, gone: 0, late: 0, retained: 0, dropped: 0 }
}
