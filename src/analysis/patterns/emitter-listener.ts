import { hasClass, hasEdge, isWaited } from './held.ts'
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
  remedies: {
    jvm: {
      title: 'listeners that are never removed',
      proves: 'One source of events has one more listener each time.',
      why: 'Whoever is listened to holds its listeners, a listener the object it belongs to. A long-lived source of events therefore holds every short-lived thing that ever listened.',
      advice: 'Remove the listener where the listening thing ends (`dispose`, `close`, `onDestroy`), with the same object that was added: two method references are two objects.',
      example: {
        before: 'bus.addListener(this::changed);',
        after: 'private final PriceListener listener = this::changed;\nvoid open() { bus.addListener(listener); }\nvoid close() { bus.removeListener(listener); }',
      },
    },
    cpython: {
      title: 'listeners or handlers that are never removed',
      proves: 'One source of events, or one logger, has one more listener each time.',
      why: 'A registry of handlers holds the functions, a bound method its object, a nested function what it captured; logging handlers stay on their logger until they are removed.',
      advice: 'Register once at start, remove the handler where the listening thing ends, or keep it weakly (`weakref.WeakMethod`).',
      example: { before: 'def handle(request):\n    log.addHandler(StreamHandler(request.out))', after: 'handler = StreamHandler(request.out)\nlog.addHandler(handler)\ntry:\n    work()\nfinally:\n    log.removeHandler(handler)' },
    },
  },
  inOneSnapshot: { title: 'listeners' },
  confidence: 'high',
  // Callbacks of a future are called so too, and are its own pattern.
  matches: (held) =>
    (held.vocabulary.runtime === 'v8' || !isWaited(held)) &&
    (hasEdge(held, held.vocabulary.listenerLists, { above: held.vocabulary.runtime === 'v8' ? 3 : 2 }) || hasClass(held, held.vocabulary.listenerRegistries, { above: 8 })),
}
