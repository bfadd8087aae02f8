import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { UsageError } from '../../base/errors.ts'
import { startRun } from '../../base/run.ts'
import { takeGoSnapshot } from './go-snapshot.ts'
import { takeJvmSnapshot } from './jvm-snapshot.ts'

test('what an earlier snapshot left beside it is not written over, and the program is not asked', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stillhere-beside-'))
  try {
    for (const name of ['heap-before.pb.gz', 'late-goroutines.pb.gz', 'dump.histogram.txt']) writeFileSync(join(folder, name), 'mine')
    // Nobody listens on port 1, and there is no such process: to ask would end in another error.
    await expect(takeGoSnapshot('http://127.0.0.1:1/debug/pprof/', join(folder, 'heap.pb.gz'), { afterMs: 0 }, startRun())).rejects.toThrow(UsageError)
    await expect(takeGoSnapshot('http://127.0.0.1:1/debug/pprof/', join(folder, 'late.pb.gz'), { afterMs: 0 }, startRun())).rejects.toThrow(UsageError)
    await expect(takeJvmSnapshot(2 ** 30, join(folder, 'dump.hprof'), { snapshots: 'careful' }, startRun())).rejects.toThrow(UsageError)
    expect(readFileSync(join(folder, 'heap-before.pb.gz'), 'utf8')).toBe('mine')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
