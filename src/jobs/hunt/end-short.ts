import { KnownError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import type { LaunchedProgram } from '../../probes/launched-program.ts'
import { endedError } from './target.ts'

/**
 * Keeps what was measured when the program ended on the way, if two marks show something.
 * @throws the error itself when the program goes on or the fault is ours; ProbeError when it ended too early; Cancelled
 */
export function endShort(error: unknown, { result, program }: { result: { marks: readonly unknown[]; cutShort?: string | undefined }; program: { launched?: LaunchedProgram | undefined; ended(): string | undefined } }, run: Run): void {
  const ended = program.ended()
  if (ended === undefined || !(error instanceof KnownError)) throw error
  run.checkpoint()
  if (result.marks.length < 2) throw program.launched?.end === undefined ? error : endedError(program.launched, 'measuring')
  result.cutShort = ended
}
