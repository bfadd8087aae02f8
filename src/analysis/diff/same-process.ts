import { type HeapGraph, NODE } from '../../model/heap-graph.ts'

const SAMPLES = 4096
/** In one process a few ids disappear and none changes its class; in two, ids meet other classes by chance. */
const LEAST_AGREEMENT = 0.98

/** A few objects of one graph by id, to ask of another whether it is of the same process. */
export class IdSample {
  readonly #classes = new Map<number, string>()

  constructor(graph: HeapGraph) {
    const stride = Math.max(1, Math.floor(graph.nodeCount / SAMPLES))
    for (let node = 1; node < graph.nodeCount; node += stride) {
      if (graph.nodeKind[node] === NODE.object || graph.nodeKind[node] === NODE.closure) this.#classes.set(graph.nodeId[node]!, className(graph, node))
    }
  }

  /** The same ids mean the same classes. Too few common ids to say: false. */
  agreesWith(graph: HeapGraph): boolean {
    let met = 0
    let agreed = 0
    for (let node = 1; node < graph.nodeCount; node++) {
      const known = this.#classes.get(graph.nodeId[node]!)
      if (known === undefined || (graph.nodeKind[node] !== NODE.object && graph.nodeKind[node] !== NODE.closure)) continue
      met++
      if (known === className(graph, node)) agreed++
    }
    return met > 0 && met >= this.#classes.size * 0.2 && agreed >= met * LEAST_AGREEMENT
  }
}

function className(graph: HeapGraph, node: number): string {
  return `${graph.nodeKind[node]} ${graph.strings.get(graph.nodeName[node]!).slice(0, 100)}`
}
