import type { Pattern } from './pattern.ts'

export const weakmapValue: Pattern = {
  id: 'weakmap-key-held',
  category: 'growing-collection',
  title: 'WeakMap values whose keys are held elsewhere',
  proves: 'What grows is the value of an entry of a map with weak keys, and its key is held by something that lives on: often by the value itself.',
  disproves: 'Keys that go when their work is done.',
  why: 'A WeakMap entry lives as long as its key: a key kept in a list keeps its value too.',
  advice: 'Look at who holds the key: the path shows it. Key by the object whose life matters.',
  remedies: {
    jvm: {
      title: 'values of a WeakHashMap that keep their keys',
      why: 'The key of a WeakHashMap is weak, its value is not: a value that refers to its key keeps the entry for ever.',
      advice: 'Put the value in the key object itself, or hold the key weakly in the value (`new WeakReference<>(owner)`).',
      example: { before: 'details.put(widget, new Details(widget));', after: 'details.put(widget, new Details(new WeakReference<>(widget)));' },
    },
    cpython: {
      title: 'values of a WeakKeyDictionary that keep their keys',
      why: 'The key of a WeakKeyDictionary is weak, its value is not: a value that refers to its key keeps the entry for ever.',
      advice: 'Put the value in an attribute of the key object itself, or refer from the value to the key with `weakref.ref`.',
      example: { before: 'DETAILS[widget] = Details(owner=widget)', after: 'DETAILS[widget] = Details(owner=weakref.ref(widget))' },
    },
  },
  confidence: 'high',
  matches: (held) =>
    held.steps.slice(held.entry).some((step) => / pair in WeakMap /.test(step.edgeName)) ||
    held.steps[held.holder]?.nodeName === 'java.util.WeakHashMap' || (held.steps[held.holder - 1]?.nodeName ?? '').endsWith('WeakKeyDictionary'),
}
