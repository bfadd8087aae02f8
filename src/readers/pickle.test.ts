import { expect, test } from 'vitest'
import { isObject, readPickle } from './pickle.ts'

const ALLOWED = new Set(['tracemalloc.Snapshot'])

function read(...parts: (number | string)[]): unknown {
  const bytes: number[] = []
  for (const part of parts) {
    if (typeof part === 'number') bytes.push(part)
    else bytes.push(...new TextEncoder().encode(part))
  }
  return readPickle(Uint8Array.from(bytes), { file: 'f', format: 'pickle', allowed: ALLOWED })
}

// the bytes are what CPython's pickle.dumps writes, told in each title
test('pickle.dumps((1, -2, "é", None, True, 3.5), 2)', () => {
  expect(read(0x80, 2, '(K', 1, 'J', 0xfe, 0xff, 0xff, 0xff, 'X', 2, 0, 0, 0, 'é', 'q', 0, 'N', 0x88, 'G', 0x40, 0x0c, 0, 0, 0, 0, 0, 0, 'tq', 1, '.')).toEqual([1, -2, 'é', null, true, 3.5])
})

test('pickle.dumps([1, 2, [1, 2]], 0), with its text opcodes', () => {
  expect(read('(lp0\nI1\naI2\na(lp1\nI1\naI2\naa.')).toEqual([1, 2, [1, 2]])
})

test('pickle.dumps({"a": 2**70, "b": -1}, 4)', () => {
  const value = read(0x80, 4, 0x95, 0x1b, 0, 0, 0, 0, 0, 0, 0, '}', 0x94, '(', 0x8c, 1, 'a', 0x94, 0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x8c, 1, 'b', 0x94, 'J', 255, 255, 255, 255, 'u.')
  expect(value).toEqual(new Map<string, unknown>([['a', 2n ** 70n], ['b', -1]]))
})

test('an instance of an allowed class is its name and state', () => {
  const value = read(0x80, 4, 0x8c, 11, 'tracemalloc', 0x8c, 8, 'Snapshot', 0x93, ')', 0x81, '}', 0x8c, 1, 'x', 'K', 7, 's', 'b.')
  expect(isObject(value as never) && value).toEqual({ className: 'tracemalloc.Snapshot', state: new Map([['x', 7]]) })
})

test.each([
  ['os.system by GLOBAL and REDUCE', ['cos\nsystem\n(S\'true\'\ntR.'], "the name 'os.system'"],
  ['builtins.eval by STACK_GLOBAL', [0x80, 4, 0x8c, 8, 'builtins', 0x8c, 4, 'eval', 0x93, '.'], "the name 'builtins.eval'"],
  ['getattr, hidden behind an allowed module', [0x80, 4, 0x8c, 11, 'tracemalloc', 0x8c, 2, 'os', 0x93, '.'], "the name 'tracemalloc.os'"],
  ['INST', ['(ios\nsystem\n.'], '0x69'],
  ['OBJ', ['(cos\nsystem\no.'], "the name 'os.system'"],
  ['a persistent id', ['Pid\n.'], '0x50'],
  ['an extension code', [0x80, 2, 0x82, 1, '.'], '0x82'],
  ['an out-of-band buffer', [0x80, 5, 0x97, '.'], '0x97'],
] as const)('%s is refused, and nothing is run', (_name, parts, found) => {
  expect(() => read(...parts)).toThrow(found)
})

test.each([
  ['a protocol of the future', [0x80, 6, '.'], 'byte 0: expected a pickle of protocol 0 to 5, found protocol 6'],
  ['a string longer than the file', [0x80, 4, 'X', 255, 255, 255, 127, 'a.'], 'found end of file'],
  ['a memo index beyond the file', [0x80, 2, 'K', 1, 'r', 255, 255, 255, 127, '.'], 'expected a memo index below the length of the file'],
  ['a memo entry never made', [0x80, 2, 'h', 3, '.'], 'expected a memo entry made before'],
  ['an empty stack', [0x80, 2, '.'], 'found an empty stack'],
  ['a dict with an odd item', [0x80, 2, '}(K', 1, 'u.'], 'keys and values in pairs'],
  ['a state for a number', [0x80, 2, 'K', 1, '}b.'], 'an instance below its state'],
] as const)('%s is refused with its place', (_name, parts, message) => {
  expect(() => read(...parts)).toThrow(message)
})

test('a million nested lists end without a stack overflow', () => {
  const bytes = new Uint8Array(2_000_002).fill(0x5d, 0, 1_000_001)
  bytes.fill(0x61, 1_000_001, 2_000_001)
  bytes[2_000_001] = 0x2e
  let depth = 0
  let value = readPickle(bytes, { file: 'f', format: 'pickle', allowed: ALLOWED })
  while (Array.isArray(value) && value.length > 0) {
    value = value[0] as never
    depth++
  }
  expect(depth).toBe(1_000_000)
})
