import { hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

export const testMocks: Pattern = {
  id: 'mock-calls-kept',
  category: 'growing-collection',
  runtimes: ['v8'],
  title: 'mock functions that record every call',
  proves: 'A mock\'s list of calls or results gains one entry each time.',
  disproves: 'Mocks that are cleared after each test.',
  why: 'A mock keeps arguments, results and instances of every call until it is cleared.',
  advice: 'Clear mocks after each test (`clearMocks`, `mock.resetCalls()`), and do not run load through them.',
  confidence: 'medium',
  matches: (held) => hasEdge(held, /^(calls|results|instances|invocationCallOrder|contexts|callHistory)$/, { above: 0 }) && hasEdge(held, /^(mock|_mock|__mock|calls)$/, { above: 2 }),
}
