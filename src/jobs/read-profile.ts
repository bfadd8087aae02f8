import type { Run } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { openInput } from '../readers/open.ts'
import { decompress, fileSource } from './file-source.ts'

/** An allocation profile of any format. @throws ReadError, UsageError when it holds something else, Cancelled */
export async function readProfile(file: string, run: Run, { format }: { format?: string | undefined } = {}): Promise<AllocationProfile> {
  const opened = await openInput(await fileSource(file), run, { decompress, format, makes: ['allocation-profile'] })
  return opened.model as AllocationProfile
}
