import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'
import { type Forecast, forecastMemory } from '../../src/jobs/load-heap/forecast.ts'
import { headerIn } from '../../src/jobs/load-heap/snapshot-head.ts'
import type { Report } from '../../src/model/report.ts'
import { controlGroup } from '../support/control-group.ts'
import { snapshotText } from '../support/snapshot-text.ts'

// `analyze` where the kernel ends a process that takes more than its memory group may.

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
const folder = mkdtempSync(join(tmpdir(), 'stillhere-group-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// A chain of objects, each with a name: the steps lie some 40 MB apart.
const COUNT = 400_000
const file = join(folder, 'chain.heapsnapshot')
let forecast: Forecast
let fileBytes = 0
beforeAll(() => {
  const nodes = [[9, 0, 1, 0, 1, 0]]
  const edges = [[1, 0, 6]]
  for (let each = 0; each < COUNT; each++) {
    const isLast = each === COUNT - 1
    nodes.push([3, 1, 3 + 4 * each, 100, isLast ? 1 : 2, 0], [2, 2, 5 + 4 * each, 32, 0, 0])
    edges.push([2, 3, (2 + 2 * each) * 6])
    if (!isLast) edges.push([2, 4, (3 + 2 * each) * 6])
  }
  const text = snapshotText({ nodes, edges, strings: ['', 'Entry', 'a name', 'name', 'next'] })
  writeFileSync(file, text)
  fileBytes = text.length
  forecast = forecastMemory(headerIn(new TextEncoder().encode(text.slice(0, 65_536)))!, text.length, { purpose: 'report' })
})

/** What the command has before it reads anything, pages of its own program file left out. */
const STARTED_BYTES = 55_000_000

/** `analyze` in a group of its own, after the file was written and read there twice: its pages are charged to the group, and in use. */
async function analyzeWithin(limitBytes: number, skip: TestContext['skip']): Promise<{ codes: string[]; report: Report; canBeHad: number; killed: number }> {
  const fileSystem = process.platform === 'linux' ? execFileSync('stat', ['-f', '-c', '%T', folder], { encoding: 'utf8' }).trim() : ''
  const group = fileSystem === '' || fileSystem === 'tmpfs' ? undefined : controlGroup(limitBytes)
  if (group === undefined) return skip(fileSystem === 'tmpfs' ? 'files in /tmp are memory here' : 'no memory group can be made here')
  const copy = join(folder, `copy-${limitBytes}.heapsnapshot`)
  try {
    const script = 'echo $$ > "$1/cgroup.procs" && cat "$2" > "$3" && cat "$3" "$3" | cat > /dev/null && exec "$4" "$5" analyze --json "$3"'
    const report = await new Promise<Report>((resolve, reject) => {
      execFile('sh', ['-c', script, 'sh', group.folder, file, copy, process.execPath, MAIN], { timeout: 60_000, killSignal: 'SIGKILL', maxBuffer: 1e8 }, (error, stdout) => (error === null ? resolve(JSON.parse(stdout) as Report) : reject(error)))
    })
    const { notices } = report.sources[0]!
    const [, amount = 'NaN'] = /^([\d.]+) MB of memory can be had \(the memory limit of the container\)/.exec(notices.find(({ code }) => code.startsWith('memory-'))?.message ?? '') ?? []
    return { codes: notices.map(({ code }) => code).filter((code) => code.startsWith('memory-')), report, canBeHad: Number(amount) * 1e6, killed: group.killed() }
  } finally {
    rmdirSync(group.folder)
    rmSync(copy, { force: true })
  }
}

test('a snapshot that fits a memory group is read whole, though its pages in the file cache fill what is left', { timeout: 120_000 }, async ({ skip }) => {
  const limit = STARTED_BYTES + forecast['one-thread'] + 15_000_000
  expect(STARTED_BYTES + forecast['strings-in-file'] + fileBytes).toBeGreaterThan(limit)
  const { codes, report, killed } = await analyzeWithin(limit, skip)
  expect([codes, killed]).toEqual([[], 0])
  expect(report.summary).not.toContain('too little memory')
})

test('one that does not is told in fewer words, by as much as the group lets it have, and nothing is ended', { timeout: 120_000 }, async ({ skip }) => {
  const limit = STARTED_BYTES + (forecast['no-dominators'] + forecast['strings-in-file']) / 2
  const { codes, report, canBeHad, killed } = await analyzeWithin(limit, skip)
  expect(codes.at(-1)).toBe('memory-no-dominators')
  expect(report.summary).toContain('too little memory')
  expect(canBeHad).toBeLessThanOrEqual(limit + 1e6)
  expect(canBeHad).toBeGreaterThan(0.8 * limit)
  expect(killed).toBe(0)
})
