import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { chain, snapshotText } from '../support/snapshot-text.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'stillhere-ceilings-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('opening a snapshot of 400 000 nodes stays under the ceilings of memory and time', () => {
  const ceilings = JSON.parse(readFileSync(join(root, 'bench', 'ceilings.json'), 'utf8')) as { peakBytes: number; bytesOfColumns: number; cpuSeconds: number }
  const file = join(folder, 'a.heapsnapshot')
  writeFileSync(file, snapshotText(chain(400_000)))
  const built = join(root, '.cache', 'ceilings-built')
  execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', join(root, 'tsconfig.build.json'), '--outDir', built])
  writeFileSync(join(built, 'package.json'), '{"type":"module"}')
  const child = spawnSync(process.execPath, ['--expose-gc', join(root, 'bench', 'run-ours.mjs'), built, file, '1', '--phases'], { encoding: 'utf8' })
  expect(child.stderr).toBe('')
  const measured = JSON.parse(/^COST (.*)$/m.exec(child.stdout)![1]!) as { peakBytes: number; bytesOfColumns: number; cpuSeconds: number }
  expect(measured.bytesOfColumns).toBeLessThan(ceilings.bytesOfColumns)
  expect(measured.peakBytes).toBeLessThan(ceilings.peakBytes)
  expect(measured.cpuSeconds).toBeLessThan(ceilings.cpuSeconds)
})
