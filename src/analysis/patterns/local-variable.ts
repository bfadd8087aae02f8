import type { Pattern } from './pattern.ts'

export const localVariable: Pattern = {
  id: 'growing-local-variable',
  category: 'growing-collection',
  title: 'a collection in a local variable of a function that runs on',
  runtimes: ['jvm', 'cpython', 'go'],
  proves: 'A running function’s variable leads to the collection, and it has more entries at every step.',
  disproves: 'A function that will end soon: a batch, an import.',
  why: 'Local variables live as long as their function runs; that of a server’s loop, or `main`, never ends.',
  advice: 'Make the collection inside the loop, one for each turn, or take out what is done.',
  example: { before: 'List<Message> seen = new ArrayList<>();\nwhile (true) seen.add(queue.take());', after: 'while (true) {\n  List<Message> batch = new ArrayList<>();\n  queue.drainTo(batch, 100);\n  handle(batch);\n}' },
  remedies: {
    cpython: {
      advice: 'Make the collection inside the loop, one for each turn, take out what is done, or keep the last ones (`collections.deque(maxlen=…)`).',
      example: { before: 'seen = []\nwhile True:\n    seen.append(jobs.get())', after: 'seen = collections.deque(maxlen=1000)\nwhile True:\n    seen.append(jobs.get())' },
    },
    go: { advice: 'Make the map or slice inside the loop, one for each turn, or delete what is done; a goroutine that never ends keeps all its variables.' },
  },
  inOneSnapshot: { title: 'a collection in a local variable of a function that runs' },
  confidence: 'medium',
  matches: (held) =>
    held.vocabulary.runtime === 'go'
      ? held.steps.slice(0, held.holder + 1).some((step) => step.nodeKind === 'frame')
      : (held.holder === 0 && held.steps[0]?.edgeName.startsWith('local variable of ') === true) || held.steps[held.holder - 1]?.nodeKind === 'frame',
}
