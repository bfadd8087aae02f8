import type { SourceLocation } from './heap-graph.ts'
import type { RetainingPath } from './retaining-path.ts'

export type Verdict = 'leak' | 'suspect' | 'healthy' | 'undecided'

/** The families of leaks; every pattern belongs to one. Part of the JSON contract. */
export const CATEGORIES = [
  'growing-collection',
  'listener',
  'timer',
  'closure-context',
  'promise',
  'async-context',
  'stream',
  'socket',
  'external-memory',
  'string-slice',
  'detached',
  'module-cache',
  'other',
] as const
export type Category = (typeof CATEGORIES)[number]

/** One reason for or against the verdict: a sentence, with its numbers in it. */
export interface Reason {
  for: boolean
  text: string
}

/** What a finding is about. */
export type Subject =
  | { kind: 'nodes'; className: string; count: number; exampleId?: number | undefined }
  | { kind: 'site'; className: string; functionName: string }
  | { kind: 'collections'; className: string; cause: string }
  | { kind: 'process'; className: string; metric: string }

/** How fast something grows. */
export interface Growth {
  bytes: number
  count: number
  per: 'operation' | 'second' | 'round' | 'snapshot'
}

/** One judgement, with its reasons. */
export interface Finding {
  verdict: Verdict
  /** Our stable pattern id: `growing-map`, `listener-pile-up`, … */
  pattern: string
  category: Category
  /** One line: what grows and why. */
  title: string
  reasons: Reason[]
  subject: Subject
  growth?: Growth | undefined
  /** What a fix would free, exact where a path is given: the nodes reachable only through the suspect reference. */
  retainedBytes?: number | undefined
  paths: RetainingPath[]
  /** The line of the holder: where the collection, closure or listener list is defined. */
  location?: SourceLocation | undefined
  /** The line that allocates what grows, innermost application frame first, callers after it. */
  allocatedAt?: SourceLocation[] | undefined
  /** The stack that was seen adding to the holder while the program ran, innermost application frame first. */
  addedAt?: SourceLocation[] | undefined
  fingerprint: string
  /** What to do, in one or two sentences. */
  advice: string
  /** A small code example, wrong and right. */
  example?: { before: string; after: string } | undefined
}
