import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import type { Finding } from '../model/finding.ts'
import type { PathStep } from '../model/retaining-path.ts'
import { findDeclaredLines } from './declared-lines.ts'

const cwd = mkdtempSync(join(tmpdir(), 'stillhere-lines-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const step = (edgeKind: PathStep['edgeKind'], edgeName: string, nodeName: string, status: PathStep['status'], file?: string): PathStep => ({
  edgeKind, edgeName, nodeKind: 'object', nodeName, nodeId: 1, status, ...(file === undefined ? {} : { location: { file, line: 1 } }),
})

const findingOf = (steps: PathStep[]): Finding => ({
  verdict: 'leak', pattern: 'growing-map', category: 'growing-collection', title: '', reasons: [], advice: '', fingerprint: '',
  subject: { kind: 'nodes', className: 'Order', count: 1 },
  paths: [{ root: '', steps, fingerprint: '' }],
})

test('a field of a Java class, past the fields of the JDK, in the file its package says', async () => {
  mkdirSync(join(cwd, 'src/main/java/com/shop'), { recursive: true })
  mkdirSync(join(cwd, 'src/main/java/org/other'), { recursive: true })
  const file = join(cwd, 'src/main/java/com/shop/Store.java')
  writeFileSync(join(cwd, 'src/main/java/org/other/Store.java'), 'class Store { Object orders; }\n')
  writeFileSync(file, 'package com.shop;\npublic class Store {\n  // orders = nothing\n  private final Map<Long, Order> orders =\n      new HashMap<>();\n  void take(Order order) {\n    orders.put(order.id, order);\n  }\n}\n')
  const finding = findingOf([
    step('property', 'store', 'com.shop.Store', 'fine'),
    step('property', 'orders', 'java.util.HashMap', 'fine'),
    step('property', 'table', 'java.util.HashMap$Node[]', 'suspect'),
    step('element', '7', 'java.util.HashMap$Node', 'leaking'),
  ])
  const [found] = await findDeclaredLines([finding], { runtime: 'jvm', cwd }, startRun())
  expect([found!.location, found!.allocatedAt]).toEqual([{ file, line: 4 }, [{ file, line: 7 }]])
  expect(found!.reasons.map(({ text }) => text).join('\n')).toContain('src/main/java/com/shop/Store.java:7')
})

test('an attribute of a Python object and a decorated function, in the file of what is above; the finding given stays as it is', async () => {
  writeFileSync(join(cwd, 'shop.py'), 'import functools\n\nclass Store:\n    def __init__(self):\n        self.orders: dict = {}\n\n    @functools.lru_cache(maxsize=None)\n    def total(self):\n        return 1\n')
  const attribute = findingOf([step('root', 'module shop', 'shop', 'fine', 'shop.py'), step('variable', 'STORE', 'Store', 'fine'), step('property', 'orders', 'dict', 'fine'), step('property', '[key]', 'Order', 'leaking')])
  const cached = findingOf([step('root', 'module shop', 'shop', 'fine', 'shop.py'), step('variable', 'Store', 'class Store', 'fine'), step('property', 'total', 'functools._lru_cache_wrapper', 'fine'), step('property', 'cached', 'dict', 'fine'), step('property', 'key', 'tuple', 'leaking')])
  const [first, second] = await findDeclaredLines([attribute, cached], { runtime: 'cpython', cwd }, startRun())
  expect([first!.location, second!.location]).toEqual([{ file: join(cwd, 'shop.py'), line: 5 }, { file: join(cwd, 'shop.py'), line: 8 }])
  expect(attribute.reasons).toEqual([])
})

test('without the source nothing is said', async () => {
  const finding = findingOf([step('property', 'x', 'com.gone.Thing', 'fine'), step('property', 'list', 'java.util.ArrayList', 'fine')])
  expect(await findDeclaredLines([finding], { runtime: 'jvm', cwd }, startRun())).toEqual([finding])
})
