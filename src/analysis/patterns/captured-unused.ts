import type { Pattern } from './pattern.ts'

export const capturedUnused: Pattern = {
  id: 'captured-but-unused',
  category: 'closure-context',
  runtimes: ['v8'],
  title: 'functions that keep a variable which they do not use',
  proves: 'What grows is a captured variable, and the text of the function that keeps it does not name it: another function of the same scope does.',
  disproves: 'A function that uses the variable: then it is kept on purpose.',
  why: 'All functions made in one scope share one context. If any of them uses a variable, all of them keep it, also long after that one is gone.',
  advice: 'Take the variable out of the shared scope: make the two functions in functions of their own, pass what is needed as an argument, or set the variable to null when the other one is done.',
  example: {
    before: 'const upload = new Upload(file)\nconst retry = () => send(upload)\nretry()\nhandlers.push(() => id) // keeps `upload`',
    after: 'const handlerOf = (id) => () => id\nconst upload = new Upload(file)\nsend(upload)\nhandlers.push(handlerOf(id))',
  },
  confidence: 'high',
  needs: 'source',
  // The graph shows who keeps it; that it is not used stands in the source, and is looked up where that can be read.
  matches: () => false,
}
