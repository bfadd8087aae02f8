import type { DataColumn, Fill } from '../../model/data-table.ts'
import { NONE } from '../../model/heap-graph.ts'
import type { StringTable } from '../../model/string-table.ts'

/** A column the model has; `get` is asked when the column is, so what it needs may be computed then. */
type Lazy<Column> = Column | (() => Column)
type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array

const valueOf = <Column extends Numbers>(column: Lazy<Column>): Column => (typeof column === 'function' ? column() : column)

/** The row's own number. */
export function rowNumbers(name: string, about: string): DataColumn {
  return {
    name,
    about,
    type: 'whole',
    fill(from, to, into) {
      for (let row = from; row < to; row++) into[row - from] = row
    },
  }
}

/** Whole numbers below 2^32; `absent` says which value stands for none, NONE unless given. */
export function wholes(name: string, about: string, column: Lazy<Uint8Array | Uint16Array | Uint32Array>, absent = NONE): DataColumn {
  return {
    name,
    about,
    type: 'whole',
    fill(from, to, into) {
      const part = valueOf(column).subarray(from, to)
      into.set(part)
      if (absent !== NONE) for (let i = 0; i < part.length; i++) if (into[i] === absent) into[i] = NONE
    },
  }
}

/** Sizes and counts of any kind; NaN is none. */
export function numbers(name: string, about: string, column: Lazy<Uint32Array | Float64Array>, { isWhole = true }: { isWhole?: boolean } = {}): DataColumn {
  return { name, about, type: 'number', isWhole, fill: (from, to, into) => into.set(valueOf(column).subarray(from, to)) }
}

/** The position in a short list of words. */
export function kinds(name: string, about: string, column: Uint8Array, list: readonly string[]): DataColumn {
  return { name, about, type: 'word', words: () => list, fill: (from, to, into) => into.set(column.subarray(from, to)) }
}

/** Numbers of strings, of which few are different: each is decoded once. `numberOf` gives the string number of a row, or NONE. */
export function words(name: string, about: string, rowCount: number, strings: StringTable, numberOf: (row: number) => number): DataColumn {
  let made: { list: string[]; wordOf: Uint32Array } | undefined
  const make = (): { list: string[]; wordOf: Uint32Array } => {
    const wordOf = new Uint32Array(strings.count).fill(NONE)
    const list: string[] = []
    const known = new Map<string, number>()
    for (let row = 0; row < rowCount; row++) {
      const number = numberOf(row)
      if (number === NONE || wordOf[number] !== NONE) continue
      const text = strings.get(number)
      let word = known.get(text)
      if (word === undefined) {
        known.set(text, (word = list.length))
        list.push(text)
      }
      wordOf[number] = word
    }
    return { list, wordOf }
  }
  return {
    name,
    about,
    type: 'word',
    words: () => (made ??= make()).list,
    fill(from, to, into) {
      const { wordOf } = (made ??= make())
      for (let row = from; row < to; row++) {
        const number = numberOf(row)
        into[row - from] = number === NONE ? NONE : wordOf[number]!
      }
    },
  }
}

/** A column over the rows that `pick` names: NONE, NaN or nothing where `pick` gives NONE. */
export function picked(column: DataColumn, rename: string, pick: (row: number) => number): DataColumn {
  const named = { name: rename, about: column.about }
  if (column.type === 'text') {
    return { ...named, type: 'text', text: (row) => (pick(row) === NONE ? undefined : column.text(pick(row))) }
  }
  const each = <Into extends Uint8Array | Uint32Array | Float64Array>(one: Into, absent: number, fill: Fill<Into>): Fill<Into> =>
    (from, to, into) => {
      for (let row = from; row < to; row++) {
        const at = pick(row)
        if (at === NONE) into[row - from] = absent
        else {
          fill(at, at + 1, one)
          into[row - from] = one[0]!
        }
      }
    }
  switch (column.type) {
    case 'whole':
      return { ...named, type: 'whole', fill: each<Uint32Array>(new Uint32Array(1), NONE, column.fill) }
    case 'word':
      return { ...named, type: 'word', words: column.words, fill: each<Uint32Array>(new Uint32Array(1), NONE, column.fill) }
    case 'number':
      return { ...named, type: 'number', isWhole: column.isWhole, fill: each<Float64Array>(new Float64Array(1), Number.NaN, column.fill) }
    case 'flag':
      return { ...named, type: 'flag', fill: each<Uint8Array>(new Uint8Array(1), 2, column.fill) }
  }
}
