import type { HeapGraph } from '../../model/heap-graph.ts'
import { cpython } from './cpython.ts'
import { go } from './go.ts'
import { jvm } from './jvm.ts'
import { v8 } from './v8.ts'
import type { Vocabulary } from './vocabulary.ts'

export const VOCABULARIES: readonly Vocabulary[] = [v8, jvm, cpython, go]

/** The words of the runtime that a graph is of; V8's where it does not say. */
export function vocabularyOf({ source }: HeapGraph): Vocabulary {
  return VOCABULARIES.find(({ runtime }) => runtime === source.runtime?.toLowerCase()) ?? v8
}
