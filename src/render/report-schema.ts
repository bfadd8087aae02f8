import * as v from 'valibot'
import { CATEGORIES } from '../model/finding.ts'
import { EDGE_KINDS, NODE_KINDS } from '../model/heap-graph.ts'
import { REPORT_SCHEMA } from '../model/report.ts'

/**
 * The report as it stands in JSON: the contract of `--json` and `report.json`. `schema/report.schema.json` and the
 * tables of `docs/report.md` are made from this file (`npm run schema`).
 * Objects are strict here, so that a field nobody described is noticed by our tests; the published schema leaves them
 * open, because new fields do not raise the schema number.
 */

const about = <const Schema extends v.GenericSchema>(schema: Schema, text: string) => v.pipe(schema, v.description(text))

const verdict = (text: string) => about(v.picklist(['leak', 'suspect', 'healthy', 'undecided']), text)
/** NaN has no form in JSON: it is written as null. */
const known = (text: string) => about(v.nullable(v.number()), `${text} null: not known.`)

const Place = v.strictObject({
  file: about(v.string(), 'Path (relative to the working directory when inside it), URL, or a name of the runtime (`node:internal/…`).'),
  line: about(v.number(), 'From 1.'),
  column: v.optional(about(v.number(), 'From 1.')),
  functionName: v.optional(about(v.string(), 'The function the place is in.')),
  generated: v.optional(
    about(v.strictObject({ file: v.string(), line: v.number(), column: v.optional(v.number()) }), 'The place in the file that runs, when a source map led from there to `file`.'),
  ),
})

const Notice = v.strictObject({
  code: about(v.string(), 'Stable, kebab-case.'),
  count: about(v.number(), 'How often it happened.'),
  firstAt: v.optional(about(v.string(), 'Where it was met first, in words.')),
  message: about(v.string(), 'What happened, for people.'),
})

const Source = v.strictObject({
  name: about(v.string(), 'File name, URL or `pid 5120`. Untrusted text.'),
  format: about(v.string(), 'Name of the reader or probe: `v8-heapsnapshot`, `node-inspector`, … (`stillhere formats`).'),
  runtime: v.optional(about(v.string(), 'node, jvm, go, python, …')),
  runtimeVersion: v.optional(v.string()),
  takenAtMs: v.optional(about(v.number(), 'When the data was taken, ms since the epoch.')),
  idsAreStable: about(v.boolean(), 'Node ids mean the same object in another snapshot of the same process.'),
  sizeBytes: v.optional(about(v.number(), 'Of the input, after decompression.')),
  notices: about(v.array(Notice), 'What was wrong with this source and could be survived.'),
})

const PathStep = v.strictObject({
  edgeKind: about(v.picklist(EDGE_KINDS), 'What kind of reference leads to this node.'),
  edgeName: about(v.string(), 'Property, variable, or the position in digits. Untrusted text.'),
  nodeKind: about(v.picklist(NODE_KINDS), 'What the node is.'),
  nodeName: about(v.string(), 'Class or function name; of a string the (possibly cut) content. Untrusted text.'),
  nodeId: about(v.number(), 'The identity in the snapshot: `stillhere why FILE @ID`.'),
  status: about(v.picklist(['fine', 'suspect', 'leaking']), 'Belongs here; may be held by mistake; should be gone.'),
  reason: v.optional(about(v.string(), 'Why it has this status.')),
  location: v.optional(about(Place, 'Where the class, closure or context of the node stands in the source.')),
  note: v.optional(about(v.string(), 'What the step stands for beyond itself: `Map, 10 907 entries`.')),
  retainedBytes: v.optional(about(v.number(), 'What would be freed if this node alone went away.')),
})

const RetainingPath = v.strictObject({
  root: about(v.string(), 'Why the first node may not be collected.'),
  steps: about(v.array(PathStep), 'From the root to the object; each is one reference and the node it leads to.'),
  fingerprint: about(v.string(), 'Equal for the same bug in another run.'),
})

const Subject = v.variant('kind', [
  v.strictObject({ kind: v.literal('nodes'), className: v.string(), count: v.number(), exampleId: v.optional(v.number()) }),
  v.strictObject({ kind: v.literal('site'), className: v.string(), functionName: v.string() }),
  v.strictObject({ kind: v.literal('collections'), className: v.string(), cause: v.string() }),
  v.strictObject({ kind: v.literal('process'), className: v.string(), metric: v.string() }),
])

const Finding = v.strictObject({
  verdict: verdict('The judgement on this finding alone.'),
  pattern: about(v.string(), 'Our stable id of the kind of leak: `growing-map`, `listener-pile-up`, …'),
  category: about(v.picklist(CATEGORIES), 'The family the pattern belongs to.'),
  title: about(v.string(), 'One line: what grows and why.'),
  reasons: about(
    v.array(v.strictObject({ for: about(v.boolean(), 'true: speaks for the verdict; false: against it.'), text: about(v.string(), 'One sentence with its numbers.') })),
    'Why we think so, and what speaks against it.',
  ),
  subject: about(Subject, 'What the finding is about; `className` always, the rest by `kind`.'),
  growth: v.optional(
    about(
      v.strictObject({ bytes: known('Growth in bytes.'), count: known('Growth in objects.'), per: about(v.picklist(['operation', 'second', 'round', 'snapshot']), 'Per what.') }),
      'How fast it grows.',
    ),
  ),
  retainedBytes: v.optional(about(v.number(), 'What a fix would free now.')),
  paths: about(v.array(RetainingPath), 'How it is held; the first is the one to read.'),
  location: v.optional(about(Place, 'The line of the holder.')),
  allocatedAt: v.optional(about(v.array(Place), 'Where what grows is allocated, innermost application frame first.')),
  addedAt: v.optional(about(v.array(Place), 'The stack that was seen adding to the holder while the program ran, innermost application frame first.')),
  fingerprint: about(v.string(), 'Equal for the same bug in another run; empty when there is no path.'),
  advice: about(v.string(), 'What to do.'),
  example: v.optional(about(v.strictObject({ before: v.string(), after: v.string() }), 'Wrong and right, in a few lines of code.')),
})

export const ReportSchema = v.strictObject({
  schema: about(v.literal(REPORT_SCHEMA), 'Raised when a field changes its meaning or goes away; new fields do not raise it.'),
  tool: about(v.strictObject({ name: v.literal('stillhere'), version: v.string() }), 'Who wrote the report.'),
  command: about(v.string(), 'The command that was run: `hunt`, `analyze`, `diff`, …'),
  verdict: verdict('The answer. The exit code follows it (`--fail-on`).'),
  summary: about(v.string(), 'The answer in a sentence.'),
  wouldDecide: v.optional(about(v.string(), 'What would turn `undecided` into an answer.')),
  sources: about(v.array(Source), 'What was looked at.'),
  findings: about(v.array(Finding), 'In order of importance: the first is the one to fix first.'),
  notices: about(v.array(Notice), 'What went wrong on the way and could be survived.'),
  details: v.optional(about(v.record(v.string(), v.unknown()), 'Tables of the command (classes, rounds, …), described on its page.')),
})

/** The parts of the report, by the name of their section in docs/report.md. */
export const REPORT_PARTS = { Report: ReportSchema, Finding, RetainingPath, PathStep, Place, Source, Notice } as const
