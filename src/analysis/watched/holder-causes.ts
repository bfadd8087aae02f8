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

/** Also for what the function holds that waits for the check itself. */
export const RUNNING_FRAME: HolderCause = {
  pattern: 'held-by-running-frame',
  category: 'other',
  heldBy: 'a function that is still running',
  advice: 'A variable of a running or suspended function holds its value to the end of the function. Run the work in a function of its own (shouldGoAway.scope), or set the variable to undefined.',
  kind: 'frame',
  matches: (step) => /^\(?(Stack roots|Handle scope|Local handles)/i.test(step.nodeName),
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
  RUNNING_FRAME,
]

/** Where mock functions of Vitest, Jest and node:test keep what they saw. */
const MOCK_LISTS = /^(calls|results|settledResults|instances|contexts|lastCall)$/

function isMockList(step: PathStep, steps: readonly PathStep[], position: number): boolean {
  return MOCK_LISTS.test(step.edgeName) && /\b(calls|results|invocationCallOrder)\b/.test(steps[position - 1]?.nodeName ?? '')
}

/** The name of such an object shows a few of its properties only, in any order: enough where the runner's own code is on the way. */
function isRunnersList(step: PathStep, steps: readonly PathStep[], position: number): boolean {
  return MOCK_LISTS.test(step.edgeName) && /^Object \{.*\b(calls|results|instances|contexts|lastCall)\b/.test(steps[position - 1]?.nodeName ?? '')
}

/** Some step of the way was made by code of these files. */
function comesFrom(steps: readonly PathStep[], files: RegExp): boolean {
  return steps.some((step) => step.location !== undefined && files.test(step.location.file))
}

const JSDOM = /\/jsdom\/lib\//

/** A collection of jsdom's own: it says nothing of the program. */
function isInsideJsdom(steps: readonly PathStep[], position: number): boolean {
  return steps.slice(position, position + 5).some((near) => JSDOM.test(near.location?.file ?? ''))
}

/** What every mock has in common; the runners' own are named below. */
const MOCK = {
  pattern: 'held-by-mock',
  category: 'other',
  heldBy: 'a mock function, which keeps arguments and results of every call',
  advice: 'Clear the mock before the check, or after each test: vi.clearAllMocks(), jest.clearAllMocks(), mock.reset().',
  kind: 'leak',
} as const

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
    ...MOCK,
    heldBy: 'a mock of Vitest (vi.fn or vi.spyOn), which keeps arguments, results and `this` of every call',
    advice: 'Clear it before the check (mock.mockClear()), or all of them after each test: vi.clearAllMocks(), or clearMocks: true in the configuration.',
    matches: (step, steps, position) => isRunnersList(step, steps, position) && comesFrom(steps, /\/vitest\/[^]*spy|\/@vitest\/spy\/|\/tinyspy\//),
  },
  {
    ...MOCK,
    heldBy: 'a mock of Jest (jest.fn or jest.spyOn), which keeps arguments, results and `this` of every call',
    advice: 'Clear it before the check (mock.mockClear()), or all of them after each test: jest.clearAllMocks(), or clearMocks: true in the configuration.',
    matches: (step, steps, position) => isRunnersList(step, steps, position) && comesFrom(steps, /\/jest-mock\//),
  },
  {
    ...MOCK,
    heldBy: 'a mock of node:test (mock.fn or mock.method), which keeps arguments, results and `this` of every call',
    advice: 'Clear it before the check (fn.mock.resetCalls()), or all of them after each test: mock.reset(); those of a test context (t.mock) go with the test.',
    matches: (step, steps, position) => step.edgeName === '#calls' && steps[position - 1]?.nodeName === 'MockFunctionContext',
  },
  { ...MOCK, matches: isMockList },
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
    heldBy: 'a listener that was never removed from an EventTarget of jsdom',
    kind: 'leak',
    matches: (step, steps) => step.edgeName === '_eventListeners' && comesFrom(steps, JSDOM),
  },
  {
    pattern: 'part-of-document',
    category: 'other',
    heldBy: "jsdom's document: it is part of the page",
    advice: 'Take the element out of the document (`element.remove()`) where it ends; a test can empty document.body after each test.',
    kind: 'leak',
    matches: (step, steps, position) => position === steps.length - 1 && step.edgeName === '<symbol wrapper>' && /\/jsdom\/living\/nodes\//.test(steps[position - 1]?.location?.file ?? ''),
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
    matches: (step, steps, position) => step.edgeName === 'table' && /^(Map|Set)$/.test(steps[position - 1]?.nodeName ?? '') && !isInsideJsdom(steps, position),
  },
  {
    ...of(growingArray),
    heldBy: 'an array from which it was never removed',
    kind: 'leak',
    matches: (step, steps, position) => {
      const holder = steps[position - 1]
      // Many listeners of one event are an array too, and so is what a mock keeps.
      if (steps.slice(Math.max(0, position - 4), position).some((each, index, near) => each.edgeName === '_events' || each.edgeName === '#calls' || (MOCK_LISTS.test(each.edgeName) && index > 0 && near[index - 1]!.nodeName.startsWith('Object {')))) return false
      return step.edgeKind === 'element' && !isInsideJsdom(steps, position) && (holder?.nodeName === 'Array' || holder?.edgeName === 'elements')
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

const RUNNER = {
  pattern: 'held-by-test-runner',
  category: 'other',
  advice: 'The runner keeps it to the end of the test or of the file. Do not put the object itself into the context, and check after tests that passed: a failed one keeps its error, and what the error holds.',
  kind: 'leak',
} as const

/** When nothing of the program is on the path: what test runners keep of the test that runs. */
export const RUNNER_CAUSES: readonly HolderCause[] = [
  {
    ...RUNNER,
    heldBy: "Vitest's record of the running test (its context, its meta, its errors)",
    matches: (step, steps, position) => step.edgeName === 'current' && steps[position - 1]?.edgeName === '__vitest_worker__',
  },
  { ...RUNNER, heldBy: "Jest's record of the running test (its errors, its hooks)", matches: (step) => step.edgeName.includes('JEST_STATE_SYMBOL') },
  { ...RUNNER, heldBy: "jsdom's window, which lives as long as the test file", matches: (step) => JSDOM.test(step.location?.file ?? ''), advice: 'What the window, its document or an element of it refers to stays. Take elements out of the document, remove listeners, and delete properties where they end.' },
  { ...RUNNER, heldBy: "the state of Jest's or Vitest's expect (its matchers, its last assertion)", matches: (step) => /JEST_MATCHERS_OBJECT|JEST_ASYMMETRIC|matchers-object/.test(step.edgeName) },
  { ...RUNNER, heldBy: "node:test's record of the running test (its context, its errors)", matches: (step) => /^(Test|TestContext|Suite|TestHook)$/.test(step.nodeName) && step.location?.file.startsWith('node:internal/test_runner/') === true },
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
