import type { Run } from '../../base/run.ts'
import type { ClassTotal } from '../../model/class-totals.ts'
import type { DataColumn, DataTable } from '../../model/data-table.ts'
import { EDGE, EDGE_KINDS, type HeapGraph, NODE_KINDS, NONE, ROOT } from '../../model/heap-graph.ts'
import type { HeapIndex } from '../heap/heap-index.ts'
import { kinds, numbers, picked, rowNumbers, wholes, words } from './columns.ts'
import { sitesTable } from './profile-tables.ts'

/**
 * A heap as tables: nodes, edges, classes, strings, dominators, and where the input has them locations and sites.
 * Columns that must be computed (retained size, class, distance) are computed when they are asked for.
 */
export function heapTables(index: HeapIndex, run: Run): DataTable[] {
  const { graph } = index
  const tables = [nodesTable(index), edgesTable(graph, run), classesTable(index), stringsTable(graph), dominatorsTable(index)]
  if (graph.locations !== undefined) tables.push({ name: 'locations', about: 'a place in the source', rowCount: graph.locations.file.length, columns: placeColumns(graph) })
  if (graph.allocations !== undefined) tables.push(sitesTable(graph.allocations))
  return tables
}

function nodesTable(index: HeapIndex): DataTable {
  const { graph } = index
  const { nodeCount, strings, nodeName, detachedness, locations, allocationSite } = graph
  const columns: DataColumn[] = [
    rowNumbers('node', 'its number in this file; 0 is the root'),
    numbers('id', "the runtime's own id, as in @id", graph.nodeId),
    kinds('kind', 'object, string, closure, …', graph.nodeKind, NODE_KINDS),
    classColumn(index),
    { name: 'name', about: 'constructor or function; of a string its text, as far as the file has it', type: 'text', text: (node) => strings.get(nodeName[node]!) },
    wholes('string', 'the number of that text in strings', nodeName),
    numbers('shallow_bytes', 'the node itself', graph.shallowBytes),
    retained(index),
    dominatorColumn(index),
    wholes('distance', 'fewest references from the root; from 100000000 on: only from the runtime itself', () => index.distances()),
  ]
  if (detachedness !== undefined) {
    columns.push({
      name: 'detached',
      about: 'DOM: no longer part of a page',
      type: 'flag',
      fill(from, to, into) {
        for (let node = from; node < to; node++) into[node - from] = detachedness[node] === 0 ? 2 : detachedness[node]! - 1
      },
    })
  }
  if (locations !== undefined) {
    const [, file, line, col] = placeColumns(graph)
    for (const column of [file!, line!, col!]) columns.push(picked(column, column.name, (node) => (locations.place[node] === 0 ? NONE : locations.place[node]!)))
  }
  if (allocationSite !== undefined) columns.push(wholes('site', 'where it was allocated: a row of sites', allocationSite))
  return { name: 'nodes', about: 'an object, string, function, …', rowCount: nodeCount, columns }
}

function edgesTable(graph: HeapGraph, run: Run): DataTable {
  const { edgeCount, edgeKind, edgeName, edgeIsStrong, firstEdge, strings } = graph
  const isNumbered = (edge: number): boolean => edgeKind[edge] === EDGE.element || edgeKind[edge] === EDGE.hidden
  return {
    name: 'edges',
    about: 'a reference from one node to another',
    rowCount: edgeCount,
    columns: [
      rowNumbers('edge', 'its number in this file'),
      {
        name: 'source',
        about: 'the node that refers',
        type: 'whole',
        fill(from, to, into) {
          let node = ownerOf(firstEdge, from)
          for (let edge = from; edge < to; edge++) {
            while (firstEdge[node + 1]! <= edge) node++
            into[edge - from] = node
          }
        },
      },
      wholes('target', 'the node referred to', graph.edgeTarget),
      kinds('kind', 'property, element, variable, internal, weak, …', edgeKind, EDGE_KINDS),
      words('name', 'property or variable', edgeCount, strings, (edge) => {
        if ((edge & 0xffff) === 0) run.checkpoint()
        return isNumbered(edge) ? NONE : edgeName[edge]!
      }),
      {
        name: 'position',
        about: 'of an element; names have none',
        type: 'whole',
        fill(from, to, into) {
          for (let edge = from; edge < to; edge++) into[edge - from] = isNumbered(edge) ? edgeName[edge]! : NONE
        },
      },
      {
        name: 'strong',
        about: 'keeps its target alive',
        type: 'flag',
        fill(from, to, into) {
          for (let edge = from; edge < to; edge++) into[edge - from] = edgeIsStrong.has(edge) ? 1 : 0
        },
      },
    ],
  }
}

