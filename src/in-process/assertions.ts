import { checkOptions, MILLISECONDS } from './check-options.ts'
import type { Rules } from './check-options.ts'
import { StillHereError } from './still-here-error.ts'
import { canBeHeldWeakly } from './weakly-held.ts'
import { shouldGoAway, Ticket } from './should-go-away.ts'

/** What an assertion found; every test runner says it in its own way. */
export interface AssertionOutcome {
  pass: boolean
  message: string
}

export interface AssertionOptions {
  /** How long collections are repeated before something counts as still here; default a second. */
  patienceMs?: number | undefined
}

const RULES: Rules<AssertionOptions> = { patienceMs: MILLISECONDS }

/**
 * Runs `scenario` in frames of its own; nothing that it says should go away, and nothing of what it returns, may be
 * left afterwards. A scenario that throws fails with its own error.
 */
export async function checkLeavesNothing(scenario: unknown, options: AssertionOptions = {}): Promise<AssertionOutcome> {
  checkOptions('toLeaveNothing', options, RULES)
  if (typeof scenario !== 'function') {
    return { pass: false, message: 'toLeaveNothing expects a function: expect(() => scenario()).toLeaveNothing()' }
  }
  const tickets = await shouldGoAway.scope(async () => {
    watchReturned(await (scenario as () => unknown)())
  })
  if (tickets.length === 0) {
    return { pass: false, message: 'The scenario watched nothing and returned nothing, so nothing can be said. Call shouldGoAway(object) in it, or return what should go away.' }
  }
  return answerOf(tickets, options.patienceMs)
}

/** Expects that what a ticket watches, or a WeakRef refers to, is collected. */
export async function checkGoesAway(received: unknown, options: AssertionOptions = {}): Promise<AssertionOutcome> {
  checkOptions('toGoAway', options, RULES)
  const { patienceMs } = options
  if (received instanceof Ticket) return answerOf([received], patienceMs)
  if (received instanceof WeakRef) {
    const [ticket] = await shouldGoAway.scope(() => {
      const object: unknown = received.deref()
      if (canBeHeldWeakly(object)) shouldGoAway(object)
    })
    return ticket === undefined ? { pass: true, message: 'It had gone away already.' } : answerOf([ticket], patienceMs)
  }
  return { pass: false, message: 'toGoAway expects a ticket of shouldGoAway or a WeakRef: the object itself would be held by the call.' }
}

async function answerOf(tickets: readonly Ticket[], patienceMs: number | undefined): Promise<AssertionOutcome> {
  try {
    await shouldGoAway.allGone({ tickets, patienceMs })
  } catch (error) {
    if (error instanceof StillHereError) return { pass: false, message: error.message }
    throw error
  }
  const dropped = tickets.filter((ticket) => ticket.dropped).length
  if (dropped > 0) return { pass: false, message: `${dropped} of ${tickets.length} objects were not watched to the end: more were watched at once than the cap allows (shouldGoAway.configure({ cap })).` }
  const named = tickets.slice(0, 5).map((ticket) => `"${ticket.label}"`).join(', ')
  return { pass: true, message: `${named}${tickets.length > 5 ? ` and ${tickets.length - 5} more` : ''} should still be here, but went away.` }
}

/** An object, or each object of an array. */
function watchReturned(returned: unknown): void {
  for (const each of Array.isArray(returned) ? (returned as unknown[]) : [returned]) {
    if (canBeHeldWeakly(each) && !(each instanceof Ticket)) shouldGoAway(each)
  }
}
