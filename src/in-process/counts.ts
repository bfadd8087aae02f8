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

/** Counts by label; labels come from `LabelTable`, which bounds them. */
export class Counts {
  readonly #byLabel = new Map<string, LabelCounts>()

  /** What watches of this label are counted in. */
  of(label: string): LabelCounts {
    let counts = this.#byLabel.get(label)
    if (counts === undefined) this.#byLabel.set(label, (counts = zero()))
    return counts
  }

  byLabel(): ReadonlyMap<string, Readonly<LabelCounts>> {
    return this.#byLabel
  }

  total(): LabelCounts {
    const total = zero()
    for (const counts of this.#byLabel.values()) for (const what of WHAT) total[what] += counts[what]
    return total
  }
}

const WHAT = ['watched', 'gone', 'late', 'retained', 'dropped'] as const satisfies readonly (keyof LabelCounts)[]

function zero(): LabelCounts {
  return { watched: 0, gone: 0, late: 0, retained: 0, dropped: 0 }
}
