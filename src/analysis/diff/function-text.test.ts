import { expect, test } from 'vitest'
import { functionText } from './function-text.ts'
import { sourceText } from './source-lines.ts'

const at = (text: string, mark = '§'): string | undefined => {
  const lines = text.slice(0, text.indexOf(mark)).split('\n')
  return functionText(sourceText(text.replace(mark, ''))!, { line: lines.length, column: lines.at(-1)!.length + 1 })
}

test.each([
  ['list.push(§() => n)\nmore(big)', '() => n'],
  ['list.push(§n => n + 1, big)', 'n => n + 1'],
  ['const f = §(a, { b = "}" }) => {\n  return a ? `}${b + `{`}` : /[}/]/.test(b) // }\n}\nuse(big)', '(a, { b = "}" }) => {\n  return a ? `}${b + `{`}` : /[}/]/.test(b) // }\n}'],
  ['function named§(a) { /* } */ return "}" + a }\nbig', '(a) { /* } */ return "}" + a }'],
  ['x = { method§() { return 1 } }', '() { return 1 }'],
  ['const f = §() => a\n  .then(b)\nbig()', '() => a\n  .then(b)'],
  ['const f = §async () => ({ a: 1 })\nbig()', 'async () => ({ a: 1 })'],
  ['f(§function* () { yield 1 }, big)', 'function* () { yield 1 }'],
])('%j', (text, expected) => {
  expect(at(text)).toBe(expected)
})

test('nothing is said of a function whose end is not found', () => {
  expect(at('const f = §() => { if (a')).toBeUndefined()
  expect(at('const f = §() => { "open')).toBeUndefined()
  expect(at('const f = §= 3')).toBeUndefined()
})
