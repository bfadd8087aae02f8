import { expect, test } from 'vitest'
import { profileOf } from '../../test/support/profile-of.ts'
import type { Report } from '../model/report.ts'
import { renderFolded } from './folded.ts'
import { maskProfile, maskReport, Masker, maskTables } from './mask.ts'

const report: Report = {
  schema: 1,
  tool: { name: 'stillhere', version: '1' },
  command: 'diff',
  verdict: 'leak',
  summary: '320 B more per operation of Invoice, held by pending.',
  sources: [{ name: '/home/eve/shop/3.heapsnapshot', format: 'v8-heapsnapshot', idsAreStable: true, notices: [] }],
  findings: [
    {
      verdict: 'leak',
      pattern: 'growing-map',
      category: 'growing-collection',
      title: 'a Map that only grows: 1 Invoice per operation',
      reasons: [{ for: true, text: 'pending (Map) grew; keys look like a-9, values are Invoice.' }],
      subject: { kind: 'nodes', className: 'Invoice', count: 2 },
      paths: [
        {
          root: 'global',
          steps: [
            { edgeKind: 'property', edgeName: 'pending', nodeKind: 'object', nodeName: 'Map', nodeId: 7, status: 'fine', location: { file: 'src/billing/queue.ts', line: 3 } },
            { edgeKind: 'internal', edgeName: 'table', nodeKind: 'array', nodeName: '(array)', nodeId: 9, status: 'suspect' },
            { edgeKind: 'element', edgeName: '17', nodeKind: 'object', nodeName: 'Invoice', nodeId: 11, status: 'leaking' },
            { edgeKind: 'property', edgeName: 'customer', nodeKind: 'object', nodeName: 'Object {iban, limit, …}', nodeId: 13, status: 'leaking' },
          ],
          fingerprint: 'abc',
        },
      ],
      fingerprint: 'abc',
      advice: 'Give the Map an end.',
    },
  ],
  notices: [{ code: 'x', count: 1, message: 'read /home/eve/shop/3.heapsnapshot by one thread' }],
  details: { classes: [{ className: 'Invoice[]', count: 3 }, { className: 'system / Context / chargeCustomer', count: 1 }] },
}

test('names of the program become pseudonyms, in fields and in sentences alike; the runtime and all numbers stay', () => {
  const { summary, sources, findings, notices, details } = maskReport(report, new Masker())
  expect(summary).toBe('320 B more per operation of Class1, held by name1.')
  expect(sources[0]?.name).toBe('file1.heapsnapshot')
  expect(notices[0]?.message).toBe('read file1.heapsnapshot by one thread')
  expect(findings[0]).toMatchObject({
    title: 'a Map that only grows: 1 Class1 per operation',
    reasons: [{ text: 'name1 (Map) grew; keys look like a-9, values are Class1.' }],
    subject: { className: 'Class1', count: 2 },
    advice: 'Give the Map an end.',
  })
  expect(findings[0]?.paths[0]?.steps.map(({ edgeName, nodeName, nodeId, location }) => [edgeName, nodeName, nodeId, location?.file])).toEqual([
    ['name1', 'Map', 7, 'file2.ts'],
    ['table', '(array)', 9, undefined],
    ['17', 'Class1', 11, undefined],
    ['name2', 'Object {name3, name4, …}', 13, undefined],
  ])
  expect(details).toEqual({ classes: [{ className: 'Class1[]', count: 3 }, { className: 'system / Context / Class2', count: 1 }] })
  expect(JSON.stringify(maskReport(report, new Masker()))).not.toMatch(/invoice|pending|eve|shop|billing|iban|customer/i)
})

test('contents that were asked for are left out of a masked report; a number of samples stays', () => {
  const collections = [{ entries: 2, collection: 'pending (Map)', contents: 'a-9 → Invoice', samples: 'eve@shop.example, bob@shop.example' }]
  const entries = [{ count: 2, keys: 'a-9', values: 'Invoice', sample: 'eve@shop.example' }]
  const { details } = maskReport({ ...report, details: { collections, entries, samples: 40 } }, new Masker())
  expect(details).toEqual({ collections: [{ entries: 2, collection: 'name1 (Map)', contents: 'a-9 → Class1' }], entries: [{ count: 2, keys: 'a-9', values: 'Class1' }], samples: 40 })
})

test('what a collection holds is masked, functions too; how its keys look is not', () => {
  const masker = new Masker()
  expect(['a-9 (84 %), UUID → Invoice', 'path → chargeCustomer (60 %), wrapper', 'labels → Object {iban, limit}', 'mixed', 'a9', 'date and time → number or constant', 'Invoice → (string)'].map((text) => masker.classes(text))).toEqual([
    'a-9 (84 %), UUID → Class1', 'path → Class2 (60 %), wrapper', 'labels → Object {name1, name2}', 'mixed', 'a9', 'date and time → number or constant', 'Class1 → (string)',
  ])
})

test('names that V8 builds from a name keep what is its own', () => {
  const masker = new Masker()
  expect(['(code for charge)', 'system / Context / charge', 'global / https://shop.example', 'Detached <div>', '(GC roots)', 'system / Map', 'java.lang.String', 'byte[]', 'globalCache'].map((name) => masker.className(name))).toEqual([
    '(code for Class1)', 'system / Context / Class1', 'global / Class2', 'Detached <div>', '(GC roots)', 'system / Map', 'java.lang.String', 'byte[]', 'Class3',
  ])
})

test('one masker gives one name one pseudonym, whatever it is given', () => {
  const masker = new Masker()
  const once = JSON.stringify(maskReport(report, masker).findings)
  expect(JSON.stringify(maskReport(report, masker).findings)).toBe(once)
  expect(masker.className('Invoice')).toBe('Class1')
})

test('a profile keeps its shape', () => {
  const profile = profileOf({ 'main.go:9 main.charge > store.go:24 pending : Invoice': 600, 'main.go:9 main.charge': 5 })
  expect(renderFolded(maskProfile(profile, new Masker()), 'liveBytes')).toBe('function1 5\nfunction1;name1 : Class1 600\n')
})

test('of tables every text is masked but the words that are ours', () => {
  const [table] = maskTables([{ name: 'nodes', about: '', rowCount: 1, columns: [
    { name: 'kind', about: '', type: 'word', words: () => ['object'], fill: (_from, _to, into) => into.set([0]) },
    { name: 'class', about: '', type: 'word', words: () => ['Invoice', 'Map'], fill: (_from, _to, into) => into.set([0]) },
    { name: 'name', about: '', type: 'text', text: () => 'secret text' },
  ] }], new Masker())
  expect(table?.columns.map((column) => (column.type === 'word' ? column.words() : column.type === 'text' ? column.text(0) : undefined))).toEqual([['object'], ['Class1', 'Map'], 'text1'])
})
