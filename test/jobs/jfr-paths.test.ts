import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { analyzeProfile } from '../../src/jobs/analyze-profile.ts'
import { fileSource } from '../../src/jobs/file-source.ts'
import type { AllocationProfile } from '../../src/model/allocation-profile.ts'
import { openInput } from '../../src/readers/open.ts'

/** `jfr print --events OldObjectSample` shows GcWork.LEAK, a list of arrays of byte[], as the holder in each of these. */
test.for(['jfr/jdk8-gcwork.jfr', 'jfr/jdk17-gcwork.jfr', 'jfr/jdk25-gcwork.jfr', 'jfr-print/jdk17-jfr-print.json', 'jfr-print/jdk21-jfr-print.txt'])('%s: what holds old objects is a path from the static field', async (name) => {
  const opened = await openInput(await fileSource(join(import.meta.dirname, '..', 'readers', name)), startRun())
  const [finding] = analyzeProfile(opened.model as AllocationProfile, { version: '0' }, startRun()).findings
  expect(finding?.pattern).toBe('old-objects')
  expect(finding?.paths).toHaveLength(1)
  const path = finding!.paths[0]!
  expect(path.root).toBe('GcWork')
  expect(path.steps.map(({ edgeKind, edgeName, nodeName }) => [edgeKind, edgeName, nodeName])).toEqual([
    ['root', '', 'GcWork'],
    ['property', 'LEAK', 'java.util.ArrayList'],
    ['property', 'elementData', 'java.lang.Object[]'],
    ['element', '', 'byte[][]'],
    ['element', '', 'byte[]'],
  ])
})
