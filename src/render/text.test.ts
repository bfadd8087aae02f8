import { expect, test } from 'vitest'
import { exampleReport } from '../../test/support/example-report.ts'
import type { PathStep } from '../model/retaining-path.ts'
import { painter } from './paint.ts'
import { renderPath } from './path-text.ts'
import { renderText } from './text.ts'

const plain = { color: false, columns: 80 }

test('a leak, as it stands in the terminal', () => {
  expect(renderText(exampleReport(), plain)).toBe(`LEAK  7.1 kB and 1 Session per operation, in each of 7 rounds. Two causes, the
      first is 96 % of it.

1  growing-map · a Map used as a cache, nothing ever removes    6.8 kB/operation
   an entry
   held by    sessions : Map  src/session-store.ts:14:7
   added by   SessionStore.create  src/session-store.ts:31:19 ←
              src/auth.ts:52:11
   path       (module src/session-store.ts)
              └ sessions : Map            fine: lives as long as the module
                10 907 entries, +1 per operation, none removed
                └ table[5120] : Session
                  ~~~~~~~~~~~ this reference keeps it
                  leaking: created per operation, never read again
                  keeps 6.6 kB
   why        one entry more per operation in every one of 7 rounds, none
              removed
              the entries survive six full collections
   but        the Map itself is as old as the module, so it may be a cache that
              is still filling
   fix        Give the Map an end: delete on logout and on expiry, or use an LRU
              with a maximum (lru-cache).
   frees      74.2 MB now                                   fingerprint 9c41e0d2

2  suspect: listener-pile-up · one more 'close' listener on one  300 B/operation
   socket per operation, and the title is long enough to need a
   second line

not leaks: compiled code, falling from round to round (38 B/operation).

note: only 7 rounds
note: pid 5120: a collection had to be repeated (2 times, first at round 3)

from: pid 5120 (node-inspector, node 24.11.0)
`)
})

test('the tables of a command follow its findings; those of a hunt only where nothing was found', () => {
  const tables = `  lasted  41 s

rounds
  round  operations    floor  location
      1         101  19.1 MB  a.js:1:2
      2         101  19.8 MB
`
  const report = exampleReport()
  expect(renderText(report, plain)).not.toContain(tables)
  expect(renderText({ ...report, findings: [] }, plain)).toContain(tables)
  expect(renderText({ ...report, command: 'diff' }, plain)).toContain(tables)
})

test('reasons beyond the fourth are counted', () => {
  const report = exampleReport()
  report.findings[0]!.reasons = Array.from({ length: 7 }, (_, index) => ({ for: index !== 3, text: `reason ${index}` }))
  const text = renderText(report, plain)
  expect(text).toContain(`   why        reason 0
              reason 1
              reason 2
              reason 4
              (2 more in --json)
   but        reason 3
`)
})

test('colour only doubles the words: without its codes the coloured text is the plain one', () => {
  const colored = renderText(exampleReport(), { color: true, columns: 80 })
  expect(colored).toContain('\u001b[31mLEAK\u001b[39m')
  expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(renderText(exampleReport(), plain))
})

test('no line is wider than the terminal, unless one word alone is', () => {
  for (const columns of [60, 80, 132]) {
    const lines = renderText(exampleReport(), { color: false, columns }).split('\n')
    expect(lines.filter((line) => line.length > columns)).toEqual([])
  }
})

