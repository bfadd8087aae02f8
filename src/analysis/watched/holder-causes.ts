import type { Category, Finding } from '../../model/finding.ts'
import type { PathStep } from '../../model/retaining-path.ts'
import { asyncContext } from '../patterns/async-context.ts'
import { closureContext } from '../patterns/closure-context.ts'
import { emitterListener } from '../patterns/emitter-listener.ts'
import { eventTargetListener } from '../patterns/event-target-listener.ts'
import { growingArray } from '../patterns/growing-array.ts'
import { growingMap } from '../patterns/growing-map.ts'
import { growingObject } from '../patterns/growing-object.ts'
import { observerList } from '../patterns/observer-list.ts'
import type { Pattern } from '../patterns/pattern.ts'
import { pendingPromise } from '../patterns/pending-promise.ts'
import { timer } from '../patterns/timer.ts'

/** A way to be held, recognized by the references on the path. */
export interface HolderCause {
  pattern: string
  category: Category
  /** After the name of what is held: `"Session" is held by …`. */
  heldBy: string
  advice: string
  example?: Finding['example']
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

/** Where mock functions of Vitest, Jest and node:test keep what they saw. */
const MOCK_LISTS = /^(calls|results|settledResults|instances|contexts|lastCall)$/

/** What holds an object, the strongest statement first within one step. */
export const HOLDER_CAUSES: readonly HolderCause[] = [
  {
    pattern: 'part-of-document',
    category: 'other',
    heldBy: 'the document: it is part of the page',
    advice: 'Take the element out of the document (`element.remove()`) where it ends. If it is meant to stay, it should not be watched yet.',
    kind: 'leak',
    // Nothing but elements and their lists between the document and the object, which is its last step.
    matches: (_step, steps, position) => {
      const document = steps.findLastIndex((each) => /^(HTML|XML)?Document$/.test(each.nodeName))
      return position === steps.length - 1 && document >= 0 && document < position - 1 && steps.slice(document + 1, -1).every((each) => /^(<|blink::HeapVectorBacking|Text$|Comment$|ShadowRoot$|DocumentFragment$)/.test(each.nodeName))
    },
  },
  {
    pattern: 'held-by-mock',
    category: 'other',
    heldBy: 'a mock function of the test runner, which keeps arguments and results of all calls',
    advice: 'Clear the mock before the check, or after each test: vi.clearAllMocks(), jest.clearAllMocks(), mock.reset().',
    kind: 'leak',
    matches: (step, steps, position) => MOCK_LISTS.test(step.edgeName) && /\b(calls|results|invocationCallOrder)\b/.test(steps[position - 1]?.nodeName ?? ''),
  },
  {
    ...of(timer),
    heldBy: 'a timer that has not ended',
    kind: 'leak',
    matches: (step) => /^(Timeout|Immediate|Interval|TimersList)$/.test(step.nodeName) || step.edgeName === '_onTimeout' || step.edgeName === '_timerArgs',
  },
  {
    ...of(emitterListener),
    heldBy: 'a listener that was never removed',
    kind: 'leak',
    matches: (step) => step.edgeName === '_events',
  },
  {
    ...of(eventTargetListener),
    heldBy: 'a listener that was never removed from an EventTarget',
    kind: 'leak',
    matches: (step) => /^(Listener|WeakListener|EventListener)$/.test(step.nodeName) || /kEvents/.test(step.edgeName),
  },
  {
    ...of(asyncContext),
    heldBy: 'an AsyncLocalStorage store of work that lives on',
    kind: 'leak',
    matches: (step) => /AsyncContextFrame/.test(step.nodeName) || /kResourceStore|async_context/.test(step.edgeName),
  },
  {
    ...of(observerList),
    heldBy: 'a subscription of a diagnostics channel',
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
    ...of(pendingPromise),
    heldBy: 'a promise that was never settled, or is itself kept',
    kind: 'leak',
    matches: (step) => /^reactions(_or_result)?$|^promise_or_capability$|^(fulfill|reject)_handler$/.test(step.edgeName) || step.nodeName === 'Promise' || step.nodeName === 'system / PromiseReaction',
  },
  {
    ...of(growingMap),
    heldBy: 'a Map or Set from which it was never removed',
    kind: 'leak',
    matches: (step, steps, position) => step.edgeName === 'table' && /^(Map|Set)$/.test(steps[position - 1]?.nodeName ?? ''),
  },
  {
    ...of(growingArray),
    heldBy: 'an array from which it was never removed',
    kind: 'leak',
    matches: (step, steps, position) => {
      const holder = steps[position - 1]
      // Many listeners of one event are an array too, and so is what a mock keeps.
      if (steps.slice(Math.max(0, position - 4), position).some((each, index, near) => each.edgeName === '_events' || (MOCK_LISTS.test(each.edgeName) && index > 0 && near[index - 1]!.nodeName.startsWith('Object {')))) return false
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
    ...of(growingObject),
    heldBy: 'a property of an object that is used as a table',
    kind: 'leak',
    matches: (step) => step.edgeName === '[key]',
  },
]

/** When nothing else is on the path. */
export const CLOSURE_CAUSE: HolderCause = {
  ...of(closureContext),
  heldBy: 'a variable that a function captured',
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

/** The same names and remedies as for what is found by its growth. */
function of({ id, category, advice, example }: Pattern): Pick<HolderCause, 'pattern' | 'category' | 'advice' | 'example'> {
  return { pattern: id, category, advice, example }
}
