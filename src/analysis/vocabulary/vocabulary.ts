import type { Preference } from '../heap/holder-preference.ts'

/** Runtimes whose object graphs are read. */
export const RUNTIMES = ['v8', 'jvm', 'cpython', 'go'] as const
export type Runtime = (typeof RUNTIMES)[number]

/**
 * What one runtime calls the things that patterns speak of. Patterns ask for "a map", "a list of listeners", "a
 * captured variable"; only the vocabulary knows the names, so that a pattern works wherever its words have a meaning.
 * Expressions are tested against whole class names, or against names of references.
 */
export interface Vocabulary {
  readonly runtime: Runtime
  /** As a reader says it. */
  readonly title: string
  /** What a code example is written in. */
  readonly language: 'js' | 'java' | 'python' | 'go'

  // Containers, by the class of the object that a programmer would name.
  readonly maps: RegExp
  readonly sets: RegExp
  readonly lists: RegExp
  readonly queues: RegExp
  /** Containers that are meant to forget, if they are told when. */
  readonly caches: RegExp
  /** Classes of the parts that containers are made of: their entries and links. Nobody would name them as the holder. */
  readonly insides: RegExp

  // Ways to hold.
  /** References to a list of listeners, handlers or observers. */
  readonly listenerLists: RegExp
  /** Classes that keep listeners. */
  readonly listenerRegistries: RegExp
  /** References by which a function, a lambda or an inner class keeps what it captured, beside edges of kind `variable`. */
  readonly captured: RegExp
  /** The reference by which a function bound to an object keeps it. */
  readonly receiver: RegExp
  /** References from a thread to the values it keeps for itself. */
  readonly threadLocals: RegExp
  /** Classes of things that wait for a time to come, and of the queues they wait in. */
  readonly timers: RegExp
  readonly timerQueues: RegExp
  /** The reference by which the runtime's library lists the threads that run. */
  readonly threadTable: RegExp
  /** References from a promise or future to those who wait for it, and the classes of the waiting. */
  readonly waiting: RegExp
  /** Functions that have been begun and wait. */
  readonly suspended: RegExp
  readonly errors: RegExp
  /**
   * Worse holders (`PREFERENCE`) under which growth is told all the same. In Java, Python and Go local variables of
   * functions that run for long hold as collections do; V8's frames end, and what lives on is in contexts. What only
   * CPython's C code holds may be the program's; what only V8's debugger holds is told so as not to be taken for a leak.
   */
  readonly alsoGrowsUnder: readonly Preference[]

  /** References that hold nothing: a list of them grows with what they refer to, which is held elsewhere. */
  readonly weakReferences: RegExp
  /** What of a class's name is of the one object: its size, its number. */
  readonly ofOneObject: RegExp
  /** The runtime's own list of objects whose finalizer is still to run: one entry is as good as the other. */
  readonly finalizers: RegExp

  // Whose class it is.
  /** The language's own: they say nothing of the program. */
  readonly core: RegExp
  /** The library that comes with the runtime. */
  readonly library: RegExp
  /** Known packages of others. */
  readonly packages: RegExp
  /** Whose class an instance is, must be told by its name: no source line comes with it. */
  readonly originByName: boolean
}

/** Matches nothing: a runtime that has no such thing. */
export const NOTHING = /(?!)/
