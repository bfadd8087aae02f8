import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NODE_VERSIONS, nodeBinary, type NodeMajor } from '../support/node-binaries.ts'
import { hasTool } from '../support/tools.ts'

// What `native-rises` is about: memory that a native module loses shows in RSS, and nowhere in the heap.
const programs = join(import.meta.dirname, '..', 'programs', 'native')
const folder = mkdtempSync(join(tmpdir(), 'stillhere-addon-'))
const addon = join(folder, 'addon.node')
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const majors = process.env['STILLHERE_ALL_NODES'] === undefined ? [24 as const] : (Object.keys(NODE_VERSIONS).map(Number) as NodeMajor[])

type Memory = Record<'rss' | 'heapUsed' | 'external' | 'arrayBuffers', number>

describe.runIf(hasTool('gcc') && process.platform === 'linux')('a native module', () => {
  beforeAll(() => {
    execFileSync('gcc', ['-shared', '-fPIC', '-o', addon, join(programs, 'addon.c')])
  })
  const rise = (major: NodeMajor, kind: 'leak' | 'healthy'): Memory => {
    const { before, after } = JSON.parse(execFileSync(nodeBinary(major), ['--expose-gc', join(programs, 'addon.mjs'), addon, kind], { encoding: 'utf8' })) as { before: Memory; after: Memory }
    return { rss: after.rss - before.rss, heapUsed: after.heapUsed - before.heapUsed, external: after.external - before.external, arrayBuffers: after.arrayBuffers - before.arrayBuffers }
  }

  test.each(majors)('on Node %i RSS rises by what is lost, and the heap does not', (major) => {
    const lost = rise(major, 'leak')
    expect(lost.rss).toBeGreaterThan(0.9 * 400 * 65_536)
    for (const metric of ['heapUsed', 'external', 'arrayBuffers'] as const) expect(Math.abs(lost[metric]), metric).toBeLessThan(1e6)
  })

  test.each(majors)('on Node %i the twin that frees stays where it is', (major) => {
    expect(rise(major, 'healthy').rss).toBeLessThan(4e6)
  })
})