/** The node whose edges hold this one. */
function ownerOf(firstEdge: Uint32Array, edge: number): number {
  let low = 0
  let high = firstEdge.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (firstEdge[middle]! <= edge) low = middle
    else high = middle - 1
  }
  return low
}

function classesTable(index: HeapIndex): DataTable {
  const row = (number: number): ClassTotal => index.classTotals()[number]!
  const column = (name: string, about: string, valueOf: (total: ClassTotal) => number): DataColumn => ({
    name,
    about,
    type: 'number',
    isWhole: true,
    fill(from, to, into) {
      for (let at = from; at < to; at++) into[at - from] = valueOf(row(at))
    },
  })
  return {
    name: 'classes',
    about: 'all nodes of one class, added up; the biggest retained first',
    get rowCount() {
      return index.classTotals().length
    },
    columns: [
      { name: 'class', about: 'two classes of one name stand in different places', type: 'text', text: (at) => row(at).className },
      column('count', 'nodes', (total) => total.count),
      column('shallow_bytes', 'the nodes themselves, with the internals that belong to them', (total) => total.shallowBytes),
      column('retained_bytes', 'what they alone keep; nothing is counted twice within a class', (total) => total.retainedBytes),
      column('distance', 'of the closest of them', (total) => total.distance ?? Number.NaN),
      column('example', 'one of its nodes', (total) => total.exampleNode),
      { name: 'file', about: 'where its constructor stands', type: 'text', text: (at) => row(at).location?.file },
      column('line', 'from 1', (total) => total.location?.line ?? Number.NaN),
    ],
  }
}

function stringsTable({ strings }: HeapGraph): DataTable {
  return {
    name: 'strings',
    about: 'a text of the file: contents and names alike, each once',
    rowCount: strings.count,
    columns: [rowNumbers('string', 'its number'), { name: 'text', about: 'as far as the file has it', type: 'text', text: (number) => strings.get(number) }],
  }
}

function dominatorsTable(index: HeapIndex): DataTable {
  const { graph } = index
  return {
    name: 'dominators',
    about: 'the dominator tree: b lies below a where b.place is between a.place and a.last_place',
    rowCount: graph.nodeCount,
    columns: [
      rowNumbers('node', 'as in nodes'),
      dominatorColumn(index),
      retained(index),
      wholes('place', 'position in the tree, parents before children', () => index.stretches().place),
      {
        name: 'last_place',
        about: 'position of the last node below it',
        type: 'whole',
        fill(from, to, into) {
          const { place, size } = index.stretches()
          for (let node = from; node < to; node++) into[node - from] = place[node] === NONE ? NONE : place[node]! + size[node]! - 1
        },
      },
    ],
  }
}

/** The root has no parent here, although its own in the tree: queries walk up until there is none. */
function dominatorColumn(index: HeapIndex): DataColumn {
  return {
    name: 'dominator',
    about: 'the closest node without which this one would be gone',
    type: 'whole',
    fill(from, to, into) {
      into.set(index.dominators().immediateDominator.subarray(from, to))
      if (from === ROOT && to > ROOT) into[0] = NONE
    },
  }
}

const retained = (index: HeapIndex): DataColumn => numbers('retained_bytes', 'what would be freed if it alone went away', () => index.dominators().retainedBytes)

function classColumn(index: HeapIndex): DataColumn {
  // Classes of one name in different places are one word here; `classes` tells them apart.
  let made: { list: string[]; wordOf: Uint32Array } | undefined
  const make = (): { list: string[]; wordOf: Uint32Array } => {
    const { name } = index.classes()
    const known = new Map<string, number>()
    const wordOf = Uint32Array.from(name, (each) => {
      const word = known.get(each) ?? known.size
      known.set(each, word)
      return word
    })
    return { list: [...known.keys()], wordOf }
  }
  return {
    name: 'class',
    about: 'constructor, (string), or the shape of a plain object',
    type: 'word',
    words: () => (made ??= make()).list,
    fill(from, to, into) {
      const { wordOf } = (made ??= make())
      const { classOfNode } = index.classes()
      for (let node = from; node < to; node++) into[node - from] = wordOf[classOfNode[node]!]!
    },
  }
}

function placeColumns(graph: HeapGraph): DataColumn[] {
  const { file, line, column } = graph.locations!
  return [
    rowNumbers('place', 'its number'),
    words('file', 'name of the script', file.length, graph.strings, (row) => file[row]!),
    wholes('line', 'from 1', line, 0),
    wholes('col', 'column, from 1', column, 0),
  ]
}

