import { expect, test } from 'vitest'
import type { PathStep, RetainingPath } from '../../model/retaining-path.ts'
import { withKnownBeginning } from './path-beginnings.ts'

const step = (edgeName: string, nodeName: string, more: Partial<PathStep> = {}): PathStep => ({ edgeKind: 'property', edgeName, nodeKind: 'object', nodeName, nodeId: 1, status: 'fine', ...more }) as PathStep
const path = (...steps: PathStep[]): RetainingPath => ({ root: steps[0]!.nodeName, steps, fingerprint: 'x' })
const told = (given: RetainingPath): string[] => [`(${given.root})`, ...given.steps.map(({ edgeName, nodeName }) => `${edgeName}: ${nodeName}`)]
const LOADER = { location: { file: 'node:internal/modules/cjs/loader', line: 366, column: 16 } }

test('a variable of an ES module begins with its module and the module’s file', () => {
  const found = withKnownBeginning(path(step('1', 'global', { nodeKind: 'synthetic' }), step('entry', 'ModuleWrap'), step('2', 'system / SourceTextModule'), step('4', 'Generator', { location: { file: 'a.mjs', line: 1, column: 1 } }), step('context', 'system / Context'), step('sessions', 'Map')))
  expect(told(found)).toEqual(['(module)', 'module: module', 'context: system / Context', 'sessions: Map'])
  expect(found.steps[0]!.location?.file).toBe('a.mjs')
})

test('of a CommonJS module the last one of the path is told, without the loader’s own line', () => {
  const found = withKnownBeginning(path(step('getBuiltinModule', 'closure'), step('$Module', 'closure'), step('_cache', 'Object'), step('[key]', 'Module', LOADER), step('children', 'Array'), step('0', 'Module', LOADER), step('exports', 'Object'), step('sessions', 'Map')))
  expect(told(found)).toEqual(['(module)', 'module: module', 'exports: Object', 'sessions: Map'])
  expect(found.steps[0]!.location).toBeUndefined()
})

test('handles are told without the word that all roots share', () => {
  expect(told(withKnownBeginning(path(step('1', '(GC roots)', { nodeKind: 'synthetic' }), step('10', '(Global handles)', { nodeKind: 'synthetic' }), step('53', 'TCP'))))).toEqual(['((Global handles))', '10: (Global handles)', '53: TCP'])
})

test('what is suspect, a program’s own class Module, and any other path stay', () => {
  for (const steps of [
    [step('a', 'X'), step('m', 'Module', { ...LOADER, status: 'suspect' }), step('exports', 'Object')],
    [step('a', 'X'), step('m', 'Module', { location: { file: 'a.js', line: 1, column: 1 } }), step('exports', 'Object')],
    [step('a', 'X'), step('g', 'Generator'), step('context', 'Y')],
    [step('a', 'X'), step('m', 'Module', LOADER)],
  ]) {
    const given = path(...steps)
    expect(withKnownBeginning(given)).toBe(given)
  }
})
