import { describe, expect, test } from 'vitest'
import type { Finding } from '../../model/finding.ts'
import type { PathStep } from '../../model/retaining-path.ts'
import { nameAdder, watchables } from './added-by.ts'

function step(edgeName: string, nodeName: string, nodeId: number, more: Partial<PathStep> = {}): PathStep {
  return { edgeKind: 'property', edgeName, nodeKind: 'object', nodeName, nodeId, status: 'fine', ...more }
}

function finding(...steps: PathStep[]): Finding {
  return {
    verdict: 'leak',
    pattern: 'growing-map',
    category: 'growing-collection',
    title: 'it grows',
    reasons: [{ for: true, text: 'more at each step' }],
    subject: { kind: 'nodes', className: 'Session', count: 10 },
    growth: { bytes: 100, count: 1, per: 'operation' },
    paths: [{ root: '', steps, fingerprint: 'f' }],
    fingerprint: 'f',
    advice: '',
  }
}

describe('whom to watch', () => {
  test('the holder, with the property through which it leads to the growth', () => {
    const list = finding(step('list', 'List', 5), step('head', 'Node', 7, { status: 'leaking' }))
    expect(watchables(list)).toEqual([{ id: 5, property: 'head' }])
  })

  test('for a table that is no property, the holder alone', () => {
    const map = finding(step('sessions', 'Map', 5), step('table', '(array)', 6, { edgeKind: 'internal', status: 'suspect' }), step('3', 'Session', 7, { edgeKind: 'element', status: 'leaking' }))
    expect(watchables(map)).toEqual([{ id: 5, property: '' }])
  })

  test('the emitter before its own list of listeners', () => {
    const listeners = finding(step('bus', 'Bus', 3), step('_events', 'Object', 4), step('changed', 'Array', 5), step('0', 'closure', 9, { edgeKind: 'element', status: 'leaking' }))
    expect(watchables(listeners)).toEqual([{ id: 3, property: '' }, { id: 5, property: '' }])
  })

  test('not an emitter that only holds the function which knows the collection', () => {
    const captured = finding(step('server', 'Server', 2), step('_events', 'Object', 3), step('request', 'handler', 4, { nodeKind: 'closure' }), step('context', 'system / Context', 5, { edgeKind: 'internal' }), step('seen', 'Map', 6, { edgeKind: 'variable' }), step('3', 'Seen', 7, { edgeKind: 'element', status: 'leaking' }))
    expect(watchables(captured)).toEqual([{ id: 6, property: '' }])
  })

  test('of a list of timers the end that is written to', () => {
    expect(watchables(finding(step('1000', 'TimersList', 5), step('_idlePrev', 'Timeout', 7, { status: 'leaking' })))).toEqual([{ id: 5, property: '_idleNext' }])
  })

  test('nobody where nothing on the way is known to be old', () => {
    expect(watchables(finding(step('x', 'Y', 3, { status: 'suspect' })))).toEqual([])
  })
})

describe('who added', () => {
  const here = { file: 'file:///app/store.mjs', line: 27, column: 19, functionName: 'Store.create' }
  const there = { file: 'file:///app/server.mjs', line: 18, column: 5, functionName: '' }
  const inPackage = { file: '/app/node_modules/keeper/index.js', line: 3, column: 1, functionName: 'keep' }
  const inNode = { file: 'node:events', line: 500, column: 9, functionName: 'emit' }
  const caught = { watched: 'Map', added: 5, removed: 0, stacks: [{ frames: [inNode, inPackage, here, there], count: 5 }] }

  test('is named by the frames of the application, innermost first', () => {
    const { addedAt, reasons } = nameAdder(finding(), caught, '5 more requests')
    expect(addedAt).toEqual([here, { ...there, functionName: undefined }])
    expect(reasons[1]!.text).toBe('Seen while it ran (Map, 5 more requests): 5 added, nothing was taken out.')
  })

  test('speaks against a leak where as much was taken out as was added', () => {
    expect(nameAdder(finding(), { ...caught, removed: 5, gained: 0 }, '5 more requests').reasons[1]).toEqual({ for: false, text: 'Seen while it ran (Map, 5 more requests): 5 added, 5 taken out.' })
    expect(nameAdder(finding(), { ...caught, added: 10, removed: 5, gained: 5 }, '5 more requests').reasons[1]!.for).toBe(true)
  })

  test('is a package where the application is not on the stack, and nobody where only the runtime is', () => {
    expect(nameAdder(finding(), { ...caught, stacks: [{ frames: [inNode, inPackage], count: 1 }] }, '').addedAt).toEqual([inPackage])
    const before = finding()
    expect(nameAdder(before, { ...caught, stacks: [{ frames: [inNode], count: 1 }] }, '')).toBe(before)
  })

  test('is the application rather than a package that uses the same list', () => {
    expect(nameAdder(finding(), { ...caught, added: 16, stacks: [{ frames: [inPackage], count: 11 }, { frames: [here], count: 5 }] }, '').addedAt![0]).toEqual(here)
  })

  test('is the one who adds most, and others are told', () => {
    const { addedAt, reasons } = nameAdder(finding(), { ...caught, added: 9, stacks: [{ frames: [there], count: 3 }, { frames: [here], count: 6 }] }, '9 more requests')
    expect(addedAt![0]).toEqual(here)
    expect(reasons.at(-1)!.text).toBe('Others add to it too: an anonymous function (3 of 9).')
  })
})
