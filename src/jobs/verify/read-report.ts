import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { ReadError } from '../../base/errors.ts'
import type { Report } from '../../model/report.ts'
import { ReportSchema } from '../../render/report-schema.ts'

const COMPARABLE = ['hunt', 'verify', 'diff']

/** A report that `--json FILE` or `--out` wrote. @throws ReadError when the file is none, or not of a command that measures growth */
export async function readReport(path: string): Promise<Report> {
  const refuse = (expected: string, found: string, cause?: unknown): never => {
    throw new ReadError({ file: path, format: 'stillhere report', position: { kind: 'whole' }, expected, found, cause, hint: '`stillhere hunt --json FILE …` writes one; with --out FOLDER it is FOLDER/report.json.' })
  }
  let json: unknown
  try {
    json = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    return refuse(error instanceof SyntaxError ? 'JSON' : 'a readable file', (error as Error).message, error)
  }
  const parsed = v.safeParse(ReportSchema, json)
  if (!parsed.success) {
    const [issue] = parsed.issues
    return refuse('a report of schema 1', `${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`)
  }
  if (!COMPARABLE.includes(parsed.output.command)) return refuse(`a report of ${COMPARABLE.join(', ')}`, `one of ${parsed.output.command}`)
  // What could not be measured is null in JSON; comparisons with it are never true, as with NaN.
  return parsed.output as Report
}
