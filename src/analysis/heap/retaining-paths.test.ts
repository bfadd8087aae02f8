import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import { findBestPaths } from './best-paths.ts'
import { describePath, nodePathTo, shortenPath } from './retaining-paths.ts'

const run = startRun()

function leakAt(position: number, firstId: number): ReturnType<typeof describePath> {
  const graph = graphOf({
    root: ['app'],
    app: { id: firstId, at: ['/srv/app.js', 3, 1], kind: 'closure', edges: { 'internal:context': 'scope' } },
    scope: { id: firstId + 2, kind: 'context', name: 'system / Context', edges: { 'variable:sessions': 'map' } },
    map: { id: firstId + 4, name: 'Map', edges: { 'internal:table': 'table' } },
    table: { id: firstId + 6, kind: 'array', name: '', edges: { [`element:${position}`]: 'session' } },
    session: { id: firstId + 8, name: 'Session' },
  })
  return describePath(graph, nodePathTo(findBestPaths(graph, run), graph.node('session')), (step) => ({ status: step < 3 ? 'fine' : step < 4 ? 'suspect' : 'leaking' }))
}

test('the same bug has the same fingerprint with other ids and positions', () => {
  expect(leakAt(7, 11).fingerprint).toBe(leakAt(90_000, 500_001).fingerprint)
})

test('another class that leaks the same way has another fingerprint', () => {
  const graph = graphOf({ root: ['map'], map: { name: 'Map', edges: ['a'] }, a: { name: 'Order' } })
  const other = graphOf({ root: ['map'], map: { name: 'Map', edges: ['a'] }, a: { name: 'Session' } })
  const fingerprint = (each: typeof graph): string =>
    describePath(each, nodePathTo(findBestPaths(each, run), each.node('a')), (step) => ({ status: step === 0 ? 'fine' : 'leaking' })).fingerprint
  expect(fingerprint(graph)).not.toBe(fingerprint(other))
})

test('captured variables stand where the function stands that captured them', () => {
  expect(leakAt(1, 1).steps.map(({ edgeName, location }) => [edgeName, location?.line])).toEqual([
    ['app', 3],
    ['context', 3],
    ['sessions', undefined],
    ['table', undefined],
    ['1', undefined],
  ])
})

test('a string is named by its kind and a dictionary key by none: a path holds no contents', () => {
  const graph = graphOf({
    root: ['users'],
    users: { name: 'Object', edges: Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`ann${i}@example.com`, `s${i}`])) },
    ...Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`s${i}`, { kind: 'string' as const, name: `secret ${i}` }])),
  })
  const { steps } = describePath(graph, nodePathTo(findBestPaths(graph, run), graph.node('s3')), () => ({ status: 'fine' }))
  expect(JSON.stringify(steps)).not.toMatch(/secret|example/)
  expect(steps.at(-1)).toMatchObject({ edgeName: '[key]', nodeName: '(string)' })
})

test('of a long chain the first and the last link are shown, with the number left out', () => {
  const chain: Record<string, { name: string; edges: Record<string, string> }> = {}
  for (let i = 0; i < 500; i++) chain[`n${i}`] = { name: 'Node', edges: i === 499 ? {} : { next: `n${i + 1}` } }
  const graph = graphOf({ root: ['list'], list: { name: 'List', edges: { head: 'n0' } }, ...chain })
  const path = shortenPath(describePath(graph, nodePathTo(findBestPaths(graph, run), graph.node('n499')), () => ({ status: 'leaking' })))
  expect(path.steps.map(({ edgeName, nodeName, note }) => [edgeName, nodeName, note])).toEqual([
    ['list', 'List', undefined],
    ['head', 'Node', undefined],
    ['next', 'Node', '497 more of the same follow, left out here'],
    ['next', 'Node', undefined],
  ])
})
