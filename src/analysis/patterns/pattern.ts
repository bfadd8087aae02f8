import type { Category } from '../../model/finding.ts'
import type { HeapGraph } from '../../model/heap-graph.ts'
import type { PathStep } from '../../model/retaining-path.ts'
import type { Runtime, Vocabulary } from '../vocabulary/vocabulary.ts'

/** What a pattern may look at: something that grows, the path to it, and what it is made of. */
export interface Held {
  readonly graph: HeapGraph
  /** What the graph's runtime calls things. */
  readonly vocabulary: Vocabulary
  /** From the root to the object the finding names. `path` has the same steps as numbers. */
  readonly steps: readonly PathStep[]
  readonly path: { readonly nodes: readonly number[]; readonly edges: readonly number[] }
  /** The step that holds what grows: it is older than the growth. */
  readonly holder: number
  /** The first step that grows. */
  readonly entry: number
  /** Names of the last references above the growth, for every list that grows together with it. */
  readonly ownerEdges: readonly string[]
  /** What one operation leaves behind, the telling classes first, each with one of its objects. */
  readonly classes: readonly { readonly className: string; readonly countRate: number; readonly bytesRate: number; readonly example: number }[]
  readonly by: 'objects' | 'bytes'
  readonly bytesRate: number
  /** Objects per operation at the top of the growth. */
  readonly countRate: number
  /** Bytes per operation in objects of these classes, at and below the growth. */
  bytesOf(className: RegExp): number
  /** The share of the objects at the top of the growth that pass. */
  membersOf(test: (node: number) => boolean): number
}

/** What is said of a pattern in one language. */
export interface Remedy {
  readonly title?: string | undefined
  readonly proves?: string | undefined
  readonly why?: string | undefined
  readonly advice: string
  readonly example?: { readonly before: string; readonly after: string } | undefined
}

/**
 * One way to leak, as data: what proves it, what speaks against it, why it happens, what to do. `matches` looks at the
 * graph alone; it may not know any program.
 */
export interface Pattern {
  /** Stable, kebab-case; part of the JSON contract. */
  readonly id: string
  readonly category: Category
  /** Where it is met; absent: wherever its words have a meaning. */
  readonly runtimes?: readonly Runtime[] | undefined
  /** As a finding's title begins. */
  readonly title: string
  /** What in the graph proves it, one sentence. */
  readonly proves: string
  /** What would show that it is something else. */
  readonly disproves: string
  readonly why: string
  readonly advice: string
  readonly example?: { readonly before: string; readonly after: string } | undefined
  /** What is said instead in the languages of other runtimes. */
  readonly remedies?: Readonly<Partial<Record<Runtime, Remedy>>> | undefined
  /** How sure a match is. */
  readonly confidence: 'high' | 'medium' | 'low'
  /**
   * How it is told where there is but one snapshot, in which nothing is seen to grow. `title`: what is there, without a
   * word on growth; absent where the title claims none. `suspectFrom`: so many of them are not as they should be, however
   * they came to be; absent where a healthy program may have any number.
   */
  readonly inOneSnapshot?: { readonly title?: string | undefined; readonly suspectFrom?: number | undefined } | undefined
  /** What it takes beside a graph; absent: nothing. Such patterns never match here, and are named where that is known. */
  readonly needs?: 'source' | 'process' | undefined
  matches(held: Held): boolean
}
