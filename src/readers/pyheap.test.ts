import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReadError } from '../base/errors.ts'
import { startRun } from '../base/run.ts'
import { edgeKindOf, edgeNameOf, type HeapGraph, nodeKindOf, nodeNameOf } from '../model/heap-graph.ts'
import { pyheap } from './pyheap.ts'

const HEADER = '{"format":"pyheap","version":1,"python":"3.11.7","time":1700000000.5}'
const SMALL = [
  HEADER,
  '["r",10,"module","app"]',
  '["t",0,"module",1,"module"]',
  '["t",1,"dict",2,"object"]',
  '["t",2,"Session",3,"object"]',
  '["t",3,"str",4,"string"]',
  '["o",10,0,72,"app"]',
  '["e",10,"<__dict__>",20]',
  '["o",20,1,232]',
  '["e",20,"=SESSIONS",30]',
  '["o",30,1,104]',
  '["e",30,"[k1]",40,"<key>",50]',
  '["o",40,2,48]',
  '["e",40,null,50,0,50,"~friend",60]',
  '["o",50,3,51,"text"]',
  '["o",60,2,48]',
  '["e",60,".other",60]',
]

function read(lines: readonly string[]): Promise<HeapGraph> {
  const bytes = new TextEncoder().encode(lines.join('\n'))
  return pyheap.read({ name: 'small', chunks: async function* () { yield bytes } }, startRun())
}

function edges(graph: HeapGraph): string[] {
  const all: string[] = []
  for (let node = 0; node < graph.nodeCount; node++) {
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      all.push(`${nodeNameOf(graph, node)} ${edgeKindOf(graph, edge)}:${edgeNameOf(graph, edge)} ${nodeNameOf(graph, graph.edgeTarget[edge]!)}`)
    }
  }
  return all
}

test('references keep their names and kinds, and what nothing refers to is held from outside', async () => {
  const graph = await read([...SMALL, '["end",6,8]'])
  expect(edges(graph)).toEqual([
    ' root:module app app',
    ' root:held by the interpreter or an extension Session',
    'app variable:SESSIONS dict',
    'dict property:[k1] Session',
    'dict internal:key text',
    'Session internal:(unnamed) text',
    'Session element:0 text',
    'Session weak:friend Session',
    'Session property:other Session',
  ])
  expect(graph.source.takenAtMs).toBe(1700000000500)
  expect(graph.source.notices).toEqual([])
})

test('the dict of an instance is part of it, wherever it stands in the file, unless somebody else has it too', async () => {
  const lines = [HEADER, '["t",0,"dict",1,"object"]', '["t",1,"A",1,"object"]', '["o",1,0,100]', '["o",2,1,8]', '["o",3,1,8]', '["e",1,"[name]",3,"<key>",3]', '["e",2,"<__dict__>",1]']
  const graph = await read([...lines, '["end",3,3]'])
  expect(edges(graph)).toEqual([' root:held by the interpreter or an extension A', 'A property:name A'])
  expect([...graph.shallowBytes]).toEqual([0, 108, 8])
  const shared = await read([...lines, '["e",3,".copy",1]', '["end",3,4]'])
  expect(edges(shared)).toContain('A internal:__dict__ dict')
})

test('the frame of a running thread is a frame, one that a traceback holds is a context', async () => {
  const graph = await read([HEADER, '["r",1,"thread","main"]', '["t",0,"frame",1,"frame"]', '["o",1,0,8,"work"]', '["o",2,0,8,"fail"]', '["end",2,0]'])
  expect([1, 2].map((node) => nodeKindOf(graph, node))).toEqual(['frame', 'context'])
})

test('a file cut anywhere is read with a notice, or refused with its line', async () => {
  const text = [...SMALL, '["end",6,8]'].join('\n')
  for (let length = 0; length < text.length; length++) {
    const outcome = await read(text.slice(0, length).split('\n')).then((graph) => graph.source.notices.map(({ code }) => code), (error: unknown) => error)
    if (outcome instanceof ReadError) expect(outcome.position.kind).toBe('line')
    else expect(outcome).toContain('cut')
  }
})

test.each([
  [['["o",1,0,8]'], 'expected a type told before, found 0'],
  [['["t",0,"A",1]', '["o",-1,0,8]'], 'expected the id of an object, found -1'],
  [['["t",0,"A",1]', '["o",1,0,-8]'], 'expected a size, found -8'],
  [['["t",0,"A",1]', '["o",1,0,8]', '["o",1,0,8]'], 'expected each object once, found 1 again'],
  [['["t",0,"A",1]', '["o",1,0,8]', '["e",1,"a"]'], 'expected names and objects in pairs, found 1 items'],
  [['["t",0,"A",1]', '["o",1,0,8]', '["end",2,0]'], 'expected the 2 objects and 0 references the end tells, found 1 and 0'],
  [['["t",1,"A",1]'], 'expected type 0 next, found 1'],
])('%j is refused: %s', async (lines, message) => {
  await expect(read([HEADER, ...lines, ''])).rejects.toThrow(message)
})

test('a newer version is refused by its number', async () => {
  await expect(read(['{"format":"pyheap","version":2}', '["end",0,0]'])).rejects.toThrow('line 1: expected pyheap version 1, found 2')
})

test('any changed byte ends in a graph or a ReadError', async () => {
  const text = [...SMALL, '["end",6,8]'].join('\n')
  await fc.assert(fc.asyncProperty(fc.nat(text.length - 1), fc.integer({ min: 32, max: 126 }), async (at, code) => {
    const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1)
    await read(changed.split('\n')).catch((error: unknown) => expect(error).toBeInstanceOf(ReadError))
  }))
})
