import { nameAdder, watchables } from '../../analysis/collections/added-by.ts'
import type { SeenAtTheEnd } from '../../analysis/rounds/hear-writes.ts'
import { countText } from '../../base/bytes-text.ts'
import { KnownError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import type { Finding } from '../../model/finding.ts'
import { type SetTrap, WriteCatcher } from '../../probes/write-catcher.ts'
import type { Operation } from './operation.ts'
import { pause, type Target } from './target.ts'

/** What became of the watching, per finding: a table of the report. */
export interface CatchOutcome {
  finding: number
  watched: string
  added: number
  removed: number
  /** Why nobody is named; empty when somebody is. */
  trouble: string
}

export interface Caught {
  findings: Finding[]
  outcomes: CatchOutcome[]
  /** What was seen, with the finding as it is now. */
  seen: SeenAtTheEnd[]
}

/** Each look-up of an object by its id walks the heap: so many findings are worth it. */
const MOST_FINDINGS = 5
const FEWEST_OPERATIONS = 5
const MOST_OPERATIONS = 101
/** Additions to wait for, by the rate that was measured. */
const WANTED = 3
const MOST_MS = 5000

/**
 * The last round of a hunt: what grows is watched while the program does a few more operations, and the stack that
 * adds goes into the finding. It comes after the last snapshot, because it holds objects and changes them; whatever
 * it changed is changed back. A program that ends meanwhile only leaves the findings as they were.
 * @throws Cancelled
 */
export async function catchWrites(findings: readonly Finding[], { target, operation }: { target: Target; operation: Operation }, run: Run): Promise<Caught> {
  const wanted = findings.slice(0, MOST_FINDINGS).filter(({ verdict, subject }) => verdict !== 'healthy' && subject.kind === 'nodes')
  if (wanted.length === 0 || target.ended() !== undefined) return { findings: [...findings], outcomes: [], seen: [] }
  const catcher = new WriteCatcher(target.inspector)
  const named = new Map<Finding, Finding>()
  const outcomes: CatchOutcome[] = []
  const seen: SeenAtTheEnd[] = []
  try {
    run.progress({ step: 'watching who adds', done: 0 })
    const traps = new Map<Finding, SetTrap>()
    // A program somebody else runs is not given more than a method in front of another.
    const how = target.launched === undefined ? 'methods' : 'everything'
    for (const finding of wanted) {
      run.checkpoint()
      let trap: SetTrap = { kind: 'refused', because: 'it is held by a variable or a root, not by an object' }
      for (const each of watchables(finding)) {
        trap = await catcher.watch(each, how)
        if (trap.kind === 'set') break
      }
      traps.set(finding, trap)
    }
    const isSet = [...traps.values()].some(({ kind }) => kind === 'set')
    const units = isSet ? await moreOperations(operation, { target, findings: wanted }, run) : 0
    const done = `${countText(Math.round(units * 10) / 10)} more ${operation.noun}s`
    for (const [index, finding] of wanted.entries()) {
      const trap = traps.get(finding)!
      const number = findings.indexOf(finding) + 1
      if (trap.kind === 'refused') {
        outcomes.push({ finding: number, watched: '', added: 0, removed: 0, trouble: trap.because })
        continue
      }
      const caught = await catcher.read(trap)
      const after = nameAdder(finding, caught, done)
      named.set(wanted[index]!, after)
      seen.push({ finding: after, caught, units })
      const trouble = after.addedAt !== undefined ? '' : caught.added > 0 ? 'only the runtime’s own code was on the stack' : 'it was written to in another way'
      outcomes.push({ finding: number, watched: caught.watched, added: caught.added, removed: caught.removed, trouble })
    }
  } catch (error) {
    run.checkpoint()
    if (!(error instanceof KnownError)) throw error
    outcomes.push({ finding: 0, watched: '', added: 0, removed: 0, trouble: error.message })
  } finally {
    await catcher.removeAll()
  }
  return { findings: findings.map((finding) => named.get(finding) ?? finding), outcomes, seen }
}

/** As many as should show each of these grow, within a few seconds; how many they were. */
async function moreOperations(operation: Operation, { target, findings }: { target: Target; findings: readonly Finding[] }, run: Run): Promise<number> {
  const slowest = Math.min(...findings.map(({ growth }) => (growth !== undefined && growth.count > 0 ? growth.count : 1)))
  const until = performance.now() + MOST_MS
  const count = operation.per === 'second' ? Math.max(0.5, WANTED / slowest) : Math.min(MOST_OPERATIONS, Math.max(FEWEST_OPERATIONS, Math.ceil(WANTED / slowest)))
  const from = operation.done()
  while (operation.done() < from + count && performance.now() < until && target.ended() === undefined) {
    run.checkpoint()
    // A program that works by itself may have come to the end of its work: it is waited for, but not for ever.
    if (operation.selfDriven) await pause(50)
    else await operation.perform(1, run)
  }
  await operation.rest()
  return operation.done() - from
}
