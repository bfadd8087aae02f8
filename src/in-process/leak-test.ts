import { checkOptions, wholeNumber } from './check-options.ts'
import type { Rules } from './check-options.ts'
import type { LeakTestResult } from './explanation.ts'
import { ExplainPolicy, DEFAULT_EXPLAIN } from './explain-policy.ts'
import { laterTurn } from './force-collection.ts'

export type { LeakTestResult } from './explanation.ts'

export interface LeakTestOptions {
  /** How often the operation is repeated between two snapshots: a prime, so that growth by chance is no multiple of it. */
  operations?: number | undefined
  /** Repetitions before the first snapshot: caches fill, code is compiled. */
  warmUp?: number | undefined
  /** Stretches between snapshots; growth counts when it goes on in each of them. At least two. */
  rounds?: number | undefined
}

/** An operation leaves something behind each time it runs. */
export class LeakTestError extends Error {
  readonly result: LeakTestResult

  constructor(result: LeakTestResult) {
    super(`${result.summary}\n\n${result.text.trimEnd()}`)
    this.name = 'LeakTestError'
    this.result = result
  }
}

const OPERATIONS = 31
const ROUNDS = 3
const RULES: Rules<LeakTestOptions> = { operations: wholeNumber(1), warmUp: wholeNumber(0), rounds: wholeNumber(2) }

/**
 * Repeats an operation in this process and finds what grows with it, path by path, by heap snapshots that another
 * process compares. Nothing has to be watched. For tests: the process stops for each snapshot.
 * Cost: of an operation that leaves nothing two snapshots, of another as many as there are rounds, and one.
 * @throws LeakTestError when something grows in every round that no baseline tolerates; UsageError for options that mean
 *   nothing; whatever the operation throws
 */
export async function leakTest(operation: () => unknown, options: LeakTestOptions = {}): Promise<LeakTestResult> {
  checkOptions('leakTest', options, RULES)
  const { operations = OPERATIONS, warmUp = operations, rounds = ROUNDS } = options
  const reason = new ExplainPolicy({ ...DEFAULT_EXPLAIN }).objection('by-request')
  if (reason !== undefined) return { verdict: 'undecided', summary: `no snapshot: ${reason}`, findings: [], text: '' }
  const [{ startHeapComparer }, { mkdtemp, rm }, { tmpdir }, { join }, { writeHeapSnapshot }] = await Promise.all([import('./snapshot-process.ts'), import('node:fs/promises'), import('node:os'), import('node:path'), import('node:v8')])
  const comparer = startHeapComparer(operations)
  const folder = await mkdtemp(join(tmpdir(), 'stillhere-leak-test-'))
  const files: string[] = []
  const snapshot = async (): Promise<void> => {
    await laterTurn()
    files.push(writeHeapSnapshot(join(folder, `${files.length}.heapsnapshot`)))
  }
  try {
    await repeat(operation, warmUp)
    await snapshot()
    let result: LeakTestResult | undefined
    for (let round = 1; round <= rounds; round++) {
      await repeat(operation, operations)
      await snapshot()
      // What did not grow in the first round did not grow in each of them: nothing more can be found.
      if (round === 1) result = await comparer.compare(files)
      if (result?.verdict === 'healthy') return result
    }
    result = await comparer.compare(files)
    if (result.verdict === 'leak') throw new LeakTestError(result)
    return result
  } finally {
    comparer.end()
    await rm(folder, { recursive: true, force: true })
  }
}

async function repeat(operation: () => unknown, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await alone(operation)
    await laterTurn()
  }
}

/** In a frame of its own, whose result goes nowhere. */
async function alone(operation: () => unknown): Promise<void> {
  await operation()
}
