import type { Category } from '../../model/finding.ts'
import type { PathStep } from '../../model/retaining-path.ts'

/** A way to be held, recognized by the references on the path. */
export interface HolderCause {
  pattern: string
  category: Category
  /** After the name of what is held: `"Session" is held by …`. */
  heldBy: string
  advice: string
  /**
   * Leak: the program holds it. Not ours: a debugger or compiled code does, and no change of the program will help.
   * Frame: a function that has not returned holds it.
   */
  kind: 'leak' | 'not-ours' | 'frame'
  matches(step: PathStep, steps: readonly PathStep[], position: number): boolean
}

/** Roots and handles that say at once what the path is worth; looked for on the whole path. */
export const OVERRULING_CAUSES: readonly HolderCause[] = [
  {
    pattern: 'held-by-debugger',
    category: 'other',
    heldBy: 'the console of an attached inspector, not by the program',
    advice: 'What is logged while an inspector is attached stays until its console is cleared. Detach it, or do not log the object itself.',
    kind: 'not-ours',
    matches: (step) => /DevTools console|^\(?Debugger/i.test(step.edgeName) || /DevTools console/i.test(step.nodeName),
  },
  {
    pattern: 'held-by-running-frame',
    category: 'other',
    heldBy: 'a function that is still running',
    advice: 'A variable of a running or suspended function holds its value to the end of the function. Run the work in a function of its own (shouldGoAway.scope), or set the variable to undefined.',
    kind: 'frame',
    matches: (step) => /^\(?(Stack roots|Handle scope|Local handles)/i.test(step.nodeName),
  },
]

/** What holds an object, the strongest statement first within one step. */
export const HOLDER_CAUSES: readonly HolderCause[] = [
  {
    pattern: 'forgotten-timer',
    category: 'timer',
    heldBy: 'a timer that has not ended',
    advice: 'Clear the timer where the object ends (clearInterval, clearTimeout), or let the callback not use the object.',
    kind: 'leak',
    matches: (step) => /^(Timeout|Immediate|Interval|TimersList)$/.test(step.nodeName) || step.edgeName === '_onTimeout' || step.edgeName === '_timerArgs',
  },
  {
    pattern: 'listener-left-behind',
    category: 'listener',
    heldBy: 'a listener that was never removed',
    advice: 'Remove the listener where the object ends (off, removeEventListener, an AbortSignal), or add it with { once: true }.',
    kind: 'leak',
    matches: (step) => step.edgeName === '_events' || /^(Listener|WeakListener|EventListener)$/.test(step.nodeName) || /kEvents|\[?kWeakHandler/.test(step.edgeName),
  },
  {
    pattern: 'async-context-store',
    category: 'async-context',
    heldBy: 'an AsyncLocalStorage store of work that lives on',
    advice: 'Whatever is started inside run() keeps the store as long as it lives. Start long-lived timers, sockets and promises outside of it, or keep an id in the store and not the object.',
    kind: 'leak',
    matches: (step) => /AsyncContextFrame/.test(step.nodeName) || /kResourceStore|async_context/.test(step.edgeName),
  },
  {
    pattern: 'subscriber-left-behind',
    category: 'listener',
    heldBy: 'a subscription of a diagnostics channel',
    advice: 'Unsubscribe with the same function where the object ends.',
    kind: 'leak',
    matches: (step) => step.edgeName === '_subscribers',
  },
  {
    pattern: 'suspended-async-function',
    category: 'promise',
    heldBy: 'an asynchronous function that waits for something',
    advice: 'What it awaits never comes. Give the wait an end (a timeout, an AbortSignal), or let go of the object before it.',
    kind: 'leak',
    matches: (step) => step.edgeName === 'parameters_and_registers' || /^(Generator|AsyncGenerator|AsyncFunctionObject)$/.test(step.nodeName),
  },
  {
    pattern: 'pending-promise',
    category: 'promise',
    heldBy: 'a promise that was never settled, or is itself kept',
    advice: 'Settle the promise on every way out, and do not keep settled promises: they hold their value. Promise.race with a promise that lives on keeps what it is given.',
    kind: 'leak',
    matches: (step) => /^reactions(_or_result)?$|^promise_or_capability$|^(fulfill|reject)_handler$/.test(step.edgeName) || step.nodeName === 'Promise' || step.nodeName === 'system / PromiseReaction',
  },
  {
    pattern: 'growing-map',
    category: 'growing-collection',
    heldBy: 'a Map or Set from which it was never removed',
    advice: 'Remove the entry where the object ends, give the collection a maximum (an LRU), or key a WeakMap by the object whose life matters.',
    kind: 'leak',
    matches: (step, steps, position) => step.edgeName === 'table' && /^(Map|Set)$/.test(steps[position - 1]?.nodeName ?? ''),
  },
  {
    pattern: 'growing-array',
    category: 'growing-collection',
    heldBy: 'an array from which it was never removed',
    advice: 'Remove the element where the object ends, or keep only as many as are needed.',
    kind: 'leak',
    matches: (step, steps, position) => {
      const holder = steps[position - 1]
      // Many listeners of one event are an array too.
      if (steps.slice(Math.max(0, position - 3), position).some((each) => each.edgeName === '_events')) return false
      return step.edgeKind === 'element' && (holder?.nodeName === 'Array' || holder?.edgeName === 'elements')
    },
  },
  {
    pattern: 'error-kept',
    category: 'other',
    heldBy: 'an error that is kept: until its stack is read it holds the frames',
    advice: 'Keep the message and the code, not the error; or read error.stack once.',
    kind: 'leak',
    matches: (step) => step.nodeName.endsWith('Error') || /CallSiteInfo/.test(step.nodeName) || /error_stack_symbol|call_site_info/.test(step.edgeName),
  },
  {
    pattern: 'object-as-dictionary',
    category: 'growing-collection',
    heldBy: 'a property of an object that is used as a table',
    advice: 'Delete the property where the object ends, or use a Map with a maximum.',
    kind: 'leak',
    matches: (step) => step.edgeName === '[key]',
  },
]

/** When nothing else is on the path. */
export const CLOSURE_CAUSE: HolderCause = {
  pattern: 'captured-variable',
  category: 'closure-context',
  heldBy: 'a variable that a function captured',
  advice: 'The function lives on, and with it everything its scope shares. Set the variable to undefined when done, or take out of the object what is needed before the function is made.',
  kind: 'leak',
  matches: (step) => step.edgeKind === 'variable',
}

export const PROPERTY_CAUSE: HolderCause = {
  pattern: 'reference-left-behind',
  category: 'other',
  heldBy: 'a property that still refers to it',
  advice: 'Set the property to undefined (or delete it) where the object ends.',
  kind: 'leak',
  matches: () => true,
}
