import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StoreError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { Report } from '../model/report.ts'
import { renderDot } from '../render/dot.ts'
import { graphOfPaths } from '../render/graph-of-paths.ts'
import { renderJson } from '../render/json.ts'
import { renderMarkdown } from '../render/markdown.ts'
import { renderSvg } from '../render/svg.ts'
import { makeFolder } from './output-place.ts'

/**
 * Writes the report into `directory`: `report.json`, `report.md`, and for each of the first findings that has a path
 * `path-1.dot` and `path-1.svg` (2, 3 …). Each file is written aside and renamed: none is ever half there.
 * Result: the paths of the files written, in this order.
 * @throws StoreError, Cancelled
 */
export async function writeReport(report: Report, directory: string, run: Run): Promise<string[]> {
  makeFolder(directory)
  const written: string[] = []
  const write = async (name: string, text: string): Promise<void> => {
    run.checkpoint()
    const path = join(directory, name)
    const aside = `${path}.${process.pid}.part`
    try {
      await attempt(path, 'write', writeFile(aside, text))
      await attempt(path, 'rename', rename(aside, path))
    } finally {
      await rm(aside, { force: true })
    }
    written.push(path)
  }
  run.progress({ step: 'writing the report', done: 0 })
  await write('report.json', renderJson(report))
  await write('report.md', renderMarkdown(report))
  for (const [index, { paths, title }] of report.findings.slice(0, 10).entries()) {
    if (paths.length === 0) continue
    const graph = graphOfPaths(paths)
    await write(`path-${index + 1}.dot`, renderDot(graph, { title }))
    await write(`path-${index + 1}.svg`, await renderSvg(graph, { title }))
  }
  return written
}

/**
 * Writes a report that took minutes to make. Where it cannot be written it is not lost: the result is the report, with a
 * notice `not-kept` that says why.
 * @throws Cancelled
 */
export async function keepReport(report: Report, directory: string, run: Run, also: (directory: string) => Promise<void> = async () => {}): Promise<Report> {
  try {
    await writeReport(report, directory, run)
    await also(directory)
    return report
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return { ...report, notices: [...report.notices, { code: NOT_KEPT, count: 1, message: `the report could not be kept: ${error.message}` }] }
  }
}

/** The code of the notice that stands for what could not be written. */
export const NOT_KEPT = 'not-kept'

async function attempt<T>(path: string, step: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw new StoreError({ path, step, problem: error instanceof Error ? error.message : String(error), cause: error })
  }
}
