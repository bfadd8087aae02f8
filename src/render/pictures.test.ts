import { Graphviz } from '@hpcc-js/wasm-graphviz'
import { SaxesParser } from 'saxes'
import { expect, test } from 'vitest'
import type { PathStep, RetainingPath } from '../model/retaining-path.ts'
import type { RetainingGraph } from '../model/retaining-graph.ts'
import { renderDot } from './dot.ts'
import { graphOfPaths } from './graph-of-paths.ts'
import { renderMermaid } from './mermaid.ts'
import { renderSvg } from './svg.ts'

const step = (edgeKind: PathStep['edgeKind'], edgeName: string, nodeKind: PathStep['nodeKind'], nodeName: string, nodeId: number, status: PathStep['status'], more: Partial<PathStep> = {}): PathStep => ({ edgeKind, edgeName, nodeKind, nodeName, nodeId, status, ...more })

const PATH: RetainingPath = {
  root: 'module src/store.js',
  fingerprint: '9c41e0d2',
  steps: [
    step('variable', 'sessions', 'object', 'Map', 11, 'fine', { location: { file: 'src/store.js', line: 14, column: 7 } }),
    step('internal', 'table', 'array', '', 12, 'suspect'),
    step('element', '17', 'object', 'Session', 13, 'leaking', { retainedBytes: 6600 }),
    step('property', 'owner', 'object', 'Map', 11, 'leaking'),
  ],
}

const HOSTILE = 'a"b\\n<script>&amp;\u001b[2J`#]"-->\n|x|\u202e'

const hostile: RetainingGraph = {
  nodes: [
    { role: 'root', kind: 'synthetic', name: HOSTILE, count: 1 },
    { role: 'target', kind: 'string', name: HOSTILE, count: 2, location: { file: HOSTILE, line: 1 } },
  ],
  edges: [{ from: 0, to: 1, kind: 'property', name: HOSTILE, count: 1, suspect: true }],
  leftOutCount: 3,
}

test('a path as DOT: the suspect reference is red and says so, the way back is a dashed cycle', () => {
  expect(renderDot(graphOfPaths([PATH]), { title: 'Session' }).split('\n').slice(4)).toEqual([
    '  n0 [label="module src/store.js", fillcolor="#e8e8e8"]',
    '  n1 [label="Map\\n@11\\nsrc/store.js:14:7", penwidth=2]',
    '  n2 [label="(array)\\n@12", fillcolor="#fff4d6"]',
    '  n3 [label="Session\\nkeeps 6.6 kB\\n@13", fillcolor="#fde7e4", color="#b3261e"]',
    '  n0 -> n1 [label="  sessions"]',
    '  n1 -> n2 [label="  table (suspect)", color="#b3261e", fontcolor="#b3261e", penwidth=2]',
    '  n2 -> n3 [label="  [17] (suspect)", color="#b3261e", fontcolor="#b3261e", penwidth=2]',
    '  n3 -> n1 [label="  owner (cycle)", style=dashed, constraint=false]',
    '}',
    '',
  ])
})

test('a path as Mermaid', () => {
  expect(renderMermaid(graphOfPaths([PATH]))).toBe(`flowchart TD
  n0(["module src/store.js"]):::root
  n1["Map<br/>@11<br/>src/store.js:14:7"]
  n2["(array)<br/>@12"]:::suspect
  n3["Session<br/>keeps 6.6 kB<br/>@13"]:::leaking
  n0 -->|"sessions"| n1
  n1 ==>|"table (suspect)"| n2
  n2 ==>|"#91;17#93; (suspect)"| n3
  n3 -.->|"owner (cycle)"| n1
  classDef root fill:#e8e8e8,stroke:#8a8a8a
  classDef leaking fill:#fde7e4,stroke:#b3261e
  classDef suspect fill:#fff4d6,stroke:#8a8a8a
  linkStyle 1,2 stroke:#b3261e,color:#b3261e
`)
})

test('paths that share their beginning are one graph', () => {
  const second = { ...PATH, steps: [...PATH.steps.slice(0, 2), step('element', '18', 'object', 'Session', 99, 'leaking')] }
  const graph = graphOfPaths([PATH, second])
  expect(graph.nodes.map(({ name, exampleId }) => `${name} ${exampleId ?? ''}`.trim())).toEqual(['module src/store.js', 'Map 11', '12', 'Session 13', 'Session 99'])
  expect(graph.edges).toHaveLength(5)
})

test('hostile names reach neither Graphviz nor Mermaid nor the SVG as markup', async () => {
  const dot = renderDot(hostile, { title: HOSTILE })
  const graphviz = await Graphviz.load()
  // Graphviz itself reads our text back: two nodes and the note, one edge, and the label as it was shown.
  const read = JSON.parse(graphviz.layout(dot, 'dot_json', 'dot')) as { objects: { name: string }[]; edges: unknown[] }
  expect(read.objects.map(({ name }) => name)).toEqual(['n0', 'n1', 'leftOut'])
  expect(read.edges).toHaveLength(1)
  const svg = await renderSvg(hostile, { title: HOSTILE })
  const tags = new Set<string>()
  const texts: string[] = []
  const parser = new SaxesParser()
  parser.on('opentag', ({ name }) => void tags.add(name))
  parser.on('text', (text) => void (text.trim() === '' || texts.push(text)))
  parser.write(svg).close()
  expect([...tags].sort()).toEqual(['g', 'path', 'polygon', 'svg', 'text', 'title'])
  expect(texts).toContain('a"b\\n<script>&amp;\\u001b[2J`#]"-->\\n|x|\\u202e')
  const mermaid = renderMermaid(hostile)
  expect(mermaid.split('\n')[1]).toBe('  n0(["a#34;b#92;n#60;script#62;#38;amp;#92;u001b#91;2J#96;#35;#93;#34;--#62;#92;n#124;x#124;#92;u202e"]):::root')
})

test('the same path drawn as SVG says everything the words say', async () => {
  const svg = await renderSvg(graphOfPaths([PATH]), { title: 'Session' })
  expect(svg.startsWith('<svg')).toBe(true)
  for (const words of ['Session', 'keeps 6.6 kB', 'src/store.js:14:7', 'table (suspect)', 'owner (cycle)']) expect(svg).toContain(words)
})
