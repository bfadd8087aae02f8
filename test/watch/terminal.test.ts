import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { screenOf } from '../../src/cli/terminal/live-watch.ts'
import { judgeSeries } from '../../src/analysis/series/judge-series.ts'
import { MemorySeriesBuilder } from '../../src/model/memory-series-builder.ts'
import { hasTool } from '../support/tools.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const folder = mkdtempSync(join(tmpdir(), 'terminal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The command on a terminal of 80 by 24 that `script` makes; `keys` are pressed when the text before them has come. */
async function onTerminal(words: string[], keys: [RegExp, string][]): Promise<string> {
  const line = `stty rows 24 cols 80; exec ${[process.execPath, main, ...words].map((word) => `'${word}'`).join(' ')}`
  const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, NO_COLOR: '1', TERM: 'xterm', CI: undefined } })
  let screen = ''
  let since = 0
  const waiting = [...keys]
  const press = (): void => {
    const [next] = waiting
    if (next === undefined || !next[0].test(plain(screen).slice(since))) return
    waiting.shift()
    since = plain(screen).length
    child.stdin.write(next[1])
  }
  child.stdout.on('data', (text: Buffer) => {
    screen += text.toString()
    press()
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
  await new Promise((resolve) => child.once('close', resolve))
  clearTimeout(timer)
  expect(waiting.map(([text]) => text.source), plain(screen).slice(-2000)).toEqual([])
  return screen
}

/** Without what moves the cursor. */
// eslint-disable-next-line no-control-regex
const plain = (text: string): string => text.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '')

describe.runIf(process.platform === 'linux' && hasTool('script'))('on a terminal', () => {
  test.concurrent('a watch draws a picture without colours, takes a snapshot and forces a collection by keys, and gives the last word', { timeout: 120_000 }, async () => {
    const program = 'globalThis.kept = []; setInterval(() => kept.push({ at: Date.now() }), 10)'
    const screen = await onTerminal(
      ['watch', '--every', '100ms', '--', process.execPath, '-e', program],
      [
        [/force a collection/, 'g'],
        [/after a full collection .* are live/, 's'],
        [/\.heapsnapshot, .*stillhere analyze|stillhere analyze stillhere-\d+-1\.heapsnapshot/, 'q'],
      ],
    )
    expect(screen).not.toMatch(/\u001b\[3[0-9]m/) // no colour was wanted
    expect(plain(screen)).toMatch(/no verdict yet: \d+ of 60 samples/)
    expect(plain(screen).trimEnd()).toMatch(/\(pid \d+\), \d+ s, \d+ samples[\s\S]*$/)
    expect(readdirSync(folder).filter((name) => /^stillhere-\d+-1\.heapsnapshot$/.test(name))).toHaveLength(1)
  })

  test.concurrent('the table of all processes is ordered by a key, and left by another with the table in lines that stay', { timeout: 120_000 }, async () => {
    const screen = plain(
      await onTerminal(
        ['watch', '--all', '--every', '200ms'],
        [
          [/growth v/, 'o'],
          [/rate v/, 'o'],
          [/now v/, '\u001b[B'],
          [/\n>/, 'q'],
        ],
      ),
    )
    expect(screen).toMatch(/\d+ processes, \d+ s/)
    expect(screen.trimEnd().split('\n').at(-1)).not.toMatch(/q stop/)
  })
})

test('what is drawn fits 80 columns and 24 rows, the verdict cut before the keys', () => {
  const builder = new MemorySeriesBuilder({ name: 'drawn', format: 'test', idsAreStable: false, notices: [] }, {})
  for (let i = 0; i < 300; i++) builder.add(i * 1000, { 'rss-anon': 50e6 + i * 1e6, 'heap-live': 40e6 + i * 9e5, 'cgroup-limit': 500e6 })
  const series = builder.finish()
  const lines = screenOf(series, judgeSeries(series), { name: 'python3 worker.py', pid: 812, note: 'a note '.repeat(40), seconds: 7300, columns: 80, rows: 24 }).map(({ text }) => text)
  expect(lines.length).toBeLessThanOrEqual(23)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  expect(lines[0]).toBe('python3 worker.py (pid 812), 2.0 h, 300 samples, now 349 MB')
  expect(lines.some((line) => line.includes('·'))).toBe(true) // live memory
  expect(lines.some((line) => line.includes('lim 500 MB'))).toBe(true)
  expect(lines.some((line) => line.startsWith('LEAK'))).toBe(true)
  expect(lines.at(-1)).toMatch(/^q stop/)
})
