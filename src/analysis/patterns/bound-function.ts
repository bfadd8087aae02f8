import { entryIs } from './held.ts'
import type { Pattern } from './pattern.ts'

export const boundFunction: Pattern = {
  id: 'bound-functions-kept',
  category: 'closure-context',
  title: 'bound functions that are kept and keep their `this`',
  proves: 'A collection gains bound functions; each keeps the object and the arguments it was bound to.',
  disproves: 'Functions that are taken out again.',
  why: '`bind` makes a new function each time, so that a later removal with another `bind` finds nothing.',
  advice: 'Keep the bound function and remove that very one, or bind once in the constructor.',
  example: {
    before: 'bus.on(\'resize\', this.onResize.bind(this))\nbus.off(\'resize\', this.onResize.bind(this))',
    after: 'this.resize = this.onResize.bind(this)\nbus.on(\'resize\', this.resize)\nbus.off(\'resize\', this.resize)',
  },
  remedies: {
    cpython: {
      title: 'bound methods that are kept and keep their `self`',
      proves: 'A collection gains bound methods; each keeps the object it was taken from.',
      why: 'A bound method keeps its `self`: whoever keeps `view.on_change` keeps the view.',
      advice: 'Unregister where the object ends, or register `weakref.WeakMethod(view.on_change)` and drop it when it is dead.',
      example: { before: 'ON_CHANGE.append(view.on_change)', after: 'ON_CHANGE.append(weakref.WeakMethod(view.on_change))' },
    },
  },
  confidence: 'medium',
  matches: (held) => entryIs(held, /^native_bind$|^bound /) || held.steps.slice(held.entry, held.entry + 2).some((step) => held.vocabulary.receiver.test(step.edgeName)),
}
