import { hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

export const emitterListener: Pattern = {
  id: 'listener-pile-up',
  category: 'listener',
  title: 'event listeners that are never removed',
  proves: 'One emitter gains one more listener for the same event each time.',
  disproves: 'An emitter that is itself made per operation, or listeners that `once` removes.',
  why: 'An emitter holds its listeners, a listener its function, the function the variables it captured. A long-lived emitter therefore holds every short-lived thing that ever listened.',
  advice: 'Remove the listener where the listening thing ends (`off` with the same function, `once`, or the `signal` option). Raising the limit of listeners only silences the warning.',
  example: {
    before: "bus.on('update', (data) => client.send(data))",
    after: "const onUpdate = (data) => client.send(data)\nbus.on('update', onUpdate)\nclient.once('close', () => bus.off('update', onUpdate))",
  },
  confidence: 'high',
  matches: (held) => hasEdge(held, /^_events$/, { above: 3 }),
}
