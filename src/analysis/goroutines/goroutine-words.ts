import type { AllocationProfile } from '../../model/allocation-profile.ts'
import type { Reason, Verdict } from '../../model/finding.ts'
import type { AllocationPlace } from '../allocation/allocation-places.ts'
import { stackCost, stackCostText } from './goroutine-cost.ts'
import { goroutinePatternOf } from './patterns.ts'
import { waitingAt } from './waiting.ts'

/** A wait this long is seldom one between two requests. */
const LONG_MINUTES = 10
/** Where no pattern is known: more than a pool of workers usually has. */
const MANY = 20

/** What is known of `count` goroutines that wait at one place, in the words of a finding. */
export interface GoroutineWords {
  pattern: string
  /** After the count: `wait to send to a channel at main.first (search.go:31)`. */
  title: string
  /** From one look: how sure it is that these are too many. */
  verdict: Verdict
  reasons: Reason[]
  advice: string
}

/**
 * The words for the goroutines of a place; undefined for those that are part of every program or of taking the profile
 * itself.
 */
export function goroutineWords(profile: AllocationProfile, place: AllocationPlace, count: number, name: string): GoroutineWords | undefined {
  const waiting = waitingAt(profile, place)
  if (waiting.functions.some((each) => each.startsWith('runtime/pprof.') || each.startsWith('runtime.goroutineProfile'))) return undefined
  const pattern = goroutinePatternOf(waiting)
  const many = pattern?.many ?? MANY
  const isLong = (waiting.longestMinutes ?? 0) >= LONG_MINUTES
  const reasons: Reason[] = []
  if (waiting.operation !== undefined) reasons.push({ for: true, text: `they wait in: ${waiting.operation}` })
  if (isLong) reasons.push({ for: true, text: `the longest has waited ${waiting.longestMinutes} minutes` })
  if (waiting.createdBy !== undefined) reasons.push({ for: true, text: `started by ${waiting.createdBy}` })
  const cost = stackCost(profile, count)
  if (cost !== undefined) reasons.push({ for: true, text: `they keep ${stackCostText(cost)}, and all that their variables refer to` })
  if (pattern?.isForEver !== true) reasons.push({ for: false, text: pattern?.but ?? 'a pool of workers waits like this as well' })
  return {
    pattern: pattern?.id ?? 'goroutine-waiting',
    title: `${pattern?.title ?? 'wait'} at ${name}`,
    verdict: count < many && !(isLong && count >= many / 2) ? 'undecided' : pattern?.isForEver === true ? 'leak' : 'suspect',
    reasons,
    advice: pattern?.fix ?? 'see that each of them is told to end: a context, a closed channel, a deadline.',
  }
}
