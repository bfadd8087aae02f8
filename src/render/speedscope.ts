import type { AllocationProfile } from '../model/allocation-profile.ts'
import { NONE } from '../model/heap-graph.ts'
import { framesOfSites, type ProfileColumn } from './profile-frames.ts'

/** The profile for speedscope.app: its file format, one `sampled` profile (https://www.speedscope.app/file-format-schema.json). */
export function renderSpeedscope(profile: AllocationProfile, column: ProfileColumn): string {
  const values = profile[column] ?? new Float64Array(0)
  const { frames, strings } = profile
  const samples: number[][] = []
  const weights: number[] = []
  for (let site = 1; site < profile.siteCount; site++) {
    if (!((values[site] ?? 0) > 0)) continue
    const stack: number[] = []
    for (let each = site; each !== 0; each = profile.siteParent[each]!) stack.push(profile.siteFrame[each]!)
    samples.push(stack.reverse())
    weights.push(values[site]!)
  }
  const siteOfFrame = new Map<number, number>()
  for (let site = 1; site < profile.siteCount; site++) if (!siteOfFrame.has(profile.siteFrame[site]!)) siteOfFrame.set(profile.siteFrame[site]!, site)
  const nameOf = framesOfSites(profile)
  return `${JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'stillhere',
    name: profile.source.name,
    activeProfileIndex: 0,
    shared: {
      frames: Array.from(frames.functionName, (_, frame) => ({
        name: siteOfFrame.has(frame) ? nameOf(siteOfFrame.get(frame)!) : strings.get(frames.functionName[frame]!),
        ...(frames.file[frame] === NONE ? {} : { file: strings.get(frames.file[frame]!) }),
        ...(frames.line[frame] === 0 ? {} : { line: frames.line[frame] }),
        ...(frames.column[frame] === 0 ? {} : { col: frames.column[frame] }),
      })),
    },
    profiles: [
      {
        type: 'sampled',
        name: `${column} of ${profile.source.name}`,
        unit: column.endsWith('Bytes') ? 'bytes' : 'none',
        startValue: 0,
        endValue: weights.reduce((sum, weight) => sum + weight, 0),
        samples,
        weights,
      },
    ],
  })}\n`
}
