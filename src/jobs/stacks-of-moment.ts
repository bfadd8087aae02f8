import { UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { goExpvar, stackInUse } from '../readers/go-expvar.ts'
import { openInput, recognizeInput } from '../readers/open.ts'
import { wholeInput } from '../readers/whole-input.ts'
import { decompress, fileSource } from './file-source.ts'

/**
 * What all stacks of a Go process took, from a file of the moment in which its goroutine profile was taken: the text heap
 * profile (`/debug/pprof/heap?debug=1`, its line `# Stack =`) or `/debug/vars` (`memstats.StackInuse` of the last document).
 * @throws UsageError when the file does not tell; ReadError, Cancelled
 */
export async function stacksOfMoment(file: string, run: Run): Promise<number> {
  const { format, makes } = await recognizeInput(await fileSource(file), { decompress })
  const told = format === goExpvar.format
    ? stackInUse(new TextDecoder().decode(await wholeInput(await fileSource(file), format, run)))
    : makes === 'allocation-profile'
      ? ((await openInput(await fileSource(file), run, { decompress })).model as AllocationProfile).totals?.stackBytes
      : undefined
  if (told === undefined) throw new UsageError({ argument: '--stacks-from', given: `${file} (${format}), which does not tell what stacks take`, allowed: '/debug/pprof/heap?debug=1 or /debug/vars of the same moment' })
  return told
}
