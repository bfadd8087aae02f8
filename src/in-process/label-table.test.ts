import { expect, test } from 'vitest'
import { classNameOf, flat, LabelTable, OTHER_LABELS } from './label-table.ts'

test('an object is named after its class, without running its code', () => {
  class Session {}
  Object.defineProperty(Session.prototype, 'constructor', {
    get() {
      throw new Error('must not run')
    },
  })
  class Plain {}
  expect(classNameOf(new Plain())).toBe('Plain')
  expect(classNameOf(new Session())).toBe('Object')
  expect(classNameOf(new Proxy(new Plain(), { getOwnPropertyDescriptor: () => { throw new Error('must not run') } }))).toBe('Proxy')
  expect(classNameOf(function handle() {})).toBe('handle')
  expect(classNameOf(Object.create(null) as object)).toBe('Object')
})

test('labels lose what a terminal would obey, and are cut', () => {
  const table = new LabelTable()
  expect(table.labelFor('\u001b[2Jevil\u202e', undefined)).toBe('\\u001b[2Jevil\\u202e')
  expect(table.labelFor('x'.repeat(5000), undefined)).toHaveLength(120)
})

test('more different labels than the table holds are counted together', () => {
  const table = new LabelTable()
  for (let number = 0; number < 2000; number++) table.labelFor(`label ${number}`, undefined)
  expect(table.labelFor('one more', undefined)).toBe(OTHER_LABELS)
  expect(table.labelFor('label 7', undefined)).toBe('label 7')
})

test('a flat text is the same text, also for names that objects treat specially', () => {
  for (const text of ['', '7', '__proto__', 'constructor', `${'a'.repeat(20)}${'b'.repeat(20)}`]) expect(flat(text)).toBe(text)
})
