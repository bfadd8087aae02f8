import { gzipSync } from 'node:zlib'
import { mainColumn } from '../analysis/allocation/call-tree-totals.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { renderFlameSvg } from '../render/flame-svg.ts'
import { renderFolded } from '../render/folded.ts'
import { renderPprof } from '../render/pprof.ts'
import { renderSpeedscope } from '../render/speedscope.ts'
import { writeWholeFile } from './write-whole-file.ts'

/** Files to write, by form. */
export interface ProfileExports {
  flame?: string | undefined
  folded?: string | undefined
  speedscope?: string | undefined
  pprof?: string | undefined
}

/** Writes a profile in the forms other tools read. @returns the files written @throws StoreError */
export async function exportProfile(profile: AllocationProfile, { flame, folded, speedscope, pprof }: ProfileExports): Promise<string[]> {
  const column = mainColumn(profile)
  const files: [path: string | undefined, make: () => string | Uint8Array][] = [
    [flame, () => renderFlameSvg(profile, column)],
    [folded, () => renderFolded(profile, column)],
    [speedscope, () => renderSpeedscope(profile, column)],
    [pprof, () => gzipSync(renderPprof(profile, column))],
  ]
  const written: string[] = []
  for (const [path, make] of files) {
    if (path === undefined) continue
    await writeWholeFile(path, make())
    written.push(path)
  }
  return written
}
