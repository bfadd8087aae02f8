import type { Run } from '../base/run.ts'
import type { HeapGraph } from '../model/heap-graph.ts'
import type { ByteSource, Reader } from './reader.ts'
import { FORMAT, type ParserOptions, SnapshotParser } from './v8-heapsnapshot/parser.ts'

/**
 * V8 heap snapshots and allocation timelines: `.heapsnapshot`, `.heaptimeline` of Node 18 and later, Chromium,
 * Electron, Deno, and what Bun writes with `generateHeapSnapshot('v8')`.
 *
 * Format: no specification; V8's `src/profiler/heap-snapshot-generator.cc` writes it, DevTools' `HeapSnapshot.ts`
 *   reads it. Rows are described by `snapshot.meta` and read by those names, never by position: fields move from
 *   version to version.
 * The format's lies: `trace_function_count` may be too small; names of strings are cut at 1024 characters; Bun's ids
 *   mean nothing in another snapshot; a value in a WeakMap shows as held by the map, though its key holds it.
 * Ignored: the scope tables of new Chromium (counted on by nobody yet), the native-context attribution of DevTools.
 */
export const v8HeapSnapshot: Reader<'heap-graph'> = {
  format: FORMAT,
  title: 'V8 heap snapshot or allocation timeline (Node, Chromium, Electron, Deno, Bun)',
  makes: 'heap-graph',
  recognize(head) {
    const text = new TextDecoder().decode(head)
    if (!/^\ufeff?\s*\{\s*"snapshot"\s*:\s*\{/.test(text)) return 'no'
    return text.includes('"node_fields"') ? 'certain' : 'likely'
  },
  read: (input, run) => readHeapSnapshot(input, run),
}

/** Reads a snapshot into columns of the given memory. @throws ReadError, Cancelled */
export async function readHeapSnapshot(input: ByteSource, run: Run, options: Omit<ParserOptions, 'name' | 'sizeBytes'> = {}): Promise<HeapGraph> {
  const parser = new SnapshotParser({ name: input.name, sizeBytes: input.sizeBytes, ...options }, run)
  for await (const chunk of input.chunks()) parser.push(chunk)
  return parser.finish()
}
