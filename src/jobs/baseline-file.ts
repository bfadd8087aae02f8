import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { ReadError } from '../base/errors.ts'
import type { Baseline } from '../model/baseline.ts'

const day = v.pipe(v.string(), v.isoDate('expected a day such as 2027-01-31'))
const baselineSchema = v.object({
  schema: v.literal(1),
  leaks: v.array(v.object({ fingerprint: v.pipe(v.string(), v.minLength(1)), title: v.string(), reason: v.string(), expires: v.optional(day) })),
})

/** The known leaks of a file; none when it is not there yet. @throws ReadError when it is there and not a baseline */
export async function readBaseline(path: string): Promise<Baseline> {
  const refuse = (expected: string, found: string, cause?: unknown): never => {
    throw new ReadError({ file: path, format: 'baseline', position: { kind: 'whole' }, expected, found, cause, hint: '`stillhere test --update-baseline --reason …` writes one.' })
  }
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { schema: 1, leaks: [] }
    return refuse('a readable file', (error as Error).message, error)
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return refuse('JSON', (error as Error).message, error)
  }
  const parsed = v.safeParse(baselineSchema, json)
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  return refuse('{ "schema": 1, "leaks": [{ "fingerprint", "title", "reason", "expires"? }] }', `${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`)
}
