import { expect, test } from 'vitest'
import { additionAnywhere, additionIn, callIn, declarationOf, sourceText } from './source-lines.ts'

const source = sourceText(`import http from 'node:http'
const sessions = new Map(), limits = {}
class Store {
  static instances = []
  #entries
  constructor() {
    this.byUser = {}
  }
  // const sessions = an older one
  add(user, value) {
    this.byUser[user] = value
  }
}
const kClients = Symbol('clients')
function remember(id) {
  const session = { id }
  sessions.set(id, session)
  return session
}
function handle(id) {
  const timer = setInterval(() => ping(id), 1000)
  return remember(id)
}
function ping(id) { limits[id] = Date.now() }`)!

test('declarations are found by name', () => {
  expect(declarationOf(source, 'sessions', 'variable', 15)).toBe(2)
  expect(declarationOf(source, 'limits', 'variable', 15)).toBe(2)
  expect(declarationOf(source, 'byUser', 'property', 1)).toBe(7)
  expect(declarationOf(source, 'instances', 'property', 1)).toBe(4)
  expect(declarationOf(source, '<symbol clients>', 'property', 1)).toBe(14)
  expect(declarationOf(source, 'nothing', 'variable', 1)).toBeUndefined()
})

test('additions are looked for inside the function first', () => {
  expect(additionIn(source, 'sessions', 'growing-collection', 15)).toBe(17)
  expect(additionIn(source, 'sessions', 'growing-collection', 20)).toBeUndefined()
  expect(additionIn(source, undefined, 'timer', 20)).toBe(21)
  expect(additionAnywhere(source, 'byUser', 1)).toBe(11)
})

test('a call is found in its caller, the definition is no call', () => {
  expect(callIn(source, 'remember', 20)).toBe(22)
  expect(callIn(source, 'ping', 20)).toBe(21)
  expect(callIn(source, 'ping', 24)).toBeUndefined()
})

test('minified text is left alone', () => {
  expect(sourceText(`a=1;${'b();'.repeat(2000)}`)).toBeUndefined()
})
