const DAY_MS = 86_400_000

/**
 * Times of day of a text that names no date: local, `HH:MM:SS`, with or without AM or PM. The day is counted on where the
 * clock falls by half a day and more: at midnight.
 */
export class DayClock {
  #day = 0
  #before = -1

  /** Ms since the midnight before the first time; NaN where `text` is no time. */
  msOf(text: string): number {
    const match = /^(\d\d):(\d\d):(\d\d)\s?([AP]M)?$/.exec(text)
    if (match === null) return Number.NaN
    const hour = match[4] === undefined ? Number(match[1]) : (Number(match[1]) % 12) + (match[4] === 'PM' ? 12 : 0)
    const ms = ((hour * 60 + Number(match[2])) * 60 + Number(match[3])) * 1000
    if (ms < this.#before - DAY_MS / 2) this.#day++
    this.#before = ms
    return this.#day * DAY_MS + ms
  }
}
