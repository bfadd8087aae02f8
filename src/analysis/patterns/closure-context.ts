import { growingQueue } from './growing-queue.ts'
import { isCaptured } from './held.ts'
import type { Pattern } from './pattern.ts'

export const closureContext: Pattern = {
  id: 'closure-context',
  category: 'closure-context',
  title: 'functions that are kept and keep the variables they captured',
  proves: 'The path goes through the captured variables of a function that was made per operation.',
  disproves: 'Functions that are removed when their work is done.',
  why: 'A function keeps the whole scope it was made in: every variable that any function of that scope uses.',
  advice: 'Register the function once, outside the operation, and pass what differs as an argument; or take it out again when the operation ends.',
  example: {
    before: 'async function forward(user) {\n  client.interceptors.request.use((config) => sign(config, user))\n  return client.get(url)\n}',
    after: 'client.interceptors.request.use((config) => sign(config, config.user))\nasync function forward(user) {\n  return client.get(url, { user })\n}',
  },
  remedies: {
    jvm: {
      title: 'inner classes or lambdas that are kept and keep what they captured',
      proves: 'What was made per operation refers to what it captured: `this$0`, `arg$1`, `val$…`.',
      why: 'An inner class keeps the instance it was made in (`this$0`), and a lambda or an anonymous class the variables it uses (`arg$1`, `val$…`).',
      advice: 'Take it out when the work ends; or make the class `static` and give it only what it needs, and let the lambda capture a value and not the object around it.',
      example: { before: 'gauges.add(() -> connection.waiting);', after: 'IntSupplier gauge = () -> connection.waiting;\ngauges.add(gauge);\nconnection.onClose(() -> gauges.remove(gauge));' },
    },
    cpython: {
      why: 'A nested function keeps the variables of the functions around it that it uses, in cells.',
      advice: 'Take the function out when the work ends, or give it what it needs as an argument (`functools.partial` with a small value, a weak reference).',
      example: { before: 'CALLBACKS.append(lambda: request.finish())', after: 'callback = lambda: request.finish()\nCALLBACKS.append(callback)\nrequest.on_close(lambda: CALLBACKS.remove(callback))' },
    },
  },
  confidence: 'medium',
  // Work that waits in a queue is functions too: that nobody runs it is what counts.
  matches: (held) => isCaptured(held) && !(held.vocabulary.runtime === 'v8' && growingQueue.matches(held)),
}
