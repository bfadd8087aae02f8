import { execFile, execFileSync } from 'node:child_process'
import { rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { compiledPackage } from '../support/compiled-package.ts'
import { controlGroup } from '../support/control-group.ts'
import { NODE_VERSIONS, nodeBinary } from '../support/node-binaries.ts'
import type { NodeMajor } from '../support/node-binaries.ts'

const programs = join(import.meta.dirname, 'programs')
const majors = Object.keys(NODE_VERSIONS).map(Number) as NodeMajor[]
let library = ''

beforeAll(() => {
  library = join(compiledPackage().dist, 'in-process', 'should-go-away.js')
})

async function runUnder(prepare: string, major: NodeMajor, megabytes: number): Promise<unknown> {
  const { stdout } = await promisify(execFile)('bash', ['-c', `${prepare} && exec "$@"`, 'bash', nodeBinary(major), join(programs, 'tight.mjs'), library, String(megabytes)], { timeout: 90_000 })
  return JSON.parse(stdout)
}

test.each(majors)('on Node %i a process whose address space is nearly used up is not harmed: the snapshot is declined', async (major) => {
  // As much as this Node takes from the start, and 400 MB: less than the forecast for 40 MB of small objects.
  const start = Number(execFileSync(nodeBinary(major), ['-e', "console.log(/VmSize:\\s+(\\d+)/.exec(require('fs').readFileSync('/proc/self/status', 'utf8'))[1])"], { encoding: 'utf8' }))
  const result = await runUnder(`ulimit -v ${start + 400_000}`, major, 40)
  expect(result).toMatchObject({ answer: 'retained', outcome: 'declined', alive: true, reason: expect.stringMatching(/^a snapshot may need [\d.]+ [MG]B, and the address space has \d+(\.\d+)? MB left$/) as string })
})

test.skipIf(process.platform !== 'linux').each(majors)('on Node %i a process with little left in its control group is not harmed', async (major) => {
  const group = controlGroup(250_000_000)?.folder
  if (group === undefined) return expect(process.getuid?.() === 0 && process.env['STILLHERE_REQUIRE_TOOLS'] !== undefined).toBe(false)
  try {
    const result = await runUnder(`echo $$ > ${group}/cgroup.procs`, major, 40)
    expect(result).toMatchObject({ answer: 'retained', outcome: 'declined', alive: true, reason: expect.stringContaining('the cgroup has') as string })
  } finally {
    rmdirSync(group)
  }
})

test.each(majors)('on Node %i the memory of 100 000 watches on dead objects comes back', async (major) => {
  const { stdout } = await promisify(execFile)(nodeBinary(major), ['--expose-gc', join(programs, 'many.mjs'), library], { timeout: 90_000 })
  const { before, during, after, gone } = JSON.parse(stdout) as Record<string, number>
  expect(gone).toBe(100_000)
  // The watches and their objects took 150 bytes each at least; 2 MB may be left (tables of the runtime).
  expect(during! - before!).toBeGreaterThan(15e6)
  expect(after! - before!).toBeLessThan(2e6)
})

test.each(majors)('on Node %i watched objects die in young collections, as unwatched ones do', async (major) => {
  const { stdout } = await promisify(execFile)(nodeBinary(major), ['--expose-gc', join(programs, 'young.mjs'), library], { timeout: 90_000 })
  const { watched } = JSON.parse(stdout) as Record<string, number>
  // A thousand objects that hold 16 kB each went by; a WeakRef to each would have kept half of it.
  expect(watched).toBeLessThan(1.5e6)
})
