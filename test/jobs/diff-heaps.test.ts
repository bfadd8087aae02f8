import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { diffHeaps } from '../../src/jobs/diff-heaps.ts'

const samples = join(import.meta.dirname, '..', 'readers', 'hprof')
const diff = (...files: string[]) => diffHeaps({ files: files.map((file) => join(samples, file)), version: '0', cwd: '/', classes: 5 }, startRun())

// Two dumps of one moment, the second as several gzip members.
test('two dumps of the same heap have no difference', async () => {
  const { verdict, findings } = await diff('jdk17-cacheleak-live.hprof.gz', 'jdk17-cacheleak-live-multimember.hprof.gz')
  expect([verdict, findings]).toEqual(['healthy', []])
})

// CacheLeak keeps 200 orders in each of them: only the JDK differs.
test('dumps of one program on two JDKs show no growth of the program', async () => {
  const { findings } = await diff('jdk17-cacheleak-live.hprof.gz', 'jdk25-compactheaders-cacheleak.hprof.gz')
  expect(findings.filter(({ subject }) => subject.className.startsWith('CacheLeak'))).toEqual([])
})
