import type { Pattern } from './pattern.ts'

export const prototypeChain: Pattern = {
  id: 'prototype-chain',
  category: 'other',
  runtimes: ['v8'],
  title: 'objects that inherit from the one before, without end',
  proves: 'The chain of prototypes is longer at every step.',
  disproves: 'A fixed chain of classes.',
  why: '`Object.create(previous)` keeps every earlier version alive, and makes each look-up slower.',
  advice: 'Copy the properties into a new object instead of inheriting from the old one.',
  example: {
    before: 'settings = Object.create(settings)',
    after: 'settings = { ...settings }',
  },
  confidence: 'high',
  matches: (held) => held.steps.slice(Math.max(0, held.entry - 1), held.entry + 4).filter((step) => step.edgeName === '__proto__').length >= 2,
}
