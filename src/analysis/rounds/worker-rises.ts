import { bytesText, countText } from '../../base/bytes-text.ts'
import type { Notice } from '../../model/source.ts'
import type { Floor } from './floor.ts'
import { isRising, measureRises } from './judge.ts'

/** What one worker thread kept, each time it was looked at. */
export interface WorkerFloors {
  id: number
  label: string
  floors: Floor[]
  /** Why there is no floor of the last look. */
  left?: 'ended' | 'silent' | undefined
}

/** The worker threads of a program over the rounds of a hunt. */
export interface WorkersSeen {
  threads: WorkerFloors[]
  /** How many lived each time, and the highest number among them; there may be more than `threads` has. */
  live: { done: number; count: number; newest: number }[]
}

/** Fewer floors than this have no later half. */
const FEWEST_FLOORS = 3

/**
 * The worker threads whose floors still rise, the fastest first. Where work is dealt out to many, none may rise by enough
 * though all of them together do: then the fastest of them.
 */
export function risingWorkers({ threads, live }: WorkersSeen): WorkerFloors[] {
  const judged = judgedOf(threads)
  const rising = judged.filter(({ floors }) => isRising(floors))
  const whole = judged.filter(({ floors }) => floors.length === live.length)
  if (rising.length > 0 || whole.length < 2) return rising
  const together = whole[0]!.floors.map((floor, at): Floor => ({
    ...floor,
    heapUsedBytes: sum(whole.map(({ floors }) => floors[at]!.heapUsedBytes)),
    codeBytes: sum(whole.map(({ floors }) => floors[at]!.codeBytes)),
    externalBytes: sum(whole.map(({ floors }) => floors[at]!.externalBytes)),
  }))
  return isRising(together) ? whole.slice(0, 1) : []
}

function judgedOf(threads: readonly WorkerFloors[]): WorkerFloors[] {
  return threads.filter(({ floors, left }) => left !== 'ended' && floors.length >= FEWEST_FLOORS).toSorted((a, b) => lateUnit(b.floors) - lateUnit(a.floors))
}

/** What a reader must know of the worker threads, beside those that were `lookedInto`. */
export function tellWorkers(seen: WorkersSeen, { per, lookedInto }: { per: string; lookedInto: readonly number[] }): Notice[] {
  const { threads, live } = seen
  const notices: Notice[] = []
  const [fastest, ...others] = risingWorkers(seen).filter(({ id }) => !lookedInto.includes(id))
  const judged = judgedOf(threads)
  if (fastest !== undefined) {
    const more = others.length === 0 ? '' : `, and ${others.length === 1 ? 'that of' : `those of ${countText(others.length)} more like`} ${others[0]!.label}`
    notices.push({ code: 'worker-rises', count: 1, message: `the floor of ${fastest.label} rises as well, by ${rateText(fastest)} per ${per}${more}: --worker ${fastest.id} looks into it` })
  } else if (judged[0] !== undefined && lookedInto.length === 0) {
    const [most] = judged
    const unjudged = (live.at(-1)?.count ?? 0) - judged.length
    const told = judged.length === 1 ? `${most.label} was looked at beside the main thread: its floor does not keep rising (${rateText(most)} per ${per})` : `${countText(judged.length)} worker threads were looked at beside the main thread: none of their floors keeps rising (${most.label} the most, ${rateText(most)} per ${per})`
    notices.push({ code: 'worker-threads', count: 1, message: unjudged > 0 ? `${told}; of ${countText(unjudged)} more nothing can be said` : told })
  }
  const unheard = threads.filter(({ left, floors }) => left === 'silent' && floors.length < FEWEST_FLOORS)
  if (unheard.length > 0) {
    const which = unheard.slice(0, 5).map(({ label }) => label).join(', ')
    notices.push({ code: 'worker-silent', count: 1, message: `${which}${unheard.length > 5 ? ' …' : ''} did not answer in time, so what they keep is not known: a thread that computes without a pause, or sleeps in Atomics.wait (as those of piscina do unless started with atomics: 'disabled'), does not. Else let it call v8.writeHeapSnapshot() itself, before and after the work, and compare: stillhere diff` })
  }
  return [...notices, ...comingAndGoing(live)]
}

/** Numbers of threads only rise, so those that came and went between two looks are counted too. */
function comingAndGoing(live: WorkersSeen['live']): Notice[] {
  const first = live[0]
  const last = live.at(-1)
  if (first === undefined || last === undefined) return []
  const came = Math.max(0, ...live.map(({ newest }) => newest)) - first.newest
  const went = first.count + came - last.count
  if (came === 0 && went <= 0) return []
  const steps = live.slice(1).filter(({ count }, at) => count > live[at]!.count).length
  const rises = live.length >= FEWEST_FLOORS && steps >= 0.9 * (live.length - 1)
  return [
    {
      code: rises ? 'workers-pile-up' : 'workers-came-and-went',
      count: 1,
      message: rises
        ? `worker threads became more in ${countText(steps)} of ${countText(live.length - 1)} rounds, ${countText(first.count)} → ${countText(last.count)}: each has a heap and a stack of its own. End them (worker.terminate()), or keep a pool of fixed size`
        : `${countText(came)} worker threads came and ${countText(Math.max(0, went))} went while it was measured, ${countText(last.count)} ran at the end: what a thread keeps goes with it, so only those that stayed could be judged`,
    },
  ]
}

function lateUnit(floors: readonly Floor[]): number {
  const { heap, external } = measureRises(floors)
  return heap.lateUnit + external.lateUnit
}

function rateText({ floors }: WorkerFloors): string {
  const rate = lateUnit(floors)
  return `${rate > 0 ? '+' : ''}${bytesText(rate)}`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
