import { entryIs, hasClass } from './held.ts'
import type { Pattern } from './pattern.ts'

export const reactFiber: Pattern = {
  id: 'detached-fiber',
  category: 'detached',
  runtimes: ['v8'],
  title: 'components that were unmounted and are still held',
  proves: 'Fibers or component instances that left the tree are reached from elsewhere.',
  disproves: 'The second tree of a renderer, which it reuses.',
  why: 'A subscription, a timer or a cache refers to a component after it was unmounted.',
  advice: 'Clean up in the effect that subscribes; do not keep elements, refs or setters outside the component.',
  example: {
    before: 'useEffect(() => { bus.on(\'tick\', setTick) })',
    after: 'useEffect(() => { bus.on(\'tick\', setTick); return () => bus.off(\'tick\', setTick) }, [])',
  },
  confidence: 'medium',
  matches: (held) => hasClass(held, /^(FiberNode|FiberRootNode|ComponentInternalInstance|LView)$/, { above: 0 }) || entryIs(held, /^(FiberNode|Detached Fiber)/),
}
