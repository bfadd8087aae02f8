import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'rolldown'
import { expect, onTestFinished, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { tablesOf } from '../../src/jobs/query.ts'
import { explainWhy } from '../../src/jobs/why.ts'

const PROGRAM = `
const watchers = []
class Session {
  #notes = []
  constructor(id) { this.id = id; this.#notes.push('note ' + id) }
  read() { return this.#notes.length }
}
class Plain { value = 1 }
export function open(id) {
  const session = new Session(id)
  function readLater() { return session.read() }
  watchers.push(readLater, new Plain())
  return session
}
for (let id = 0; id < 50; id++) open('s' + id)
const { writeHeapSnapshot } = await import('node:v8')
writeHeapSnapshot(process.argv[2])
console.log(watchers.length)
`

/** The program bundled and minified with a source map, and a snapshot that it wrote of itself. */
async function minified(program = PROGRAM): Promise<{ file: string; script: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'stillhere-names-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const source = join(folder, 'program.mjs')
  writeFileSync(source, program)
  await build({ input: source, platform: 'node', logLevel: 'silent', output: { dir: join(folder, 'dist'), format: 'esm', minify: true, sourcemap: true } })
  const script = join(folder, 'dist', readdirSync(join(folder, 'dist')).find((name) => name.endsWith('js'))!)
  const file = join(folder, 'a.heapsnapshot')
  execFileSync(process.execPath, [script, file])
  return { file, script }
}

const why = (file: string, selector: string): ReturnType<typeof explainWhy> => explainWhy({ file, selector, paths: 1, picture: 'not wanted', version: '0', cwd: '/' }, startRun())

test('a class, a function and a captured variable of a minified bundle are called as they were written', async () => {
  const { file } = await minified()
  const { report } = await why(file, 'Session')
  const steps = report.findings[0]!.paths[0]!.steps
  expect(report.summary).toMatch(/^50 found/)
  expect(steps.map(({ nodeName }) => nodeName)).toEqual(expect.arrayContaining(['readLater', 'Session']))
  expect(steps.find(({ nodeName }) => nodeName === 'Session')!.edgeName).toBe('session')
})

test('so is a class that has no constructor of its own', async () => {
  const { file } = await minified()
  expect((await why(file, 'Plain')).report.summary).toMatch(/^50 found/)
})

test('without its map a bundle keeps the names that run', async () => {
  const { file, script } = await minified()
  writeFileSync(`${script}.map`, '{}')
  await expect(why(file, 'Session')).rejects.toThrow('Session')
})

test('a variable of the module is called as it was written, also where functions inside use its short name for something else', async () => {
  // Ten names each: a minifier that has more of them than the module has variables uses one at least twice.
  const busy = Array.from({ length: 10 }, (_, at) => `export const busy${at} = (first, second, third, fourth, fifth, sixth) => first + second + third + fourth + fifth + sixth + ${at}\n`).join('')
  const { file } = await minified(PROGRAM + busy)
  const { report } = await why(file, 'Session')
  expect(report.findings[0]!.paths[0]!.steps.map(({ edgeName }) => edgeName)).toContain('watchers')
})

test('tables for queries call classes as findings do', async () => {
  const { file } = await minified()
  const classes = (await tablesOf({ file }, startRun())).find(({ name }) => name === 'classes')!
  const column = classes.columns.find(({ name }) => name === 'class')!
  const names = column.type === 'text' ? Array.from({ length: classes.rowCount }, (_, row) => column.text(row)) : []
  expect(names).toEqual(expect.arrayContaining(['Session', 'Plain']))
})
