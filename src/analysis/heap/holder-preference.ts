import { EDGE, type HeapGraph, NODE, NONE, ROOT } from '../../model/heap-graph.ts'

/**
 * How good a holder is as an answer. LeakCanary keeps two queues, so that a path through a thread's local variable
 * is shown only when nothing else holds the object; a V8 heap needs six levels:
 * 0 the program's own references, 1 variables of the runtime's own modules (its lists of timers among them), 2 a neighbour in such a list (two timers of one list
 * hold each other) and the JVM's list of finalizers still to run (every object with one is in it), 3 compiled code and the runtime's bookkeeping (usually cleared later), 4 stacks and handle scopes (a
 * running frame, not a leak), 5 handles of a debugger: never the user's. A path is as good as its worst reference.
 */
export const PREFERENCE = { program: 0, internals: 1, neighbour: 2, runtime: 3, stack: 4, debugger: 5 } as const
export type Preference = (typeof PREFERENCE)[keyof typeof PREFERENCE]
export const PREFERENCE_LEVELS = 6

/** References of a closure or object to the runtime's own data about it. */
const RUNTIME_EDGES = /^(map|shared|code|feedback_cell|feedback_vector|scope_info|initial_map|prototype_info|boilerplate|allocation_site|dependent_code|script_context_table|normalized_map_cache|weak_refs_keep_during_job)$/
/** Variables of the runtime's own scheduler, and the way back from its native objects to their wrappers. */
const SCHEDULER_EDGES = /^(timerListMap|timerListQueue|immediateQueue|outstandingQueue|native_to_javascript)$/
/** Links of lists whose members are also reached from the list itself. */
const NEIGHBOUR_EDGES = /^(_idleNext|_idlePrev)$/
const LIST_CLASSES = /^(TimersList|ImmediateList)$/
/** V8's, and those of a JVM's threads, whose thread objects are roots of their own. */
const STACK_ROOTS = /^\(?(Stack roots|Handle scope|Local handles|Relocatable|Thread manager|Micro ?tasks|(local variable|JNI local|native stack|thread block|JNI monitor)( of |$))/i
/** Roots that hold nearly everything a little: an object found only here is interned or cached, not held by the program. */
const TABLE_ROOTS = /^\(?(held by the interpreter|Internalized strings|Shareable object cache|Startup object cache|Compilation cache|Builtins|Read-only roots|External strings|Strong root list|Weak roots|Code flusher|Retain maps|Write barrier|String table|archive of the JVM)/i
const DEBUGGER = /DevTools console|^\(?Debugger/i

const RUNTIME = 1
const NEIGHBOUR = 2
const SCHEDULER = 3
const REFERENT = 4

/** Judges single references; strings are looked at once each. */
export class HolderPreference {
  readonly #graph: HeapGraph
  readonly #edgeClassOf: Int8Array
  readonly #rootLevel: Int8Array
  readonly #runtimePlace: Int8Array

  constructor(graph: HeapGraph) {
    this.#graph = graph
    this.#edgeClassOf = new Int8Array(graph.strings.count).fill(-1)
    this.#runtimePlace = new Int8Array(graph.locations?.file.length ?? 0).fill(-1)
    this.#rootLevel = new Int8Array(graph.strings.count).fill(-1)
  }

  /** The level of one reference from `node`, which was itself reached by `arrival`. */
  of(node: number, edge: number, arrival: number): Preference {
    const { nodeKind, nodeName, edgeKind, edgeName, edgeTarget } = this.#graph
    const kind = edgeKind[edge]!
    const targetKind = nodeKind[edgeTarget[edge]!]!
    if (targetKind === NODE.code || targetKind === NODE.shape) return PREFERENCE.runtime
    if (node === ROOT || nodeKind[node] === NODE.synthetic) {
      // Inside a group of roots the edge's name tells the handle, the group's name the rest.
      const group = this.#level(nodeName[node]!)
      const handle = kind === EDGE.element || kind === EDGE.hidden ? PREFERENCE.program : this.#level(edgeName[edge]!)
      return Math.max(group, handle, nodeKind[edgeTarget[edge]!] === NODE.synthetic ? this.#level(nodeName[edgeTarget[edge]!]!) : 0) as Preference
    }
    if (nodeKind[node] === NODE.frame) return PREFERENCE.stack
    if (kind === EDGE.internal && this.#edgeClass(edgeName[edge]!) === RUNTIME) return PREFERENCE.runtime
    if ((kind === EDGE.variable || kind === EDGE.property || kind === EDGE.internal) && this.#edgeClass(edgeName[edge]!) === SCHEDULER && !this.#isModuleWrap(node)) return PREFERENCE.internals
    if (kind === EDGE.internal && nodeKind[node] === NODE.closure && this.#isRuntimeScript(node)) return PREFERENCE.internals
    if (kind === EDGE.property && nodeKind[node] === NODE['weak-reference'] && this.#edgeClass(edgeName[edge]!) === REFERENT) return PREFERENCE.neighbour
    if (kind === EDGE.property && this.#edgeClass(edgeName[edge]!) === NEIGHBOUR) {
      const cameByList = edgeKind[arrival] === EDGE.property && this.#edgeClass(edgeName[arrival]!) === NEIGHBOUR
      if (!cameByList && !LIST_CLASSES.test(this.#graph.strings.get(nodeName[node]!))) return PREFERENCE.neighbour
    }
    return PREFERENCE.program
  }

  #level(name: number): Preference {
    const known = this.#rootLevel[name]!
    if (known >= 0) return known as Preference
    const text = this.#graph.strings.get(name)
    const level = DEBUGGER.test(text) ? PREFERENCE.debugger : STACK_ROOTS.test(text) ? PREFERENCE.stack : TABLE_ROOTS.test(text) ? PREFERENCE.runtime : PREFERENCE.program
    this.#rootLevel[name] = level
    return level
  }

  /** A module is the program's own, whatever native object the runtime keeps it by. */
  #isModuleWrap(node: number): boolean {
    return this.#graph.nodeKind[node] === NODE.native && this.#graph.strings.get(this.#graph.nodeName[node]!) === 'Node / ModuleWrap'
  }

  /** The function stands in a module of the runtime: what its scope holds is not how the program holds it. */
  #isRuntimeScript(node: number): boolean {
    const { locations, strings } = this.#graph
    const place = locations?.place[node] ?? 0
    if (locations === undefined || place === 0 || locations.file[place] === NONE) return false
    const known = this.#runtimePlace[place]!
    if (known >= 0) return known === 1
    const answer = /^(node:|internal\/)/.test(strings.get(locations.file[place]!))
    this.#runtimePlace[place] = answer ? 1 : 0
    return answer
  }

  #edgeClass(name: number): number {
    const known = this.#edgeClassOf[name]!
    if (known >= 0) return known
    const text = this.#graph.strings.get(name)
    return (this.#edgeClassOf[name] = RUNTIME_EDGES.test(text) ? RUNTIME : NEIGHBOUR_EDGES.test(text) ? NEIGHBOUR : SCHEDULER_EDGES.test(text) ? SCHEDULER : text === 'referent' ? REFERENT : 0)
  }
}
