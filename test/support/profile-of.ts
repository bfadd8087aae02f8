import type { AllocationProfile, ProfileTotals } from '../../src/model/allocation-profile.ts'
import { AllocationProfileBuilder, type SiteValues } from '../../src/model/allocation-profile-builder.ts'
import type { Source } from '../../src/model/source.ts'

/**
 * A profile drawn as an object literal: `profileOf({ 'main.go:3 main > store.go:24 put': 100 })`. A frame is
 * `file:line function` or a function alone, outermost first; a number stands for live bytes.
 */
export function profileOf(drawn: Record<string, number | (SiteValues & { verdict?: string })>, { unit = 'objects', samplingIntervalBytes, runtime, totals }: { unit?: string; samplingIntervalBytes?: number; runtime?: string; totals?: ProfileTotals } = {}): AllocationProfile {
  const builder = new AllocationProfileBuilder({ name: 'drawn', format: 'drawn', runtime: runtime as Source['runtime'], idsAreStable: false, notices: [] })
  for (const [stack, given] of Object.entries(drawn)) {
    const { verdict, ...values } = typeof given === 'number' ? { liveBytes: given } : given
    const frames = stack.split(' > ').map((text) => {
      const place = /^(\S+):(\d+) (.*)$/.exec(text)
      return place === null ? { functionName: text } : { functionName: place[3]!, file: place[1]!, line: Number(place[2]) }
    })
    builder.add(builder.stack(frames, verdict), values)
  }
  return builder.build({ unit, samplingIntervalBytes, totals })
}
