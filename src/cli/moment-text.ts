/** Before this day nobody recorded: the file told times since its start, or none. */
const FIRST_DAY_MS = Date.UTC(1980, 0, 1)

/** A stored moment, to the minute or the second; `no date` where the recording has none. */
export function momentText(ms: number, to: 'minute' | 'second'): string {
  const length = to === 'minute' ? 16 : 19
  return (ms < FIRST_DAY_MS ? 'no date' : new Date(ms).toISOString().slice(0, length).replace('T', ' ')).padEnd(length)
}
