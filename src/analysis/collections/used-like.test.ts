import { expect, test } from 'vitest'
import { type Life, type Use, usedLike } from './used-like.ts'

const grown: Life = { kind: 'Map', before: 100, now: 200, came: 100, gone: 0, keys: 'texts', values: 'objects', name: 'pages' }

test.each<[Use, Partial<Life>]>([
  ['cache', {}],
  ['unchanged', { came: 2, now: 102 }],
  ['at its bound', { now: 100, gone: 100 }],
  ['at its bound', { kind: 'Array', now: 100, gone: 100 }],
  ['evicts too little', { gone: 50, now: 150 }],
  ['labels', { keys: 'labels' }],
  ['registry', { keys: 'objects' }],
  ['registry', { values: 'functions' }],
  ['registry', { kind: 'Set', keys: 'objects', values: 'none' }],
  ['seen', { kind: 'Set', values: 'none' }],
  ['queue', { kind: 'Array', keys: 'none', values: 'functions' }],
  ['queue', { kind: 'Array', keys: 'none', name: 'mailer.pendingMails' }],
  ['list', { kind: 'Array', keys: 'none' }],
])('%s', (use, life) => {
  expect(usedLike({ ...grown, ...life })).toBe(use)
})
