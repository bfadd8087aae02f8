import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { pprof } from '../readers/pprof.ts'
import { profileOf } from '../../test/support/profile-of.ts'
import { renderFlameSvg } from './flame-svg.ts'
import { renderFolded } from './folded.ts'
import { renderPprof } from './pprof.ts'
import { renderSpeedscope } from './speedscope.ts'

const profile = profileOf({ 'main.go:9 main > store.go:24 put': 600, 'main.go:9 main > cache.go:3 fill;all': 300, 'main.go:9 main': 100, 'main.go:9 main > gone': -50 })

test('folded stacks are one line each, without what weighs nothing', () => {
  expect(renderFolded(profile, 'liveBytes')).toBe('main 100\nmain;put 600\nmain;fill:all 300\n')
})

test('speedscope gets every stack with its weight in bytes', () => {
  const file = JSON.parse(renderSpeedscope(profile, 'liveBytes')) as { shared: { frames: { name: string; line?: number }[] }; profiles: { unit: string; weights: number[]; samples: number[][] }[] }
  expect(file.profiles[0]?.unit).toBe('bytes')
  expect(file.profiles[0]?.weights.toSorted((a, b) => a - b)).toEqual([100, 300, 600])
  expect(file.profiles[0]?.samples.map((stack) => stack.map((frame) => file.shared.frames[frame]?.name).join('/')).toSorted()).toEqual(['main', 'main/fill;all', 'main/put'])
})

test('what is written as pprof is read back with its signs', async () => {
  const bytes = renderPprof(profile, 'liveBytes')
  const back = (await pprof.read({ name: 'back', async *chunks() { yield bytes } }, startRun())) as AllocationProfile
  const values = (one: AllocationProfile): number[] => [...(one.liveBytes ?? [])].filter((value) => value !== 0).toSorted((a, b) => a - b)
  expect(values(back)).toEqual(values(profile))
  expect(renderFolded(back, 'liveBytes').split('\n').toSorted()).toEqual(renderFolded(profile, 'liveBytes').split('\n').toSorted())
})

test('a flame graph shows each box with its share and lets no name out of its text', () => {
  const svg = renderFlameSvg(profileOf({ 'main > <script>alert("x")</script>': 3, 'main > b': 1 }), 'liveBytes')
  expect(svg).toContain('&lt;script&gt;')
  expect(svg).not.toContain('<script>')
  expect(svg).toContain('b: 1 B, 25.0 %')
  expect(svg.match(/<rect /g)?.length).toBe(5) // the background, all, main, and its two children
})
