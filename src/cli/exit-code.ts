import { Cancelled, ProbeError, ReadError, StoreError, UsageError } from '../base/errors.ts'
import type { Verdict } from '../model/finding.ts'

/** The only numbers this command ends with; documented in docs/exit-codes.md. */
export const EXIT = { clean: 0, found: 1, usage: 2, read: 3, probe: 4, store: 5, bug: 70, cancelled: 130 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export function exitCodeOfError(error: unknown): ExitCode {
  if (error instanceof UsageError) return EXIT.usage
  if (error instanceof ReadError) return EXIT.read
  if (error instanceof ProbeError) return EXIT.probe
  if (error instanceof StoreError) return EXIT.store
  if (error instanceof Cancelled) return EXIT.cancelled
  return EXIT.bug
}

/** What `--fail-on` accepts: the mildest verdict that makes the command end with 1. */
export const FAIL_ON = ['leak', 'suspect', 'never'] as const
export type FailOn = (typeof FAIL_ON)[number]

export function exitCodeOfVerdict(verdict: Verdict, failOn: FailOn): ExitCode {
  if (failOn === 'never') return EXIT.clean
  if (verdict === 'leak') return EXIT.found
  return verdict === 'suspect' && failOn === 'suspect' ? EXIT.found : EXIT.clean
}
