import { chooseOperations } from '../../analysis/rounds/round-plan.ts'
import type { HuntPlan } from './hunt-plan.ts'
import type { Operation } from './operation.ts'

/** At most so many operations, for at most so long. */
const MOST_OPERATIONS = 200
const MOST_MS = 5000
/** How long a round of operations that we start is to take. */
const DRIVEN_ROUND_MS = 2000

/** For programs on their own clock: how long to warm up, and how long a round takes. */
export interface OwnPace {
  warmUpMs: number
  roundMs: number
}

/**
 * Lets the program warm up, as the plan says or by time, without resting afterwards.
 * @returns how many operations (or seconds) a round shall have
 */
export async function warmUp({ plan, operation }: { plan: HuntPlan; operation: Operation }, perform: (count: number) => Promise<void>, ownPace: OwnPace): Promise<number> {
  const started = performance.now()
  if (operation.per === 'second') {
    await perform((plan.everyMs ?? ownPace.warmUpMs) / 1000)
    return (plan.everyMs ?? ownPace.roundMs) / 1000
  }
  if (plan.warmup !== undefined) {
    if (plan.warmup > 0) await perform(plan.warmup)
  } else {
    const until = performance.now() + (operation.selfDriven ? ownPace.warmUpMs : MOST_MS)
    for (let done = 0; done < MOST_OPERATIONS && performance.now() < until; done += 10) await perform(10)
  }
  const operationMs = (performance.now() - started) / Math.max(1, operation.done())
  return plan.operations ?? chooseOperations(operationMs, operation.selfDriven ? ownPace.roundMs : DRIVEN_ROUND_MS)
}
