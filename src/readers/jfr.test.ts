import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import { fileSource } from '../jobs/file-source.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { jfr } from './jfr.ts'

/** What `jfr print --events OldObjectSample` of JDK 17 shows of these recordings: who holds what was made in line 7. */
test.for(['jdk8-gcwork.jfr', 'jdk17-gcwork.jfr', 'jdk25-gcwork.jfr'])('%s: old objects name their holders from the static field on', async (name) => {
  const file = join(import.meta.dirname, '..', '..', 'test', 'readers', 'jfr', name)
  const { frames, strings, siteFrame } = (await jfr.read(await fileSource(file), startRun())) as AllocationProfile
  const names = new Set(Array.from(siteFrame.subarray(1), (frame) => strings.get(frames.functionName[frame]!)))
  const held = [...names].filter((each) => each.startsWith('[held by'))
  expect(held).toContain('[held by GcWork.LEAK → java.util.ArrayList.elementData → java.lang.Object[] → byte[][]]')
  expect(held.filter((each) => !each.startsWith('[held by GcWork.LEAK → java.util.ArrayList.elementData'))).toEqual([])
})
