import * as v from 'valibot'
import type { Report } from '../../model/report.ts'

const recordedSchema = v.object({
  kind: v.picklist(['request', 'module', 'none']),
  address: v.optional(v.string()),
  path: v.optional(v.string()),
  worker: v.optional(v.string()),
  method: v.optional(v.string()),
  accept: v.optional(v.picklist(['success', 'any'])),
  headerNames: v.optional(v.array(v.string())),
  hadBody: v.optional(v.boolean()),
  concurrency: v.optional(v.number()),
  timeoutMs: v.optional(v.number()),
  warmup: v.optional(v.number()),
  operations: v.optional(v.number()),
  rounds: v.optional(v.number()),
  everyMs: v.optional(v.number()),
  failed: v.optional(v.number()),
})

/** What a report says of how its hunt was asked for. */
export type RecordedHunt = v.InferOutput<typeof recordedSchema>

/** How the hunt of this report was asked for, as far as the report knows; undefined when it does not. */
export function recordedHunt({ details }: Report): RecordedHunt | undefined {
  const parsed = v.safeParse(recordedSchema, details?.['repeat'])
  return parsed.success ? parsed.output : undefined
}

const roundsSchema = v.array(v.object({ more: v.object({ done: v.number() }) }))

/** The share of all operations that failed; undefined when the report does not tell. */
export function failedShare(report: Report): number | undefined {
  const rounds = v.safeParse(roundsSchema, report.details?.['rounds'])
  const done = rounds.success ? rounds.output.at(-1)?.more.done : undefined
  const failed = recordedHunt(report)?.failed
  return done === undefined || failed === undefined || !(done > 0) ? undefined : failed / done
}
