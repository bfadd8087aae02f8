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
  confidence: 'medium',
  matches: (held) => isCaptured(held),
}
