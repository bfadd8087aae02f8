import type { AllocationProfile } from '../../model/allocation-profile.ts'
import type { AllocationPlace } from '../allocation/allocation-places.ts'
import { stackOf } from '../allocation/call-tree-totals.ts'

/** What the goroutines of one place do: the operation they wait in, for how long, and the functions of their stack. */
export interface Waiting {
  /** `chan receive`, `select`, `IO wait`, …; undefined where the file has neither a state nor the runtime's frames. */
  operation: string | undefined
  /** The longest wait that the file tells, in minutes; the runtime tells none below one minute. */
  longestMinutes: number | undefined
  /** Innermost first, without states and without `created by`. */
  functions: readonly string[]
  createdBy: string | undefined
}

/**
 * The runtime's function that a goroutine is parked in, and the state that the runtime prints for it. Profiles have the
 * frames, dumps have the state. Source: waitReason in runtime/runtime2.go.
 */
const PARKED_IN: readonly (readonly [prefix: string, operation: string])[] = [
  ['runtime.chanrecv', 'chan receive'],
  ['runtime.chansend', 'chan send'],
  ['runtime.selectgo', 'select'],
  ['runtime.block', 'select (no cases)'],
  ['runtime.netpollblock', 'IO wait'],
  ['internal/poll.runtime_pollWait', 'IO wait'],
  ['sync.(*WaitGroup).Wait', 'sync.WaitGroup.Wait'],
  ['sync.(*Cond).Wait', 'sync.Cond.Wait'],
  ['sync.(*RWMutex).RLock', 'sync.RWMutex.RLock'],
  ['sync.(*RWMutex).Lock', 'sync.RWMutex.Lock'],
  ['sync.(*Mutex).Lock', 'sync.Mutex.Lock'],
  ['internal/sync.(*Mutex).lockSlow', 'sync.Mutex.Lock'],
  ['time.Sleep', 'sleep'],
  ['sync.runtime_Semacquire', 'semacquire'],
  ['syscall.', 'syscall'],
]

/** What the goroutines of `place` wait for. Cost: one stack. */
export function waitingAt(profile: AllocationProfile, place: AllocationPlace): Waiting {
  const names = stackOf(profile, place.heaviestSite)
    .map((site) => profile.strings.get(profile.frames.functionName[profile.siteFrame[site]!]!))
    .toReversed()
  const functions = names.filter((name) => !name.startsWith('[') && !name.startsWith('created by '))
  const minutes = [...place.states.keys()].flatMap((state) => /^(\d+) minutes$/.exec(state)?.[1] ?? []).map(Number)
  const told = [...place.states].filter(([state]) => !/^\d+ minutes$/.test(state)).toSorted((a, b) => b[1] - a[1])[0]?.[0]
  const parked = PARKED_IN.find(([prefix]) => functions.some((name) => name.startsWith(prefix)))?.[1]
  return {
    // Before Go 1.19 locks and wait groups both say `semacquire`: there the frames tell more.
    operation: told === undefined || told === 'semacquire' ? (parked ?? told) : told,
    longestMinutes: minutes.length === 0 ? undefined : Math.max(...minutes),
    functions,
    createdBy: names.find((name) => name.startsWith('created by '))?.slice('created by '.length),
  }
}
