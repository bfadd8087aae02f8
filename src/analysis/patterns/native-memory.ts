import type { Pattern } from './pattern.ts'

export const nativeMemory: Pattern = {
  id: 'native-rises',
  category: 'external-memory',
  title: 'the process grows while its heap is flat: native memory that no object accounts for',
  proves: 'RSS rises with every round to the end; the heap after full collections, external memory and ArrayBuffers stay where they are.',
  disproves: 'RSS that levels off: fragments and pages that the allocator keeps. With MALLOC_ARENA_MAX=2, or another allocator, it levels off sooner.',
  why: 'A native module, a library it uses, or the runtime’s own C or C++ code allocates and does not free; no object in a heap snapshot stands for it.',
  advice: 'Run it under a native profiler (heaptrack, jemalloc with prof:true) and read the result with stillhere analyze; stillhere layout PID says which mappings grow. Look for tables inside the runtime or an addon that are filled per operation (block lists, environment variables, handles of native modules), and for native objects whose `close` or `destroy` is not called.',
  example: { before: 'const image = decode(file)', after: 'const image = decode(file)\ntry { use(image) } finally { image.close() }' },
  confidence: 'medium',
  needs: 'process',
  // A graph cannot show it: the rounds of a hunt or a watch do.
  matches: () => false,
}
