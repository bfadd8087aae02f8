import type { Run } from '../../base/run.ts'
import type { MemorySeries } from '../../model/memory-series.ts'
import { showStored } from '../history.ts'
import { judgeFile } from '../verdict.ts'

/**
 * An earlier recording by its file, or by its id in the store (a plain number).
 * @throws ReadError, StoreError; UsageError for an unknown id
 */
export async function openHealthyRecording(text: string, storePath: string, run: Run): Promise<MemorySeries> {
  return /^\d+$/.test(text) ? (await showStored(storePath, Number(text))).series : (await judgeFile(text, run)).series
}