test('names out of the process cannot steer the terminal', () => {
  const report = exampleReport()
  const evil = 'x\u001b]0;owned\u0007\n\u202e'
  const [finding] = report.findings
  Object.assign(finding!, { title: evil, pattern: evil, advice: evil, fingerprint: evil, location: { file: evil, line: 1 }, example: { before: evil, after: evil } })
  finding!.reasons[0]!.text = evil
  finding!.allocatedAt = [{ file: evil, line: 1, functionName: evil }]
  for (const step of finding!.paths[0]!.steps) Object.assign(step, { edgeName: evil, nodeName: evil, reason: evil, note: evil })
  finding!.paths[0]!.root = evil
  Object.assign(report, { summary: evil, wouldDecide: evil, details: { [evil]: evil, rows: [{ [evil]: evil }] }, notices: [{ code: evil, count: 1, message: evil, firstAt: evil }] })
  Object.assign(report.sources[0]!, { name: evil, format: evil, runtime: evil })
  expect(renderText(report, plain)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
})

test('an undecided report says what would decide', () => {
  const text = renderText({ ...exampleReport(), verdict: 'undecided', summary: 'grew in 2 of 3 rounds', wouldDecide: '7 rounds: --rounds 7', findings: [], sources: [], notices: [], details: undefined }, plain)
  expect(text).toBe('UNDECIDED  grew in 2 of 3 rounds\n  to decide: 7 rounds: --rounds 7\n')
})

test('a long path is cut in the middle, never at the suspect reference', () => {
  const steps: PathStep[] = Array.from({ length: 100 }, (_, depth) => ({
    edgeKind: 'property', edgeName: `next${depth}`, nodeKind: 'object', nodeName: 'Link', nodeId: depth, status: depth < 70 ? 'fine' : 'leaking',
  }))
  const lines = renderPath({ root: 'global', steps, fingerprint: '' }, 66, painter(false))
  expect(lines.length).toBeLessThan(30)
  expect(lines[0]).toBe('(global)')
  expect(lines.find((line) => line.includes('next70 '))).toBeDefined()
  expect(lines.find((line) => line.includes('~~~~~~ this reference keeps it'))).toBeDefined()
  expect(lines.filter((line) => line.includes('more steps')).length).toBeGreaterThan(0)
})

test('what the runtime puts between a closure and its variable is one step', () => {
  const steps: PathStep[] = [
    { edgeKind: 'root', edgeName: 'window', nodeKind: 'object', nodeName: 'Window', nodeId: 1, status: 'fine' },
    { edgeKind: 'property', edgeName: '__handlers', nodeKind: 'object', nodeName: 'Array', nodeId: 2, status: 'fine' },
    { edgeKind: 'internal', edgeName: 'elements', nodeKind: 'array', nodeName: '', nodeId: 3, status: 'fine' },
    { edgeKind: 'element', edgeName: '3', nodeKind: 'closure', nodeName: 'onResize', nodeId: 4, status: 'suspect', location: { file: 'src/panel.ts', line: 88, column: 5 } },
    { edgeKind: 'internal', edgeName: 'context', nodeKind: 'context', nodeName: 'system / Context', nodeId: 5, status: 'suspect', location: { file: 'src/panel.ts', line: 88, column: 5 } },
    { edgeKind: 'variable', edgeName: 'panel', nodeKind: 'object', nodeName: 'Panel', nodeId: 6, status: 'leaking', note: 'onResize closes over `panel`' },
  ]
  expect(renderPath({ root: 'window', steps, fingerprint: '' }, 66, painter(false))).toEqual([
    '(window) Window',
    '└ __handlers : Array',
    '  └ [3] : closure onResize    src/panel.ts:88:5  suspect',
    '    ~~~ one of these references keeps it',
    '    └ context.panel : Panel   leaking',
    '      ~~~~~~~~~~~~~ onResize closes over `panel`',
  ])
})

test('a path that begins at the groups of roots of V8 names them once', () => {
  const steps: PathStep[] = [
    { edgeKind: 'root', edgeName: '(GC roots)', nodeKind: 'synthetic', nodeName: '(GC roots)', nodeId: 3, status: 'fine' },
    { edgeKind: 'element', edgeName: '5', nodeKind: 'synthetic', nodeName: '(Global handles)', nodeId: 15, status: 'fine' },
    { edgeKind: 'element', edgeName: '7', nodeKind: 'object', nodeName: 'system / Context / file:///a.mjs', nodeId: 21, status: 'fine' },
    { edgeKind: 'variable', edgeName: 'sessions', nodeKind: 'object', nodeName: 'Map', nodeId: 23, status: 'fine' },
    { edgeKind: 'internal', edgeName: 'table', nodeKind: 'array', nodeName: '', nodeId: 25, status: 'suspect' },
    { edgeKind: 'element', edgeName: '2', nodeKind: 'string', nodeName: '(string)', nodeId: 27, status: 'leaking' },
  ]
  expect(renderPath({ root: '(GC roots)', steps, fingerprint: '' }, 66, painter(false))).toEqual([
    '(GC roots)',
    '└ [5] : (Global handles)',
    '  └ [7] : context of file:///a.mjs',
    '    └ sessions : Map',
    '      └ table[2] : (string)          leaking',
    '        ~~~~~~~~ this reference keeps it',
  ])
})
