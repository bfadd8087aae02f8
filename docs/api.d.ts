// The public surface of the package, as its declarations say it. Made by `npm run api` after a build; a test says
// when it is out of date, so that no change of it goes unseen.

// dist/analysis/heap/best-paths.d.ts
import type { Bitset } from '../../base/bitset.js';
import type { Run } from '../../base/run.js';
import { type HeapGraph } from '../../model/heap-graph.js';
/** One best way from the root to every node: a tree, column[node]. */
export interface BestPaths {
    /** The edge by which the best path arrives; NONE for the root and for unreachable nodes. */
    readonly edge: Uint32Array;
    /** The node that edge leaves; NONE likewise. */
    readonly holder: Uint32Array;
    /** The worst reference on the path: `PREFERENCE`. */
    readonly preference: Uint8Array;
    /** Reachable nodes, holders before the held, better and shorter paths first. */
    readonly order: Uint32Array;
}
/**
 * The best path to every node: of all paths those whose worst reference is best (`PREFERENCE`), of these a shortest.
 *
 * Method: breadth-first search with one queue for each preference, after LeakCanary's two (`PathFinder`, Shark);
 *   a queue is begun only when the better ones are empty, so the first arrival is the best one.
 * Of equally good holders at the same distance one that is not in `passing` (objects that come and go) is taken.
 * Follows strong edges, and the handles in groups of GC roots even where a reader, as DevTools does, does not count
 *   them: they do keep their targets, and say better why than a round trip through the runtime's timers.
 * Cost: O(nodes + edges); 13 bytes per node kept, 2 more per node and 16 per reference put off while running.
 */
export declare function findBestPaths(graph: HeapGraph, run: Run, passing?: Bitset): BestPaths;

// dist/analysis/heap/classes.d.ts
import type { Run } from '../../base/run.js';
import { type HeapGraph, type NodeKind } from '../../model/heap-graph.js';
/** The classes of a graph: every node has one. */
export interface Classes {
    /** By node: number of its class. */
    classOfNode: Uint32Array;
    /** By class. Two classes may share a name: constructors of the same name in different places. */
    name: string[];
    /** By class: place in the graph's locations that tells classes of one name apart; 0 where there is none. */
    place: number[];
}
/** The one class name of all nodes of a kind; undefined where each is named after its class. */
export declare function kindClass(kind: NodeKind): string | undefined;
/**
 * The class of every node.
 *
 * Method: DevTools' rules (`getNodeClassIndex`, `classKeyInternal`): objects and native nodes are classed by name, an
 *   element `<div id="a">` as `<div>`, a detached native node as `Detached …`; plain objects by shape; all other kinds
 *   by kind. Objects of one name whose constructors stand in different places are different classes. Unlike there,
 *   classes that share name and place are one: DevTools overwrites one with the other.
 * Cost: one pass over the nodes, the edges of plain objects; 4 bytes a node, 4 a string.
 * @throws Cancelled
 */
export declare function findClasses(graph: HeapGraph, run: Run): Classes;
/** `<div id="a">` is a `<div>`, attached or detached. */
export declare function elementName(name: string): string;

// dist/analysis/heap/heap-index.d.ts
import type { Run } from '../../base/run.js';
import type { ClassTotal } from '../../model/class-totals.js';
import type { DominatorTree } from '../../model/dominator-tree.js';
import type { HeapGraph, NumberColumn } from '../../model/heap-graph.js';
import { type BestPaths } from './best-paths.js';
import { type Classes } from './classes.js';
import { type NodesByName } from './nodes-by-name.js';
import { type Retainers } from './retainers.js';
import { type Stretches } from './stretches.js';
import { Ways } from './ways.js';
/** A graph with everything that is computed from it once, when first asked for. */
export interface HeapIndex {
    readonly graph: HeapGraph;
    retainers(): Retainers;
    dominators(): DominatorTree;
    /** Where each node's part of the dominator tree lies: for children and dominance at once. */
    stretches(): Stretches;
    distances(): Uint32Array;
    /** The best way from the root to every node. */
    bestPaths(): BestPaths;
    /** Groups nodes by the way they are held; what it has found is kept. */
    ways(): Ways;
    classes(): Classes;
    /** All nodes that a class name, or a function's, stands for. */
    nodesByName(): NodesByName;
    /** Shallow sizes with internals counted at their owners. */
    ownedBytes(): NumberColumn;
    /** Class name of a node: constructor, `(string)`, `Detached <li>`, or the shape of a plain object. */
    classOf(node: number): string;
    /** The biggest retained first. */
    classTotals(): readonly ClassTotal[];
}
/** What was computed elsewhere already: in a worker, or read from a cache. */
export type Computed = Partial<{
    retainers: Retainers;
    dominators: DominatorTree;
    stretches: Stretches;
    distances: Uint32Array;
    bestPaths: BestPaths;
    ways: Ways;
    classes: Classes;
    nodesByName: NodesByName;
    ownedBytes: NumberColumn;
    classTotals: readonly ClassTotal[];
}>;
/** The index of a graph. Parts given as `computed` are taken as they are. */
export declare function heapIndex(graph: HeapGraph, run: Run, computed?: Computed): HeapIndex;

// dist/analysis/heap/nodes-by-name.d.ts
import type { Run } from '../../base/run.js';
import { type HeapGraph } from '../../model/heap-graph.js';
import type { Classes } from './classes.js';
/** The nodes that a name stands for; each list ascending, each node once. */
export interface Named {
    /** Of the class of this name, or called so themselves. */
    readonly instances: Uint32Array;
    readonly functions: Uint32Array;
    readonly classes: Uint32Array;
    /** What is no instance and filed under this name by its kind: `(string)`, `(array)`. */
    readonly others: Uint32Array;
}
export interface NodesByName {
    of(name: string): Named;
}
/**
 * Files all nodes but the root by name, so that those of one are read off and not looked for. A function is not filed
 * under `Function`, nor a class under what it is one of: both are asked for by their own names.
 *
 * Method: counting sort. Names are compared as texts, since classes share them and files may write one text in two ways.
 * Cost: two passes over the nodes; 4 bytes a node stay, as many again for instances whose class is called otherwise
 *   (plain objects, elements with attributes), and 4 a string while it works.
 * @throws Cancelled
 */
export declare function findNodesByName({ nodeCount, nodeKind, nodeName, strings }: HeapGraph, { classOfNode, name }: Classes, run: Run): NodesByName;

// dist/analysis/heap/retainers.d.ts
import type { Run } from '../../base/run.js';
import type { HeapGraph } from '../../model/heap-graph.js';
/** Who holds a node: those of `node` are retainer[firstRetainer[node]] … retainer[firstRetainer[node + 1] − 1]. */
export interface Retainers {
    readonly firstRetainer: Uint32Array;
    /** The nodes the strong edges come from, ascending; one that holds a node twice stands twice. */
    readonly retainer: Uint32Array;
}
/**
 * Turns the strong edges around.
 *
 * Method: counting sort by target.
 * Cost: two passes over the edges; 4 bytes a node and 4 a strong edge, kept.
 * @throws Cancelled
 */
export declare function findRetainers(graph: HeapGraph, run: Run): Retainers;

// dist/analysis/heap/retaining-paths.d.ts
import { type HeapGraph } from '../../model/heap-graph.js';
import type { RetainingPath, StepStatus } from '../../model/retaining-path.js';
import type { BestPaths } from './best-paths.js';
/** A path by number: `nodes[i]` is reached by `edges[i]`; the root itself is left out. */
export interface NodePath {
    readonly nodes: readonly number[];
    readonly edges: readonly number[];
}
export interface Judged {
    status: StepStatus;
    reason?: string | undefined;
    note?: string | undefined;
}
/** The best path to `node`, from the root's first reference down. Empty for the root and for unreachable nodes. */
export declare function nodePathTo(paths: BestPaths, node: number): NodePath;
/**
 * A path as people read it: names, kinds, source lines, and for each step what `judge` says of it.
 * Strings appear by kind, keys of dictionaries as `[key]`: a path holds no contents.
 */
export declare function describePath(graph: HeapGraph, path: NodePath, judge: (step: number) => Judged): RetainingPath;
/**
 * The path with long runs cut: of a list's hundreds of equal links the first and the last stay, and the first says how
 * many were left out. Pieces of up to four steps that repeat count as runs.
 */
export declare function shortenPath(whole: RetainingPath): RetainingPath;
export declare function isContext(graph: HeapGraph, node: number): boolean;

// dist/analysis/heap/stretches.d.ts
import type { Run } from '../../base/run.js';
import type { DominatorTree } from '../../model/dominator-tree.js';
/**
 * Where each node's own part of the dominator tree lies in the tree's preorder: all that `node` dominates stands in
 * order[place[node]] … order[place[node] + size[node] − 1]. With it, questions about the tree are answered at once.
 */
export interface Stretches {
    /** By node; NONE outside the tree. */
    readonly place: Uint32Array;
    /** By node, itself included; 0 outside the tree. */
    readonly size: Uint32Array;
}
/** Cost: two passes over the tree; 8 bytes a node, kept. @throws Cancelled */
export declare function findStretches({ order, immediateDominator }: DominatorTree, run: Run): Stretches;
/** Whether all ways from the root to `node` pass `above`; a node dominates itself. */
export declare function dominates({ place, size }: Stretches, above: number, node: number): boolean;
/** The nodes that `node` dominates immediately. Cost: one step a child, whatever hangs below them. */
export declare function dominatedBy({ order }: DominatorTree, { place, size }: Stretches, node: number): Generator<number>;

// dist/analysis/heap/ways.d.ts
import { type HeapGraph } from '../../model/heap-graph.js';
import type { BestPaths } from './best-paths.js';
/** Objects that are held the same way. */
export interface Way {
    readonly count: number;
    /** The worst reference on their paths: `PREFERENCE`. */
    readonly preference: number;
    /** The first of them. */
    readonly node: number;
}
export interface WaysFound {
    /** Objects to which a path leads. */
    readonly reached: number;
    /** Different ways in which these are held. */
    readonly count: number;
    /** The best and most frequent ones, best first. */
    readonly shown: readonly Way[];
}
/**
 * Tells apart the ways in which nodes are held: two are held alike when their best paths have the same names of
 * references and classes and are equally good, whatever the ids, positions and keys are that are data, and what repeats left out.
 *
 * Method: a way is a shorter one, that of the holder, and a step more; each is a state of a trie.
 * Cost: of few nodes those on their paths, each once however many share it and however often it is asked. When many
 *   are asked for the first time, all nodes once; from then on two reads a node. 4 bytes a node, 2 a string, 20 a way.
 */
export declare class Ways {
    #private;
    constructor(graph: HeapGraph, paths: BestPaths);
    /** The ways in which these nodes are held, of which `most` are wanted. */
    of(nodes: Uint32Array, most: number): WaysFound;
}

// dist/base/bitset.d.ts
/** One bit for each of `length` items, 32 to a word. The words may be shared between threads. */
export declare class Bitset {
    readonly length: number;
    readonly words: Uint32Array;
    constructor(length: number, words?: Uint32Array);
    has(index: number): boolean;
    add(index: number): void;
    remove(index: number): void;
    /** How many bits are set. */
    count(): number;
}

// dist/base/errors.d.ts
/**
 * The troubles we know. Each carries data, not only words, and says: where, what was expected, what was found,
 * and (as `hint`, on a line of its own) the way out. Anything else that is thrown is a bug of ours.
 * `cli/exit-code.ts` alone maps them to exit codes.
 */
interface Described {
    message: string;
    hint?: string | undefined;
    cause?: unknown;
}
/** An error a user can act on. `hint` is the way out; it stands on its own line below the message. */
export declare abstract class KnownError extends Error {
    readonly hint: string | undefined;
    constructor({ message, hint, cause }: Described);
}
/** The command line, or a function's arguments, cannot mean anything. */
export declare class UsageError extends KnownError {
    readonly argument: string;
    readonly given: string;
    constructor(at: {
        argument: string;
        given: string;
        allowed: string;
        hint?: string;
    });
}
/** Where in an input something was wrong. Lines and columns count from 1, bytes from 0. */
export type Position = {
    kind: 'byte';
    byte: number;
    what?: string;
} | {
    kind: 'line';
    line: number;
    column?: number;
} | {
    kind: 'whole';
};
/** An input that cannot be read as what it claims to be. */
export declare class ReadError extends KnownError {
    readonly file: string;
    readonly format: string;
    readonly position: Position;
    readonly expected: string;
    readonly found: string;
    constructor(at: {
        file: string;
        format: string;
        position: Position;
        expected: string;
        found: string;
        hint?: string;
        cause?: unknown;
    });
}
/** A live process could not be reached, asked or measured. */
export declare class ProbeError extends KnownError {
    readonly target: string;
    readonly step: string;
    constructor(at: {
        target: string;
        step: string;
        problem: string;
        hint?: string;
        cause?: unknown;
    });
}
/** A capture was forecast to cost more than there is, so it was not begun; the program is as it was. */
export declare class CaptureRefused extends ProbeError {
}
/** The store on disk cannot be opened, read or written. */
export declare class StoreError extends KnownError {
    readonly path: string;
    constructor(at: {
        path: string;
        step: string;
        problem: string;
        hint?: string;
        cause?: unknown;
    });
}
/** Somebody asked us to stop. Not a failure. */
export declare class Cancelled extends KnownError {
    readonly step: string;
    constructor(step: string);
}
export {};

// dist/base/run.d.ts
/** How far a long step has come. `done` and `total` in any one unit; `total` absent when it cannot be known. */
export interface Progress {
    step: string;
    done: number;
    total?: number | undefined;
}
/**
 * What a long function needs from whoever started it: a way to be stopped, and somebody to tell.
 * Loops over millions call `checkpoint()` every few thousand turns; it throws `Cancelled` when asked to stop.
 */
export interface Run {
    readonly signal: AbortSignal | undefined;
    /** Told seldom: a new step, or a few times a second inside one. */
    progress(progress: Progress): void;
    /** Throws `Cancelled`, naming the step last reported, when the signal has fired. */
    checkpoint(): void;
}
export interface RunOptions {
    signal?: AbortSignal | undefined;
    onProgress?: ((progress: Progress) => void) | undefined;
}
/** Makes a `Run`; with no options one that is silent and cannot be stopped. */
export declare function startRun({ signal, onProgress }?: RunOptions): Run;

// dist/bounded/index.d.ts
/** Collections that cannot grow for ever, for the remedies that findings name. They import nothing of this package. */
export { LfuCache } from './lfu-cache.js';
export { RingBuffer } from './ring-buffer.js';
export type { BoundedSize } from './size-channel.js';
export { WeakValueMap } from './weak-value-map.js';

// dist/bounded/lfu-cache.d.ts
/**
 * A cache that drops what was used least often; of several, what was used longest ago.
 * Method: Shah, Mitra and Matani, "An O(1) algorithm for implementing the LFU cache eviction scheme" (2010), with two
 *   maps: key → entry, and number of uses → the keys with that number, in order of use (a `Set` keeps it).
 * Cost: O(1) get and put; at most `capacity` entries. What was used often once stays until it is deleted: for values
 *   that grow old take `lru-cache` with its `ttl`.
 */
export declare class LfuCache<Key, Value> {
    #private;
    readonly capacity: number;
    /** @throws RangeError */
    constructor(capacity: number, { name }?: {
        name?: string | undefined;
    });
    get size(): number;
    /** Does not count as a use. */
    has(key: Key): boolean;
    /** The value; counts as a use. */
    get(key: Key): Value | undefined;
    /** Stores the value; counts as a use. Returns the key that had to go for it. */
    put(key: Key, value: Value): {
        dropped: Key;
    } | undefined;
    delete(key: Key): boolean;
    clear(): void;
}

// dist/bounded/ring-buffer.d.ts
/**
 * The last `capacity` values that were pushed, the oldest first: in place of an array that only grows.
 * Cost: one slot a value, taken as they come; every operation but iterating is O(1).
 */
export declare class RingBuffer<Value> implements Iterable<Value> {
    #private;
    readonly capacity: number;
    /** @throws RangeError */
    constructor(capacity: number, { name }?: {
        name?: string | undefined;
    });
    get size(): number;
    /** Appends `value`; returns the value that had to go for it, `undefined` while there was room. */
    push(value: Value): Value | undefined;
    /** Takes the oldest value out. */
    shift(): Value | undefined;
    /** The value at `index`, 0 the oldest; negative from the newest, as `Array.prototype.at`. */
    at(index: number): Value | undefined;
    clear(): void;
    [Symbol.iterator](): Generator<Value, void, undefined>;
}

// dist/bounded/size-channel.d.ts
/** What subscribers of the channel `stillhere:bounded` are told whenever the size of a collection changed. */
export interface BoundedSize {
    /** As given to the constructor; `undefined` for a collection without a name. */
    name: string | undefined;
    kind: 'lfu-cache' | 'weak-value-map' | 'ring-buffer';
    size: number;
    /** The most it can hold; `undefined` where there is no bound. */
    capacity: number | undefined;
}
/** Tells the size to whoever subscribed. Costs one look at a flag while nobody did. */
export declare function publishSize(kind: BoundedSize['kind'], name: string | undefined, size: number, capacity: number | undefined): void;
/** @throws RangeError unless `capacity` is a whole number above 0 */
export declare function checkCapacity(capacity: number): number;

// dist/bounded/weak-value-map.d.ts
/**
 * A map that does not keep its values alive, and does not keep the keys of values that are gone: in place of a `Map`
 * of `WeakRef`, which grows for ever by its empty entries.
 * Method: one `WeakRef` a value; a `FinalizationRegistry` removes the entry, if the key was not given to another value
 *   meanwhile. A key that is an object is kept until its value is gone.
 * Cost: O(1) an operation; one `WeakRef` and one registration an entry.
 */
export declare class WeakValueMap<Key, Value extends WeakKey> implements Iterable<[Key, Value]> {
    #private;
    constructor({ name }?: {
        name?: string | undefined;
    });
    /** Entries, those included whose value was collected and whose removal is still to come. */
    get size(): number;
    get(key: Key): Value | undefined;
    has(key: Key): boolean;
    set(key: Key, value: Value): this;
    /** True when there was an entry whose value still lived. */
    delete(key: Key): boolean;
    clear(): void;
    /** The entries whose values live. */
    [Symbol.iterator](): Generator<[Key, Value], void, undefined>;
}

// dist/in-process/assertions.d.ts
/** What an assertion found; every test runner says it in its own way. */
export interface AssertionOutcome {
    pass: boolean;
    message: string;
}
export interface AssertionOptions {
    /** How long collections are repeated before something counts as still here; default a second. */
    patienceMs?: number | undefined;
}
/**
 * Runs `scenario` in frames of its own; nothing that it says should go away, and nothing of what it returns, may be
 * left afterwards. A scenario that throws fails with its own error.
 */
export declare function checkLeavesNothing(scenario: unknown, options?: AssertionOptions): Promise<AssertionOutcome>;
/** Expects that what a ticket watches, or a WeakRef refers to, is collected. */
export declare function checkGoesAway(received: unknown, options?: AssertionOptions): Promise<AssertionOutcome>;

// dist/in-process/box.d.ts
/** Carries a value that cannot be held weakly; the box can. Let go of the box where the value should end. */
export declare class Box<Value> {
    readonly value: Value;
    constructor(value: Value);
}

// dist/in-process/channels.d.ts
import type { WatchedFinding } from './explanation.js';
/** One watched object, as told to subscribers. Never the object. */
export interface WatchEvent {
    ticket: string;
    label: string;
    /** Milliseconds since it was first watched. */
    ageMs: number;
    stack: string | undefined;
    tags: string | undefined;
}
/**
 * What subscribers of `diagnostics_channel` are told. Publishing costs nothing while nobody subscribes.
 * A subscriber that throws does not reach us: Node reports it as an uncaught exception of its own.
 */
export interface StillhereEvents {
    'stillhere:retained': WatchEvent;
    'stillhere:late': WatchEvent;
    'stillhere:dropped': WatchEvent;
    'stillhere:explained': WatchedFinding & {
        seenBefore: boolean;
    };
    'stillhere:declined': {
        reason: string;
    };
    'stillhere:misuse': {
        given: string;
    };
    'stillhere:error': {
        error: unknown;
    };
}
export declare function publish<Name extends keyof StillhereEvents>(name: Name, event: () => StillhereEvents[Name]): void;

// dist/in-process/counts.d.ts
/** What happened to the watches of one label. */
export interface LabelCounts {
    watched: number;
    gone: number;
    late: number;
    retained: number;
    /** Given up because more objects were watched at once than the cap allows. */
    dropped: number;
}
export interface Stats {
    /** Watched at this moment. */
    watching: number;
    total: Readonly<LabelCounts>;
    byLabel: ReadonlyMap<string, Readonly<LabelCounts>>;
}
/** Counts by label; labels come from `LabelTable`, which bounds them. */
export declare class Counts {
    #private;
    /** What watches of this label are counted in. */
    of(label: string): LabelCounts;
    byLabel(): ReadonlyMap<string, Readonly<LabelCounts>>;
    total(): LabelCounts;
}

// dist/in-process/explain-policy.d.ts
import type { Headroom } from './headroom.js';
/** When a snapshot may be taken, and where its results go. */
export interface ExplainSettings {
    /** Never; when the program or a test asks; or also by itself when something is retained. */
    explain: 'never' | 'ask' | 'auto';
    /** Reports, `.dot` and `.svg` of each finding are written here. */
    folder: string | undefined;
    /** Snapshots by itself are at least so far apart, and at most so many in a day. */
    minIntervalMs: number;
    perDay: number;
    /** Multiply the forecast by this before it is compared with the headroom. */
    safety: number;
    /** Source maps (base64) of code that was transformed in memory, by file; for test runners and loaders. */
    sourceMaps: (() => Readonly<Record<string, string>>) | undefined;
}
export declare const DEFAULT_EXPLAIN: Readonly<ExplainSettings>;
/**
 * Whether a snapshot may be taken now. It is the one thing here that can harm the program: it stops it for seconds
 * and takes many times the heap in memory, and a control group kills for that without asking.
 */
export declare class ExplainPolicy {
    #private;
    constructor(settings: ExplainSettings, now?: () => number, measure?: () => {
        headroom: Headroom;
        forecastBytes: number;
    });
    /** The reason not to take one, or undefined. Interval and daily cap bind only what happens by itself. */
    objection(asked: 'by-request' | 'by-itself'): string | undefined;
    /** To be called when one is taken. */
    taken(): void;
}

// dist/in-process/explanation.d.ts
import type { Finding, Verdict } from '../model/finding.js';
/** One cause that keeps watched objects here, with everything ready to be shown. */
export interface WatchedFinding {
    /** The tickets it holds. */
    tickets: string[];
    labels: string[];
    finding: Finding;
    /** The finding as text, the suspect reference underlined. */
    text: string;
    /** Why it is tolerated: it stands in the baseline, and its day has not passed. */
    known?: string | undefined;
}
/** What one look into a snapshot gave, or why none was taken. */
export interface Explanation {
    /** Explained: a snapshot was analyzed. Declined: the policy said no, for `reason`. Failed: it could not be done. */
    outcome: 'explained' | 'declined' | 'failed';
    reason?: string | undefined;
    /** Sorted by what a fix would free, biggest first. */
    findings: WatchedFinding[];
    /** Tickets whose objects were gone in the snapshot: late. */
    gone: string[];
    /** Where reports and pictures were written. */
    folder?: string | undefined;
    snapshotMs?: number | undefined;
    analysisMs?: number | undefined;
}
/** What `leakTest` found. */
export interface LeakTestResult {
    /** Undecided also when no snapshot could be taken; the summary says why. */
    verdict: Verdict;
    summary: string;
    findings: Finding[];
    text: string;
}

// dist/in-process/headroom.d.ts
/** How much memory this process may still take before somebody kills it, and who that would be. */
export interface Headroom {
    availableBytes: number;
    limitedBy: 'machine' | 'cgroup' | 'address space';
}
/** Bytes that taking and analyzing a snapshot now may need at most, beyond what is used already. */
export declare function forecastSnapshotBytes(usedBytes?: number): number;
/** The nearest of: free memory of the machine, of the control group, and of the address space (`ulimit -v`). */
export declare function measureHeadroom(): Headroom;

// dist/in-process/jest.d.ts
import type { AssertionOptions } from './assertions.js';
import type { SuiteOptions } from './suite-watch.js';
export { shouldGoAway } from './should-go-away.js';
interface JestGlobals {
    expect?: {
        extend(matchers: Record<string, (received: unknown, options?: AssertionOptions) => unknown>): void;
        getState(): {
            assertionCalls: number;
        };
    };
    beforeEach?: (hook: () => Promise<void>, timeoutMs: number) => void;
    afterEach?: (hook: () => Promise<void>, timeoutMs: number) => void;
}
/** Adds `toLeaveNothing` and `toGoAway` to an `expect`; to the global one this module does it by itself. */
export declare function extendExpect(expect: NonNullable<JestGlobals['expect']>): void;
/**
 * Checks after each test that passed that everything it watched has gone away, and every instance of `classes` that it
 * made. Call it before other hooks.
 */
export declare function expectAllGoneAfterEach(options?: SuiteOptions): void;

// dist/in-process/leak-test.d.ts
import type { LeakTestResult } from './explanation.js';
export type { LeakTestResult } from './explanation.js';
export interface LeakTestOptions {
    /** How often the operation is repeated between two snapshots: a prime, so that growth by chance is no multiple of it. */
    operations?: number | undefined;
    /** Repetitions before the first snapshot: caches fill, code is compiled. */
    warmUp?: number | undefined;
    /** Stretches between snapshots; growth counts when it goes on in each of them. At least two. */
    rounds?: number | undefined;
}
/** An operation leaves something behind each time it runs. */
export declare class LeakTestError extends Error {
    readonly result: LeakTestResult;
    constructor(result: LeakTestResult);
}
/**
 * Repeats an operation in this process and finds what grows with it, path by path, by heap snapshots that another
 * process compares. Nothing has to be watched. For tests: the process stops for each snapshot.
 * Cost: of an operation that leaves nothing two snapshots, of another as many as there are rounds, and one.
 * @throws LeakTestError when something grows in every round that no baseline tolerates; UsageError for options that mean
 *   nothing; whatever the operation throws
 */
export declare function leakTest(operation: () => unknown, options?: LeakTestOptions): Promise<LeakTestResult>;

// dist/in-process/lifecycle.d.ts
import type { Ticket } from './ticket.js';
/**
 * What became of something that has an end of its own:
 * notDisposed: collected, but nobody ended it; notCollected: ended, and still here; collectedLate: ended, and collected
 * only after it was found overdue; fine: ended, then collected; undecided: neither ended nor collected, or not yet known.
 */
export type LifecycleVerdict = 'notDisposed' | 'notCollected' | 'collectedLate' | 'fine' | 'undecided';
/** Watches an object from its end on, and notices when it goes without one. */
export declare class Lifecycle {
    #private;
    readonly label: string;
    constructor(label: string, onDispose: () => Ticket | undefined);
    /** To be called where the object ends; adapters do it. More calls change nothing. */
    disposed(): void;
    get isDisposed(): boolean;
    /** The watch that began at the end of the object. */
    get ticket(): Ticket | undefined;
    get verdict(): LifecycleVerdict;
}
/** How the end of an object is noticed: a method's name, a signal, or an event of an emitter. */
export type DisposedWhen = (typeof DISPOSED_WHEN)[number] | AbortSignal;
export declare const DISPOSED_WHEN: readonly ['auto', 'dispose', 'close', 'destroy', 'event:close'];
/**
 * Connects the end of `object` with `life`. Methods are shadowed on this one object by a function that calls the
 * original and holds `life` only, so nothing of ours keeps the object. Returns what was connected; empty when the
 * object has no such end or cannot be changed (frozen).
 */
export declare function connectEnd(object: object, life: Lifecycle, when: DisposedWhen): string[];

// dist/in-process/live-instances.d.ts
/** A class, or whatever has a prototype. */
export interface WatchedClass {
    readonly name: string;
    readonly prototype: object;
}
/**
 * Collects garbage and calls `visit` with every instance of each class that is left.
 *
 * Method: the inspector's `Runtime.queryObjects`, from a session in this thread. It looks at objects of one context only,
 *   and Jest's tests run in a context of their own: so the function is called in the context in which this module runs,
 *   found by what it puts on its global object meanwhile. All handles are released before this returns.
 * Cost: a full collection and a walk over the heap for each class; some tens of milliseconds for 50 MB.
 * @throws when there is no inspector: `--permission` without `--allow-inspector`
 */
export declare function visitInstances(classes: readonly WatchedClass[], visit: (instance: object, of: WatchedClass) => void): Promise<void>;

// dist/in-process/metrics.d.ts
import type { Stats } from './counts.js';
/** `shouldGoAway` is one. */
interface Counted {
    stats(): Stats;
}
/**
 * The counts of all watches in Prometheus' text format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/), to be answered by the program's own `/metrics`.
 */
export declare function prometheusText(shouldGoAway: Counted): string;
/** As much of `@opentelemetry/api`'s Meter as is needed; pass `metrics.getMeter('stillhere')`. */
export interface MeterLike {
    createObservableCounter(name: string, options?: {
        description?: string;
    }): {
        addCallback(callback: (result: {
            observe(value: number, attributes?: Record<string, string>): void;
        }) => void): void;
    };
    createObservableGauge(name: string, options?: {
        description?: string;
    }): {
        addCallback(callback: (result: {
            observe(value: number, attributes?: Record<string, string>): void;
        }) => void): void;
    };
}
/** The same counts as OpenTelemetry instruments. */
export declare function observeWithOpenTelemetry(shouldGoAway: Counted, meter: MeterLike): void;
export {};

// dist/in-process/node-test.d.ts
import type { AssertionOptions } from './assertions.js';
import type { Ticket } from './should-go-away.js';
import type { SuiteOptions } from './suite-watch.js';
export { shouldGoAway } from './should-go-away.js';
/** Runs `scenario`; nothing may be left of what it watches or returns. @throws AssertionError with the paths */
export declare function leavesNothing(scenario: () => unknown, options?: AssertionOptions): Promise<void>;
/** What the ticket watches or the WeakRef refers to must be collected. @throws AssertionError with the path */
export declare function goesAway(ticketOrRef: Ticket | WeakRef<WeakKey>, options?: AssertionOptions): Promise<void>;
/**
 * Checks after each test of this file or suite that passed that everything it watched has gone away, and every instance
 * of `classes` that it made. Call it before other hooks.
 */
export declare function expectAllGoneAfterEach(options?: SuiteOptions): void;

// dist/in-process/page-script.d.ts
/** What the page knows of one watch. */
export interface PageWatch {
    ticket: string;
    label: string;
    stack: string | undefined;
}
/** What stands in the page beside `shouldGoAway`; named so that no page has one. */
export interface PageWatches {
    /** Watches whose objects the registry has not told of. */
    pending(): PageWatch[];
    /** Ends when a collection that begins after the call has been told of, or after so many milliseconds: false. */
    collected(patienceMs: number): Promise<boolean>;
}
/**
 * Runs in the page before its own scripts, and stands alone there: its text is what is sent. It leaves the same marker in
 * the heap as `shouldGoAway` in Node (see watch-record.ts), so that any snapshot of the page carries the list; and it
 * watches in the same way (see watcher.ts), except that nothing is judged by time: a test asks when it is over.
 */
export declare function installInPage(): void;

// dist/in-process/playwright.d.ts
import type { AssertionOptions } from './assertions.js';
import type { Explanation } from './explanation.js';
import type { PageWatch } from './page-script.js';
/** As much of Playwright's `CDPSession` as is needed. */
export interface CdpSessionLike {
    send(method: any, params?: any): Promise<any>;
    on(event: string, listener: (params: {
        chunk: string;
    }) => void): unknown;
    off(event: string, listener: (params: {
        chunk: string;
    }) => void): unknown;
    detach(): Promise<void>;
}
export interface FrameLike {
    evaluate<Result, Argument>(work: (argument: Argument) => Result | Promise<Result>, argument: Argument): Promise<Result>;
}
/** As much of Playwright's `Page` as is needed. */
export interface PageLike extends FrameLike {
    addInitScript(script: () => void): Promise<unknown>;
    frames(): FrameLike[];
    url(): string;
    context(): {
        newCDPSession(page: never): Promise<CdpSessionLike>;
    };
}
/** As much of Playwright's `Locator` or `ElementHandle` as is needed. */
export interface ElementLike {
    evaluate<Result>(work: (element: never, label: string | undefined) => Result, label: string | undefined): Promise<Result>;
}
export interface PageOptions extends AssertionOptions {
    /** Reports, `.dot` and `.svg` of each finding are written here. */
    folder?: string | undefined;
}
/** Still here in the page: what was watched, and what a snapshot of the page says of it. */
export interface PageAnswer {
    here: readonly PageWatch[];
    explanation: Explanation | undefined;
}
/** Gives the page `window.shouldGoAway(object, label)`, now and after every navigation. Call it before `page.goto`. */
export declare function installShouldGoAway(page: PageLike): Promise<void>;
/** Watches the element of a locator: `await shouldGoAway(page.locator('.panel'), 'panel')`. */
export declare function shouldGoAway(element: ElementLike, label?: string): Promise<void>;
/**
 * Collects the page's garbage several times and says what is still here of all that it watches; of that, one snapshot of
 * the page is streamed to another process, which finds the paths.
 */
export declare function pageLeavesNothing(page: PageLike, options?: PageOptions): Promise<PageAnswer>;
/** For `expect.extend(pageMatchers)`: `await expect(page).toLeaveNothing()`. */
export declare const pageMatchers: {
    toLeaveNothing(page: PageLike, options?: PageOptions): Promise<{
        pass: boolean;
        message: () => string;
    }>;
};

// dist/in-process/register.d.ts
export {};

// dist/in-process/should-go-away.d.ts
import { Box } from './box.js';
import type { ExplainSettings } from './explain-policy.js';
import type { Explanation } from './explanation.js';
import { Lifecycle } from './lifecycle.js';
import type { DisposedWhen } from './lifecycle.js';
import { Ticket } from './ticket.js';
import type { WatcherSettings } from './watch-settings.js';
import type { WatchOptions } from './watcher.js';
import type { Stats } from './counts.js';
export { Box } from './box.js';
export type { StillhereEvents, WatchEvent } from './channels.js';
export type { LabelCounts, Stats } from './counts.js';
export type { ExplainSettings } from './explain-policy.js';
export type { Explanation, WatchedFinding } from './explanation.js';
export { observeWithOpenTelemetry, prometheusText } from './metrics.js';
export type { MeterLike } from './metrics.js';
export { leakTest, LeakTestError } from './leak-test.js';
export type { LeakTestOptions, LeakTestResult } from './leak-test.js';
export { Lifecycle } from './lifecycle.js';
export type { DisposedWhen, LifecycleVerdict } from './lifecycle.js';
export { StillHereError } from './still-here-error.js';
export { Ticket } from './ticket.js';
export type { AnswerOptions } from './ticket.js';
export { CannotBeHeldWeakly } from './weakly-held.js';
export type { Answer } from './watch-record.js';
export type { WatcherSettings } from './watch-settings.js';
export type { WatchOptions } from './watcher.js';
export interface AllGoneOptions {
    /** Milliseconds for which collections are repeated. */
    patienceMs?: number | undefined;
    /** Only these; by default all that are watched. */
    tickets?: readonly Ticket[] | undefined;
}
export interface LifecycleOptions extends WatchOptions {
    /** How the end is noticed; 'auto' takes every method of the usual names that the object has. */
    disposed?: DisposedWhen | undefined;
}
/** The function and everything that hangs on it. */
export interface ShouldGoAway {
    /**
     * Says that `object` should be gone soon: held weakly, judged by age and by major collections.
     * @throws CannotBeHeldWeakly for a string, number, bigint, boolean, null, undefined or registered symbol;
     *   UsageError for an option that it does not have, or a value that the option cannot have
     */
    (object: WeakKey, options?: string | WatchOptions): Ticket;
    /** Carries a value that cannot be held weakly; watch the box where the value should end. */
    box<Value>(value: Value): Box<Value>;
    /** No string that begins like this should be left. Only a snapshot can tell: `explain()`, or offline. */
    content(prefix: string, options?: string | WatchOptions): Ticket;
    /** Watches the smallest object that has the value, and says so in the label. */
    ownedBy(owner: WeakKey, options?: string | WatchOptions): Ticket;
    /** Runs `scenario` in frames of its own, so that none of the caller's keeps its objects; gives the tickets made meanwhile. */
    scope(scenario: () => unknown): Promise<Ticket[]>;
    /** Gathers the tickets that are made from now on, until the function that it gives is called: that gives them. */
    gather(): () => Ticket[];
    /** For tests: forces collections, then throws with the paths when anything watched is still here that no baseline tolerates. */
    allGone(options?: AllGoneOptions): Promise<void>;
    /** Watches an object with an end of its own (dispose, close, destroy, abort): from that end on. */
    lifecycle(object: object, options?: string | LifecycleOptions): Lifecycle;
    /** One snapshot now, if the policy allows: who holds what is retained, or these tickets. Never throws. */
    explain(tickets?: readonly Ticket[]): Promise<Explanation>;
    /** @throws UsageError for a setting that it does not have, or a value that the setting cannot have; then none is changed */
    configure(settings: Partial<WatcherSettings> & Partial<ExplainSettings>): void;
    stats(): Stats;
    /** Forgets every watch and stops the timer. */
    stop(): void;
}
/** An independent set of watches; programs use the one that `shouldGoAway` is. */
export declare function createShouldGoAway(): ShouldGoAway;
/** The program's one set of watches. */
export declare const shouldGoAway: ShouldGoAway;

// dist/in-process/still-here-error.d.ts
import type { Explanation } from './explanation.js';
import type { Ticket } from './ticket.js';
/** Objects that should be gone are still here. The message holds what is known of who holds them. */
export declare class StillHereError extends Error {
    readonly tickets: readonly Ticket[];
    readonly explanation: Explanation;
    constructor(tickets: readonly Ticket[], explanation: Explanation);
}
/** What is still here, and each cause once; labels that share a cause are counted, not repeated. */
export declare function stillHereText(tickets: readonly Pick<Ticket, 'id' | 'label' | 'stack'>[], explanation: Explanation): string;

// dist/in-process/suite-watch.d.ts
import type { WatchedClass } from './live-instances.js';
import type { AssertionOptions } from './assertions.js';
export interface SuiteOptions extends AssertionOptions {
    /** Instances of these classes that are made in a test should be gone after it, without a call of `shouldGoAway`. */
    classes?: readonly WatchedClass[] | undefined;
    /** Check after tests that passed (default), or after every test: a failed one keeps its error, and with it what the error holds. */
    after?: 'success' | 'every test' | undefined;
}
/** What a test runner's hooks do around each test. Tests that run at the same time cannot be told apart. */
export declare class SuiteWatch {
    #private;
    /** @throws UsageError for options that mean nothing */
    constructor(options: SuiteOptions);
    begin(): Promise<void>;
    /** @throws StillHereError with the paths */
    end(outcome: 'passed' | 'failed'): Promise<void>;
}

// dist/in-process/ticket.d.ts
import type { Explanation, WatchedFinding } from './explanation.js';
import type { Answer, StillhereWatchRecord } from './watch-record.js';
import type { Watcher } from './watcher.js';
export interface AnswerOptions {
    /**
     * Awaited: wait for the collections the program has anyway; harmless in production, and the process may end first.
     * Forced: collect now, several times; for tests.
     */
    collections?: 'awaited' | 'forced' | undefined;
    /** Milliseconds to wait: after the object's time is up (awaited), or in all (forced). */
    patienceMs?: number | undefined;
}
/** How long forced collections are repeated before an object counts as still here. */
export declare const FORCED_PATIENCE_MS = 1000;
/** What `shouldGoAway` gives back. It does not hold the object, and there is no way from it to the object. */
export declare class Ticket {
    #private;
    constructor(watcher: Watcher, record: StillhereWatchRecord, explain: ExplainTickets);
    /** The id under which a snapshot of this process shows the watch. */
    get id(): string;
    get label(): string;
    /** Where the watch was asked for, when its stack was kept. */
    get stack(): string | undefined;
    /** How often the same object was given to `shouldGoAway`. */
    get times(): number;
    /** Given up, because more objects were watched at once than the cap allows. Its answer is `undecided`. */
    get dropped(): boolean;
    /** What is known now, without waiting. */
    get answerSoFar(): Answer;
    /** Waits for the answer. @throws UsageError for an option that means nothing; nothing else */
    answer(options?: AnswerOptions): Promise<Answer>;
    /** Who holds it, from a snapshot taken now; undefined with the reason when the policy declines or it is gone. */
    explain(): Promise<{
        finding: WatchedFinding | undefined;
        explanation: Explanation;
    }>;
}
export type ExplainTickets = (records: readonly StillhereWatchRecord[]) => Promise<Explanation>;

// dist/in-process/vitest.d.ts
import type { AssertionOptions } from './assertions.js';
import type { SuiteOptions } from './suite-watch.js';
export { shouldGoAway } from './should-go-away.js';
declare module 'vitest' {
    interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
        /** After the scenario nothing is left of what it watches or returns. */
        toLeaveNothing(options?: AssertionOptions): Promise<void>;
        /** What the ticket watches or the WeakRef refers to is collected. */
        toGoAway(options?: AssertionOptions): Promise<void>;
    }
}
/**
 * Checks after each test that passed that everything it watched has gone away, and every instance of `classes` that it
 * made. Call it at the top of a file, or of a describe, before other hooks: then theirs have ended what they began.
 */
export declare function expectAllGoneAfterEach(options?: SuiteOptions): void;

// dist/in-process/watch-record.d.ts
import type { LabelCounts } from './counts.js';
/**
 * One watched object, as it stands in the heap of the watched program. These records are the marker: any heap snapshot
 * of the process holds them, and `object -> (WeakMap entry) -> StillhereStub -> stillhereRecord -> record` leads from
 * every object that is still here to its record.
 *
 * What a snapshot must be able to read is kept in flat strings: small integers and doubles have no node in a default
 * snapshot, and a joined string shows as "(concatenated string)". Minifiers rename classes but not fields, so readers
 * look for the fields `stillhereTicket`, `stillhereBatch` and `stillhereRecord`.
 */
export declare class StillhereWatchRecord {
    /** The name of this watch; `NO_TICKET` until somebody wants to know. */
    stillhereTicket: string;
    readonly stillhereBatch: StillhereBatch;
    state: WatchState;
    /** Position in the watcher's list; −1 when it is no longer there. */
    slot: number;
    /** How often the same object was given to us. */
    times: number;
    /** A snapshot has shown it: it is not reported again. */
    explained: boolean;
    waiters: ((answer: Answer) => void)[] | undefined;
    constructor(batch: StillhereBatch);
}
/** A text of one character costs nothing: V8 has it once. */
export declare const NO_TICKET = "-";
/** What watches have in common that were asked for at the same time with the same words: so a record stays small. */
export declare class StillhereBatch {
    readonly label: string;
    /** Milliseconds since the epoch, in digits. */
    readonly watchedAt: string;
    /** Milliseconds they may take to go away, in digits. */
    readonly within: string;
    /** Where the watch was asked for; only for some, and then for one. */
    readonly stack: string | undefined;
    /** For a string that is looked for by content: how it starts. Such a watch has no object. */
    readonly content: string | undefined;
    readonly tags: string | undefined;
    /** `performance.now()` from which on they are expected to be gone. */
    readonly dueMs: number;
    readonly minCollections: number;
    /** What their label is counted by. */
    readonly counts: LabelCounts;
    /** `performance.now()` of the sweep that found them overdue. */
    overdueMs: number;
    constructor(given: Omit<StillhereBatch, 'overdueMs'>);
}
/**
 * Lives as long as the watched object, whose WeakMap entry is all that holds it. The registry is asked to tell when the
 * stub dies, not the object: V8's young collections up to Node 24 keep what a WeakRef or a registry refers to, but not
 * the key of a WeakMap. So a watched object dies as young as an unwatched one, and only the stub waits.
 */
export declare class StillhereStub {
    readonly stillhereRecord: StillhereWatchRecord;
    constructor(record: StillhereWatchRecord);
}
/** Gone: collected in time. Late: collected, but only after it was found overdue. Retained: still here. */
export type Answer = 'gone' | 'late' | 'retained' | 'undecided';
/** Waiting → overdue (due, and enough major collections since) → retained. Dropped: given up because of the cap. */
export type WatchState = 'waiting' | 'overdue' | 'retained' | 'gone' | 'late' | 'dropped';
/** Beside the records: what the time was when the process last looked, so that a snapshot can tell their ages. */
export declare class StillhereClock {
    stillhereNow: string;
    constructor(now: string);
}

// dist/in-process/watch-settings.d.ts
/** How all objects are watched, unless a call says otherwise. */
export interface WatcherSettings {
    /** Milliseconds an object may take to go away. */
    within: number;
    /** Major collections that must begin after that. Two: the first may have been under way when the object was let go. */
    minCollections: number;
    /** The stack of one watch in this many is kept; 0 none. */
    stack: number;
    /** Most objects watched at once; above it a fair sample is kept. */
    cap: number;
    /** How long `answer()` waits for collections after an object's time is up before it says `undecided`. */
    patienceMs: number;
    /** The timer's period while anything is watched; at most a second. */
    tickMs: number;
    /** A string, number or other value that cannot be held weakly: throw, or report and answer `undecided`. */
    misuse: 'throw' | 'report';
}
export declare const DEFAULT_SETTINGS: Readonly<WatcherSettings>;

// dist/in-process/watcher.d.ts
import { Counts } from './counts.js';
import { StillhereClock, StillhereWatchRecord } from './watch-record.js';
import type { Answer } from './watch-record.js';
import type { WatcherSettings } from './watch-settings.js';
/** What one call says about its object. */
export interface WatchOptions {
    label?: string | undefined;
    /** Milliseconds after which it should be gone; default of the settings. */
    within?: number | undefined;
    /** Major collections that must begin after that before it counts as overdue; at most 31. */
    minCollections?: number | undefined;
    /** Keep the stack of one watch in this many; 0 keeps none. */
    stack?: number | undefined;
    /** Short words that go with it into events and reports: `{ route: '/login' }`. */
    tags?: Readonly<Record<string, string>> | undefined;
}
/** Told of what happens; the watcher itself knows neither channels nor snapshots. */
export interface WatcherListener {
    onAnswer?(record: StillhereWatchRecord, answer: Answer): void;
    onDropped?(record: StillhereWatchRecord): void;
    onError?(error: unknown): void;
}
/**
 * Holds objects weakly and finds out whether they go away, without ever looking at them.
 *
 * Method: the object is a key of a WeakMap whose value, a stub, is held by nothing else; a FinalizationRegistry tells when
 *   the stub is collected, and with that the object. So most watches end without being looked at, and an object is not
 *   kept for a moment longer than without us (a WeakRef would: to the end of the job, and through young collections).
 *   A record is overdue when its time is up *and* `minCollections` major collections began after that; retained when one
 *   more began and the registry, which tells of everything that a collection freed in one go, has not told of it.
 * Cost: a WeakMap entry, a registry entry, a stub and a record for each object; one unref'ed timer for all.
 *   A sweep visits every record, at most once a second and only after a major collection.
 * Over 400 lines: tables, registry and timer change together on every watch; parted, each would have to show the others its insides.
 */
export declare class Watcher {
    #private;
    readonly counts: Counts;
    readonly clock: StillhereClock;
    constructor(settings: WatcherSettings, listener?: WatcherListener);
    get settings(): WatcherSettings;
    /** Objects that are watched now. */
    get size(): number;
    records(): readonly StillhereWatchRecord[];
    /** Begins to watch; an object that is watched already keeps its record and its deadline. Throws nothing of ours. */
    watch(object: WeakKey, label: string | undefined, options: WatchOptions | undefined, above: (...given: never[]) => unknown): StillhereWatchRecord;
    /** Remembers a text that no string of the heap should begin with any more; only a snapshot can answer. */
    watchContent(content: string, label: string, options: WatchOptions, above: (...given: never[]) => unknown): StillhereWatchRecord;
    /** A record of something that cannot be watched: its answer is `undecided` from the start. */
    refused(label: string): StillhereWatchRecord;
    /**
     * What became of the object, as far as can be known without forcing anything. `undecided` when `patienceMs` went by
     * after its time was up and there were too few collections to judge. Keeps no process alive.
     */
    awaitAnswer(record: StillhereWatchRecord, patienceMs: number): Promise<Answer>;
    /**
     * Forces collections until every record is settled or `patienceMs` is over, with growing pauses. For tests: it holds
     * the event loop and collects the whole heap several times.
     */
    forceAnswers(records: readonly StillhereWatchRecord[], patienceMs: number): Promise<void>;
    /** The watches have been shown in a snapshot: they leave the list, so that none is reported twice. */
    close(records: readonly StillhereWatchRecord[]): void;
    /** Forgets everything and stops the timer; objects watched so far get no more answers. */
    stop(): void;
    /** The name of a watch, by which a snapshot and the program mean the same. */
    ticketOf(record: StillhereWatchRecord): string;
}
/** The answer that stands, or undefined while there is none. */
export declare function settled(record: StillhereWatchRecord): Answer | undefined;

// dist/in-process/weakly-held.d.ts
import { UsageError } from '../base/errors.js';
/** What a language that can only hold objects weakly refuses, and what to do instead. */
export declare class CannotBeHeldWeakly extends UsageError {
    constructor(value: unknown);
}
/** Objects, functions and symbols that `Symbol.for` does not know: what WeakRef and FinalizationRegistry accept. */
export declare function canBeHeldWeakly(value: unknown): value is WeakKey;

// dist/index.d.ts
/**
 * The public library, names listed one by one. Importing it loads what a watched program needs (`shouldGoAway`) and
 * nothing else: the verbs load their job when they are called. They return a `Report` (docs/report.md) and print nothing.
 */
import type { analyzeHeap as AnalyzeHeap } from './jobs/analyze-heap.js';
import type { diffHeaps as DiffHeaps } from './jobs/diff-heaps.js';
import type { hunt as Hunt } from './jobs/hunt.js';
import type { loadHeap as LoadHeap } from './jobs/load-heap.js';
import type { explainWhy as ExplainWhy, explainWhyIn as ExplainWhyIn } from './jobs/why.js';
import type { writeReport as WriteReport } from './jobs/write-report.js';
export { type Answer, type AnswerOptions, Box, CannotBeHeldWeakly, createShouldGoAway, type Explanation, leakTest, LeakTestError, type LeakTestOptions, type LeakTestResult, Lifecycle, type LifecycleVerdict, observeWithOpenTelemetry, prometheusText, type ShouldGoAway, shouldGoAway, StillHereError, Ticket, type WatchOptions, } from './in-process/should-go-away.js';
export { Cancelled, KnownError, ProbeError, ReadError, StoreError, UsageError } from './base/errors.js';
export { type Progress, type Run, startRun } from './base/run.js';
/** What `stillhere analyze` does with a heap. */
export declare const analyzeHeap: typeof AnalyzeHeap;
/** What `stillhere diff` does with heaps. */
export declare const diffHeaps: typeof DiffHeaps;
/** What `stillhere hunt` does. */
export declare const hunt: typeof Hunt;
/** The graph of a heap file, in columns, with an index of all that is computed from it. */
export declare const loadHeap: typeof LoadHeap;
/** What `stillhere why` does. */
export declare const explainWhy: typeof ExplainWhy;
/** The same of a heap that is open already, for one question after another. */
export declare const explainWhyIn: typeof ExplainWhyIn;
/** Writes a report with its pictures into a folder. */
export declare const writeReport: typeof WriteReport;
export type { AnalyzePlan } from './jobs/analyze-heap.js';
export type { DiffPlan } from './jobs/diff-heaps.js';
export type { HuntEvent, HuntPlan, OperationChoice } from './jobs/hunt/hunt-plan.js';
export type { TargetChoice } from './jobs/hunt/target-choice.js';
export type { LoadedHeap, LoadOptions } from './jobs/load-heap.js';
export type { Why, WhyPlan } from './jobs/why.js';
export type { Category, Finding, Growth, Reason, Subject, Verdict } from './model/finding.js';
export type { EdgeKind, HeapGraph, NodeKind, SourceLocation } from './model/heap-graph.js';
export type { Report } from './model/report.js';
export type { RetainingGraph } from './model/retaining-graph.js';
export type { PathStep, RetainingPath, StepStatus } from './model/retaining-path.js';
export type { Notice, Source } from './model/source.js';

// dist/jobs/analyze-heap.d.ts
import type { Run } from '../base/run.js';
import { type Report } from '../model/report.js';
import { type LoadOptions } from './load-heap.js';
export interface AnalyzePlan {
    readonly file: string;
    readonly version: string;
    readonly format?: string | undefined;
    /** Rows of the class table. */
    readonly classes: number;
    /** Rows of the table of collections; 10 when absent. */
    readonly collections?: number | undefined;
    /** Whether keys of collections are shown as they are; reports hold no contents otherwise. */
    readonly contents?: 'shown' | 'redacted' | undefined;
    readonly cache?: LoadOptions['cache'];
    readonly javaLayout?: LoadOptions['javaLayout'];
    readonly memoryBytes?: LoadOptions['memoryBytes'];
}
/**
 * One snapshot: what is in it, what keeps most, and what gathers an unusual share. No verdict: a single snapshot shows
 * what is big, not what grows. Where memory does not hold the graph, classes by count and size, and what that lacks.
 * @throws ReadError, UsageError, Cancelled
 */
export declare function analyzeHeap({ file, version, format, classes, collections, contents, cache, javaLayout, memoryBytes }: AnalyzePlan, run: Run): Promise<Report>;

// dist/jobs/diff-heaps.d.ts
import type { Run } from '../base/run.js';
import { type Report } from '../model/report.js';
import { type LoadOptions } from './load-heap.js';
export interface DiffPlan {
    /** Two or more, in the order in which they were taken. */
    readonly files: readonly string[];
    /** Operations done between one snapshot and the next; growth is then told per operation. */
    readonly operations?: number | undefined;
    /** A sampling profile of the same run, for the lines that allocate. */
    readonly profile?: string | undefined;
    readonly format?: string | undefined;
    readonly version: string;
    readonly cwd: string;
    /** Rows of the class table. */
    readonly classes: number;
    readonly cache?: LoadOptions['cache'];
    readonly javaLayout?: LoadOptions['javaLayout'];
    readonly memoryBytes?: LoadOptions['memoryBytes'];
}
/**
 * Compares two or more snapshots of one program: what grew at every step, held by whom, and how every class changed.
 * Two snapshots can only make suspects; the third shows whether it goes on.
 * One graph is held at a time, two while the next is read.
 * @throws ReadError, UsageError, Cancelled
 */
export declare function diffHeaps(plan: DiffPlan, run: Run): Promise<Report>;

// dist/jobs/hunt.d.ts
import type { Run } from '../base/run.js';
import type { Report } from '../model/report.js';
import type { HuntEvent, HuntPlan } from './hunt/hunt-plan.js';
/**
 * Finds the leak of a running program (of Node here, of other runtimes in hunt-runtimes/): starts or reaches it, repeats an operation in rounds, reads after each
 * what is left when everything is collected, takes heap snapshots on a ladder, and says what grows and who holds it;
 * at last it watches who adds. Worker threads are looked at beside the main thread, and into where one grows.
 * Whatever was started is ended and whatever was opened is closed, also after errors and Ctrl-C.
 * @throws UsageError, ProbeError, ReadError, StoreError, Cancelled
 */
export declare function hunt(plan: HuntPlan, run: Run, tell?: (event: HuntEvent) => void): Promise<Report>;

// dist/jobs/hunt/hunt-plan.d.ts
import type { MemoryReading } from '../../model/memory-reading.js';
import type { Runtime } from '../../probes/runtime-of.js';
import type { TargetChoice } from './target-choice.js';
export { type Runtime, RUNTIMES } from '../../probes/runtime-of.js';
/** What a user asks of a hunt; what is left out is chosen while it runs. */
export interface HuntPlan {
    target: TargetChoice;
    /** Of what the program is, where a look at the command or process would not tell. */
    runtime?: Runtime | undefined;
    operation: OperationChoice;
    /** Number or name of the worker thread of a Node program to look into; the main thread, and a worker whose floor rises, when absent. */
    worker?: string | undefined;
    /** Operations (or seconds) before anything is measured. */
    warmup?: number | undefined;
    /** Operations per round. */
    operations?: number | undefined;
    rounds?: number | undefined;
    /** Length of a round of time. */
    everyMs?: number | undefined;
    startTimeoutMs: number;
    /** About how long the measuring may take; a hunt that is undecided goes on until then. */
    budgetMs: number;
    /** Folder that keeps snapshots, profile, report and pictures. */
    keepIn?: string | undefined;
    snapshots: 'careful' | 'forced';
    /** `planted`: a leak of our own goes beside, must be seen, and is taken out of the result. */
    control?: 'planted' | undefined;
    /** Whether what grows is watched at the end, for the stack that adds to it; it is when absent. */
    catching?: 'left out' | undefined;
    /** The log that the program's collector writes: a second witness. */
    gcLogPath?: string | undefined;
    version: string;
}
export type OperationChoice = {
    kind: 'request';
    /** A whole URL, or a path on the port the program listens on. */
    address: string;
    method: string;
    headers: Record<string, string>;
    body?: string | undefined;
    concurrency: number;
    timeoutMs: number;
    accept: 'success' | 'any';
} | {
    kind: 'module';
    path: string;
    concurrency: number;
} | {
    kind: 'none';
};
/** What happens while a hunt runs, for whoever shows it live. */
export type HuntEvent = {
    kind: 'ready';
    target: string;
    pid: number;
    version: string; /** `Java`; Node when absent. */
    runtime?: string | undefined;
    address?: string | undefined; /** The worker thread that is looked at. */
    thread?: string | undefined;
} | {
    kind: 'warm-up';
    done: number;
    noun: string;
    memory: MemoryReading;
} | {
    kind: 'round';
    number: number;
    done: number;
    noun: string;
    memory: MemoryReading;
    before: MemoryReading;
} | {
    kind: 'snapshot';
    number: number;
    sizeBytes: number;
    pauseMs: number;
} | {
    kind: 'output';
    line: string;
} | {
    kind: 'note';
    text: string;
};

// dist/jobs/hunt/target-choice.d.ts
/** Which program: one to start, or one that runs. */
export type TargetChoice = {
    kind: 'launch';
    command: readonly string[];
    cwd?: string | undefined;
    env?: Record<string, string | undefined> | undefined;
}
/** `socketFolder`: where the helper in a Python answers that we started for something else. */
 | {
    kind: 'pid';
    pid: number;
    socketFolder?: string | undefined;
} | {
    kind: 'inspector';
    address: string;
}
/** The memory pages of a Go program; `command` starts it. */
 | {
    kind: 'pprof';
    url: string;
    command?: readonly string[] | undefined;
};

// dist/jobs/load-heap.d.ts
import { type HeapIndex } from '../analysis/heap/heap-index.js';
import { UsageError } from '../base/errors.js';
import type { Run } from '../base/run.js';
import type { HeapGraph } from '../model/heap-graph.js';
import type { GivenLayout } from '../readers/hprof.js';
import type { HeapSummary } from './load-heap/summarize.js';
export interface LoadedHeap {
    graph: HeapGraph;
    index: HeapIndex;
}
export interface LoadOptions {
    /** Do not recognize, use this reader. */
    format?: string | undefined;
    /** How a JVM laid out its objects, where what its dump tells is wrong. */
    javaLayout?: GivenLayout | undefined;
    /** How many threads may work; what the machine has unless said. */
    threads?: number | undefined;
    /** How much memory this process may take; what the machine or container has left unless said. */
    memoryBytes?: number | undefined;
    /** Keep what was read and computed, and use it the next time: beside the snapshot, or in this directory. */
    cache?: 'beside' | {
        directory: string;
    } | undefined;
}
/**
 * Opens a file that holds a heap graph, of whatever format. A big V8 snapshot is read and prepared by two threads
 * where there are two cores: dominators, distances, classes and sizes are then computed already.
 * @throws ReadError when it is damaged or nothing we know; UsageError when it holds something else than a heap
 */
export declare function loadHeap(path: string, run: Run, options?: LoadOptions): Promise<LoadedHeap>;
/**
 * Opens a heap as `loadHeap` does, or, where there is too little memory for that, adds up what fits.
 * @throws ReadError when it is damaged or nothing we know, or too big even for its totals; UsageError when it holds something else
 */
export declare function openHeap(path: string, run: Run, options?: LoadOptions): Promise<{
    kind: 'whole';
    heap: LoadedHeap;
} | {
    kind: 'summary';
    summary: HeapSummary;
}>;
/** A layout was given for something that has none. */
export declare function layoutUnfit(given: string): UsageError;

// dist/jobs/load-heap/summarize.d.ts
import type { Run } from '../../base/run.js';
import { type HeapGraph, type NodeKind } from '../../model/heap-graph.js';
import type { Source } from '../../model/source.js';
interface Sum {
    count: number;
    shallowBytes: number;
}
/** What is told of a heap that is too big for the memory there is: everything in the file, garbage included. */
export interface HeapSummary {
    source: Source;
    total: Sum;
    kinds: (Sum & {
        kind: NodeKind;
    })[];
    /** The biggest first. */
    classes: (Sum & {
        className: string;
        exampleId?: number | undefined;
    })[];
}
/** Totals of a graph without dominators. */
export declare function summarizeGraph(graph: HeapGraph, run: Run): HeapSummary;
/** Totals of a snapshot whose graph memory does not hold. @throws ReadError, Cancelled */
export declare function summarizeNodes(path: string, run: Run): Promise<HeapSummary>;
export {};

// dist/jobs/why.d.ts
import type { Run } from '../base/run.js';
import type { BestPaths } from '../analysis/heap/best-paths.js';
import { type NodePath } from '../analysis/heap/retaining-paths.js';
import type { WaysFound } from '../analysis/heap/ways.js';
import { type HeapGraph } from '../model/heap-graph.js';
import { type Report } from '../model/report.js';
import type { RetainingGraph } from '../model/retaining-graph.js';
import type { RetainingPath } from '../model/retaining-path.js';
import { type LoadedHeap, type LoadOptions } from './load-heap.js';
export interface WhyPlan {
    readonly cache?: LoadOptions['cache'];
    readonly javaLayout?: LoadOptions['javaLayout'];
    readonly memoryBytes?: LoadOptions['memoryBytes'];
    readonly file: string;
    /** `@id`, a class name, or a string in quotes. */
    readonly selector: string;
    /** Different paths that are shown. */
    readonly paths: number;
    /** Whether all that holds the objects is gathered for a picture, beside the report. */
    readonly picture: 'wanted' | 'not wanted';
    /** Whether keys of a collection are shown as they are; reports hold no contents otherwise. */
    readonly contents?: 'shown' | 'redacted' | undefined;
    readonly format?: string | undefined;
    readonly version: string;
    readonly cwd: string;
}
export interface Why {
    report: Report;
    /** All that holds the objects, when a picture was wanted. */
    graph?: RetainingGraph | undefined;
}
/**
 * Why objects are still here: the best path to each, those that leak the same way shown once.
 * @throws UsageError when nothing in the snapshot is meant by the selector; ReadError, Cancelled
 */
export declare function explainWhy(plan: WhyPlan, run: Run): Promise<Why>;
/**
 * The same of a heap that is open already: for one question after another. What the first one needs (best paths, classes)
 * is found once and kept; every later one takes milliseconds, but for reading source maps.
 */
export declare function explainWhyIn({ graph, index }: LoadedHeap, plan: WhyPlan, run: Run): Promise<Why>;
/** What the selector means, and the ways in which that is held: the best and most frequent ones first. */
export declare function waysTo({ graph, index }: LoadedHeap, { selector, paths: most }: Pick<WhyPlan, 'selector' | 'paths'>): {
    nodes: Uint32Array;
    paths: BestPaths;
    ways: WaysFound;
};
/** The path of an object that was asked for, with what may be wrong on it. */
export declare function describeWay(graph: HeapGraph, way: NodePath): RetainingPath;

// dist/jobs/write-report.d.ts
import type { Run } from '../base/run.js';
import type { Report } from '../model/report.js';
/**
 * Writes the report into `directory`: `report.json`, `report.md`, and for each of the first findings that has a path
 * `path-1.dot` and `path-1.svg` (2, 3 …). Each file is written aside and renamed: none is ever half there.
 * Result: the paths of the files written, in this order.
 * @throws StoreError, Cancelled
 */
export declare function writeReport(report: Report, directory: string, run: Run): Promise<string[]>;
/**
 * Writes a report that took minutes to make. Where it cannot be written it is not lost: the result is the report, with a
 * notice `not-kept` that says why.
 * @throws Cancelled
 */
export declare function keepReport(report: Report, directory: string, run: Run, also?: (directory: string) => Promise<void>): Promise<Report>;
/** The code of the notice that stands for what could not be written. */
export declare const NOT_KEPT = "not-kept";

// dist/model/allocation-profile.d.ts
import type { MemorySeries } from './memory-series.js';
import type { Source } from './source.js';
import type { StringTable } from './string-table.js';
/**
 * Where memory was allocated: a call tree with values at its sites. A site is a node of that tree; site 0 is the
 * root, and a parent's number is always below its children's, so totals are one backward loop.
 */
export interface AllocationProfile {
    readonly source: Source;
    readonly strings: StringTable;
    readonly frames: Frames;
    readonly siteCount: number;
    readonly siteParent: Uint32Array;
    /** Row of `frames`; for the root NONE. */
    readonly siteFrame: Uint32Array;
    /** Self values, not totals. Live: still in use when taken. Allocated: ever, freed or not. */
    readonly liveBytes?: Float64Array | undefined;
    readonly liveCount?: Float64Array | undefined;
    readonly allocatedBytes?: Float64Array | undefined;
    readonly allocatedCount?: Float64Array | undefined;
    /** In use at the moment of the highest total, where the tool records it. */
    readonly peakBytes?: Float64Array | undefined;
    /** Values are estimates from samples this many bytes apart. Absent: every allocation was recorded. */
    readonly samplingIntervalBytes?: number | undefined;
    /** What `…Count` counts: objects, blocks, goroutines, … */
    readonly unit: string;
    /** The tool's own judgement of a site (`definitely lost`, `leaked`), string number or NONE. */
    readonly siteVerdict?: Uint32Array | undefined;
    /** What the tool counts for the whole program and not by site: memcheck's heap usage, the highest footprint of Scalene. */
    readonly totals?: ProfileTotals | undefined;
    /** The tool looked for lost memory: a site without such a verdict is not lost. */
    readonly provesLoss?: boolean | undefined;
    /** Memory over the time of the recording, where the tool writes both into one file. */
    readonly series?: MemorySeries | undefined;
}
export interface ProfileTotals {
    liveBytes?: number | undefined;
    allocatedBytes?: number | undefined;
    allocatedCount?: number | undefined;
    /** The most that was in use at once. */
    peakBytes?: number | undefined;
    /** In use for the stacks of a Go process (`StackInuse`), which no heap counts. */
    stackBytes?: number | undefined;
}
export interface Frames {
    /** String number. */
    readonly functionName: Uint32Array;
    /** String number, NONE where unknown. */
    readonly file: Uint32Array;
    /** From 1; 0 where unknown. */
    readonly line: Uint32Array;
    /** From 1; 0 where unknown. */
    readonly column: Uint32Array;
}

// dist/model/class-totals.d.ts
import type { SourceLocation } from './heap-graph.js';
/** All nodes of one class, added up. */
export interface ClassTotal {
    /** Constructor name, `(string)`, `(compiled code)`, or the shape of a plain object: `{id, user}`. */
    className: string;
    count: number;
    /** Fewest edges from the root's children to an instance; undefined when none is reached. */
    distance: number | undefined;
    shallowBytes: number;
    /** Sum over the topmost instances on each dominator path: nothing is counted twice within the class. */
    retainedBytes: number;
    location?: SourceLocation | undefined;
    /** One instance, to go on from. */
    exampleNode: number;
}

// dist/model/dominator-tree.d.ts
import type { Bitset } from '../base/bitset.js';
import type { NumberColumn } from './heap-graph.js';
/** Who alone keeps whom alive, over strong edges; column[node]. */
export interface DominatorTree {
    /** The closest node without which this one would be unreachable; ROOT for ROOT, NONE for nodes outside the tree. */
    readonly immediateDominator: Uint32Array;
    /** What would be freed if this node alone went away; for a node outside the tree its shallow size. */
    readonly retainedBytes: NumberColumn;
    /** The nodes of the tree, each directly followed by all it dominates: preorder of the tree, ROOT first. */
    readonly order: Uint32Array;
    /**
     * Nodes that no chain of strong edges from the root leads to. They stand outside the tree, except where the graph
     * says that its orphans are alive: there they hang below ROOT, and this tells them apart.
     */
    readonly unreachable: Bitset;
}

// dist/model/finding.d.ts
import type { SourceLocation } from './heap-graph.js';
import type { RetainingPath } from './retaining-path.js';
export type Verdict = 'leak' | 'suspect' | 'healthy' | 'undecided';
/** The families of leaks; every pattern belongs to one. Part of the JSON contract. */
export declare const CATEGORIES: readonly ['growing-collection', 'listener', 'timer', 'closure-context', 'promise', 'async-context', 'stream', 'socket', 'external-memory', 'string-slice', 'detached', 'module-cache', 'other'];
export type Category = (typeof CATEGORIES)[number];
/** One reason for or against the verdict: a sentence, with its numbers in it. */
export interface Reason {
    for: boolean;
    text: string;
}
/** What a finding is about. */
export type Subject = {
    kind: 'nodes';
    className: string;
    count: number;
    exampleId?: number | undefined;
} | {
    kind: 'site';
    className: string;
    functionName: string;
} | {
    kind: 'collections';
    className: string;
    cause: string;
} | {
    kind: 'process';
    className: string;
    metric: string;
};
/** How fast something grows. */
export interface Growth {
    bytes: number;
    count: number;
    per: 'operation' | 'second' | 'round' | 'snapshot';
}
/** One judgement, with its reasons. */
export interface Finding {
    verdict: Verdict;
    /** Our stable pattern id: `growing-map`, `listener-pile-up`, … */
    pattern: string;
    category: Category;
    /** One line: what grows and why. */
    title: string;
    reasons: Reason[];
    subject: Subject;
    growth?: Growth | undefined;
    /** What a fix would free, exact where a path is given: the nodes reachable only through the suspect reference. */
    retainedBytes?: number | undefined;
    paths: RetainingPath[];
    /** The line of the holder: where the collection, closure or listener list is defined. */
    location?: SourceLocation | undefined;
    /** The line that allocates what grows, innermost application frame first, callers after it. */
    allocatedAt?: SourceLocation[] | undefined;
    /** The stack that was seen adding to the holder while the program ran, innermost application frame first. */
    addedAt?: SourceLocation[] | undefined;
    fingerprint: string;
    /** What to do, in one or two sentences. */
    advice: string;
    /** A small code example, wrong and right. */
    example?: {
        before: string;
        after: string;
    } | undefined;
}

// dist/model/gc-log.d.ts
import type { Source } from './source.js';
import type { StringTable } from './string-table.js';
import type { ValueHistogram } from './value-histogram.js';
/**
 * How much of the heap a collection covered. The number in `generation` is the position in this list.
 * Mixed: the young generation and a part of the old one, or a concurrent cycle that does not compact everything.
 */
export declare const GENERATIONS: readonly ['minor', 'major', 'mixed'];
export type Generation = (typeof GENERATIONS)[number];
/** The columns a log may lack; all in the order of the collections, NaN where one line does not say. */
export declare const GC_OPTIONAL_COLUMNS: readonly ['goalBytes', 'liveBytes', 'peakBytes', 'stackBytes', 'globalBytes', 'concurrentMs', 'cpuMs', 'assistCpuMs', 'processors', 'promotedBytes', 'objectCount', 'allocatedBytes', 'longestPauseMs'];
/** Every column of numbers. */
export declare const GC_NUMBERS: readonly ["startMs", "pauseMs", "usedBeforeBytes", "usedAfterBytes", "committedAfterBytes", "goalBytes", "liveBytes", "peakBytes", "stackBytes", "globalBytes", "concurrentMs", "cpuMs", "assistCpuMs", "processors", "promotedBytes", "objectCount", "allocatedBytes", "longestPauseMs"];
export type GcNumber = (typeof GC_NUMBERS)[number];
export type GcOptionalColumn = (typeof GC_OPTIONAL_COLUMNS)[number];
/** What is known of all collections of one process where single rows stand for several. */
export interface StreamTotals {
    readonly pauses: ValueHistogram;
    /** String number of a cause → collections it started. */
    readonly causes: ReadonlyMap<number, number>;
}
/**
 * What the collector did; column[row], in the order of the log. NaN: the log does not say.
 *
 * A row is a collection. Of a log with more than the builder's `MOST_ROWS` collections, neighbours of one stream and one
 * generation share a row, so that memory does not grow with the log: times, pauses, CPU, allocated and promoted bytes are
 * then their sums, what is left after them (`usedAfterBytes`, `liveBytes`) their least, since a floor is made of minima,
 * everything else their most; `startMs` is the earliest, `cause` the first one's.
 */
export interface GcLog extends Readonly<Partial<Record<GcOptionalColumn, Float64Array | undefined>>> {
    readonly source: Source;
    readonly strings: StringTable;
    /** Name of the collector: `G1`, `ZGC`, `go`, `v8`, `cpython`, … */
    readonly collector: string;
    readonly collectionCount: number;
    /** Length of every column; `collectionCount` where each row is one collection. */
    readonly rowCount: number;
    /** How many collections a row stands for; absent: one each. */
    readonly collections?: Uint32Array | undefined;
    /** By the string number of the stream, one entry where there is no such column; present with `collections`. */
    readonly totals?: ReadonlyMap<number, StreamTotals> | undefined;
    /** Since process start, or since the first line where the log has only dates. */
    readonly startMs: Float64Array;
    /** The program stood still: all pauses of the collection added up. */
    readonly pauseMs: Float64Array;
    /** Position in GENERATIONS. */
    readonly generation: Uint8Array;
    /** String number. */
    readonly cause: Uint32Array;
    readonly usedBeforeBytes: Float64Array;
    /** After a major collection: the live floor. */
    readonly usedAfterBytes: Float64Array;
    readonly committedAfterBytes: Float64Array;
    /** String number of the process or isolate that wrote the line; absent: one wrote them all. */
    readonly stream?: Uint32Array | undefined;
    /** The most the heap may hold, where the log tells. */
    readonly heapLimitBytes?: number | undefined;
    /** Lines understood, and lines that were not, so that nothing is lost silently. */
    readonly recognizedLines: number;
    readonly otherLines: number;
}

// dist/model/heap-graph.d.ts
import type { Bitset } from '../base/bitset.js';
import type { AllocationProfile } from './allocation-profile.js';
import type { Source } from './source.js';
import type { StringTable } from './string-table.js';
/** "No node", "no edge", "no site", "no string": the one value for absence in a Uint32 column. */
export declare const NONE = 4294967295;
/** Node 0 is the single synthetic root; GC roots hang on it by edges whose names say why. */
export declare const ROOT = 0;
/** What a node is. The number in `nodeKind` is the position in this list. */
export declare const NODE_KINDS: readonly ['synthetic', 'object', 'array', 'string', 'concatenated-string', 'sliced-string', 'closure', 'context', 'code', 'hidden', 'shape', 'native', 'number', 'bigint', 'symbol', 'regexp', 'class', 'class-loader', 'thread', 'frame', 'module', 'weak-reference'];
export type NodeKind = (typeof NODE_KINDS)[number];
/** What an edge is. The number in `edgeKind` is the position in this list. */
export declare const EDGE_KINDS: readonly ['property', 'element', 'variable', 'internal', 'hidden', 'shortcut', 'weak', 'root'];
export type EdgeKind = (typeof EDGE_KINDS)[number];
/** Numbers of the kinds, for hot loops: `NODE.string`, `EDGE.element`. */
export declare const NODE: {
    readonly array: number;
    readonly bigint: number;
    readonly class: number;
    readonly "class-loader": number;
    readonly closure: number;
    readonly code: number;
    readonly "concatenated-string": number;
    readonly context: number;
    readonly frame: number;
    readonly hidden: number;
    readonly module: number;
    readonly native: number;
    readonly number: number;
    readonly object: number;
    readonly regexp: number;
    readonly shape: number;
    readonly "sliced-string": number;
    readonly string: number;
    readonly symbol: number;
    readonly synthetic: number;
    readonly thread: number;
    readonly "weak-reference": number;
};
export declare const EDGE: {
    readonly element: number;
    readonly hidden: number;
    readonly internal: number;
    readonly property: number;
    readonly root: number;
    readonly shortcut: number;
    readonly variable: number;
    readonly weak: number;
};
/** The narrowest column that holds every value exactly. */
export type NumberColumn = Uint32Array | Float64Array;
/**
 * Who keeps whom alive, at one moment. Built once by `HeapGraphBuilder` or a reader's own pass, checked by
 * `checkHeapGraph`, read-only after that; every column may be handed to another thread.
 * A `node` is always the ordinal 0 … nodeCount−1, an `edge` the ordinal 0 … edgeCount−1.
 */
export interface HeapGraph {
    readonly source: Source;
    readonly strings: StringTable;
    readonly nodeCount: number;
    /** Position in NODE_KINDS. */
    readonly nodeKind: Uint8Array;
    /** String number: class or constructor name; for strings the (possibly cut) content. */
    readonly nodeName: Uint32Array;
    /** The runtime's identity; comparable between graphs iff `source.idsAreStable`. */
    readonly nodeId: NumberColumn;
    /** The node itself, without what it refers to. */
    readonly shallowBytes: NumberColumn;
    readonly edgeCount: number;
    /** Edges are grouped by the node they leave: those of `node` are firstEdge[node] … firstEdge[node+1]−1. */
    readonly firstEdge: Uint32Array;
    readonly edgeTarget: Uint32Array;
    /** Position in EDGE_KINDS. */
    readonly edgeKind: Uint8Array;
    /** String number, or for `element` and `hidden` the position. */
    readonly edgeName: Uint32Array;
    /** Counts as keeping its target alive. Decided by the reader, which alone knows its runtime. */
    readonly edgeIsStrong: Bitset;
    /** DOM and the like: 0 unknown, 1 attached, 2 detached; spread over the graph by the reader. */
    readonly detachedness?: Uint8Array | undefined;
    readonly locations?: NodeLocations | undefined;
    /** Site in `allocations`, NONE where unknown. */
    readonly allocationSite?: Uint32Array | undefined;
    readonly allocations?: AllocationProfile | undefined;
    /** Ids handed out until a moment: an object is older than the first sample whose `lastId` reaches its id. */
    readonly samples?: {
        readonly timeMs: Float64Array;
        readonly lastId: NumberColumn;
    } | undefined;
    readonly ephemerons?: Ephemerons | undefined;
    /**
     * Runtime-internal nodes (hidden, array) that belong to one node alone are parts of it: totals by class count their
     * bytes with the owner. `shallowBytes` says what the file says all the same.
     */
    readonly internalsBelongToOwner?: boolean | undefined;
    /**
     * Everything here survived a collection, so a node that nothing strong leads to is held by something the input does
     * not show: dominators hang it below ROOT. Absent where an input may contain garbage.
     */
    readonly orphansAreAlive?: boolean | undefined;
    /** Of a typed runtime: where the elements of an array of references begin, and how wide each is. With it a size tells a length. */
    readonly referenceArrays?: {
        readonly firstElementBytes: number;
        readonly elementBytes: number;
    } | undefined;
    /** Native bytes the runtime reports outside every node. */
    readonly extraNativeBytes?: number | undefined;
    readonly stacks?: ThreadStacks | undefined;
}
/** What the stacks of threads take. They are outside every node. */
export interface ThreadStacks {
    /** Nodes of kind `thread`, each once. */
    readonly thread: Uint32Array;
    /** By position in `thread`: what the frames fill; the stack itself is larger. */
    readonly usedBytes: Float64Array;
    /** In use for all stacks of the process, as the runtime counts it. */
    readonly inUseBytes?: number | undefined;
}
/** Source positions of some nodes (closures, classes, instances by their constructor); many nodes share one place. */
export interface NodeLocations {
    /** By node: row of the columns below; 0 where the node has no location. */
    readonly place: Uint16Array | Uint32Array;
    /** By place: string number of the script's name in the graph's strings; NONE where only the script's id is known. */
    readonly file: Uint32Array;
    /** By place; from 1. Row 0 stands for "no location". */
    readonly line: Uint32Array;
    /** By place; from 1. */
    readonly column: Uint32Array;
}
/**
 * The edges of a runtime's weak maps, sorted. An entry shows as two edges to its value, one from the table and one
 * from the key; only the key's is strong. The two of one entry have the same `pair`.
 */
export interface Ephemerons {
    readonly edge: Uint32Array;
    readonly pair: Uint32Array;
}
/** A place in a source file; line and column count from 1. */
export interface SourceLocation {
    file: string;
    line: number;
    column?: number | undefined;
    functionName?: string | undefined;
    /** The place in the file that runs, when a source map led from there to this one. */
    generated?: {
        file: string;
        line: number;
        column?: number | undefined;
    } | undefined;
}
/** The source position recorded for `node`, or undefined. */
export declare function locationOf(graph: HeapGraph, node: number): SourceLocation | undefined;
/** The source position of a place in the graph's locations; undefined for place 0 and where the file is not known. */
export declare function placeLocation({ locations, strings }: HeapGraph, place: number): SourceLocation | undefined;
export declare function nodeKindOf(graph: HeapGraph, node: number): NodeKind;
export declare function nodeNameOf(graph: HeapGraph, node: number): string;
export declare function edgeKindOf(graph: HeapGraph, edge: number): EdgeKind;
/** An edge's name as text: the property or variable, or the position in digits. */
export declare function edgeNameOf(graph: HeapGraph, edge: number): string;

// dist/model/memory-reading.d.ts
/** What a Node process says of its memory at one moment. Bytes, or counts where the name says so. */
export interface MemoryReading {
    heapUsedBytes: number;
    heapCommittedBytes: number;
    heapLimitBytes: number;
    /** Compiled code, bytecode and feedback: spaces that only the runtime fills. */
    codeBytes: number;
    externalBytes: number;
    arrayBuffersBytes: number;
    rssBytes: number;
    mallocedBytes: number;
    contextCount: number;
    detachedContextCount: number;
    /** Timers, sockets, servers, requests: what keeps the event loop alive. */
    handleCount: number;
    /** What the stacks of a Go process take. */
    stackBytes?: number | undefined;
}

// dist/model/memory-series.d.ts
import type { Source } from './source.js';
/**
 * What is measured of a process over time. Bytes unless the name ends in `-count` or `-total`.
 * `heap-live` is use after the last collection of any kind, `heap-floor` after the last full one; `heap-goal` is the size at
 * which the next collection begins (Go's next_gc). Of a memory group: kills for want of memory, times it ran into its limit,
 * and microseconds in which at least one of its tasks waited for memory.
 */
export declare const METRICS: readonly ['rss', 'pss', 'uss', 'rss-anon', 'rss-file', 'rss-shmem', 'lazy-free', 'swap', 'vsize', 'heap-used', 'heap-live', 'heap-floor', 'heap-committed', 'heap-limit', 'external', 'array-buffers', 'native', 'cgroup-current', 'cgroup-anon', 'cgroup-file', 'cgroup-inactive-file', 'cgroup-active-file', 'cgroup-shmem', 'cgroup-kernel', 'cgroup-limit', 'gc-count', 'gc-full-count', 'request-total', 'error-total', 'fd-count', 'thread-count', 'goroutine-count', 'context-count', 'handle-count', 'heap-goal', 'cgroup-oom-total', 'cgroup-limit-total', 'cgroup-stall-total'];
export type Metric = (typeof METRICS)[number];
/** How big a process is over time; column[sample]. NaN: missing in that sample. */
export interface MemorySeries {
    readonly source: Source;
    readonly process: {
        readonly pid?: number | undefined;
        readonly command?: string | undefined;
        readonly startedAtMs?: number | undefined;
        readonly runtime?: string | undefined;
        readonly runtimeVersion?: string | undefined;
    };
    readonly sampleCount: number;
    /** Ascending. Since the epoch when the source knows it, else since the recording began. */
    readonly timeMs: Float64Array;
    /** Rises when the process was restarted; absent: one process all along. */
    readonly epoch?: Uint32Array | undefined;
    readonly metrics: ReadonlyMap<Metric, Float64Array>;
    /** The memory limit that applies, where the source states one. */
    readonly limitBytes?: number | undefined;
}

// dist/model/report.d.ts
import type { Finding, Verdict } from './finding.js';
import type { Notice, Source } from './source.js';
/** Raised when a field of the JSON changes its meaning or goes away; new fields do not raise it. */
export declare const REPORT_SCHEMA = 1;
/** What every command answers; JSON, text, store and page all speak it. The first finding is the one to fix first. */
export interface Report {
    schema: typeof REPORT_SCHEMA;
    tool: {
        name: 'stillhere';
        version: string;
    };
    command: string;
    verdict: Verdict;
    /** One sentence: the answer. */
    summary: string;
    /** What would turn `undecided` into an answer. */
    wouldDecide?: string | undefined;
    sources: Source[];
    findings: Finding[];
    notices: Notice[];
    /** The command's own tables (classes, rounds, …), each documented with its command. */
    details?: Record<string, unknown> | undefined;
}

// dist/model/retaining-graph.d.ts
import type { EdgeKind, NodeKind, SourceLocation } from './heap-graph.js';
import type { StepStatus } from './retaining-path.js';
/**
 * Why something is still here, as a picture: the part of a heap that lies between GC roots and what was asked for.
 * Where a `RetainingPath` is one way, this holds several, with what they share drawn once. Edges run from the holder
 * to what it holds. Positions in `nodes` are the only identity; renderers draw it, `render/simplify-graph.ts` makes
 * it small enough to be read.
 */
export interface RetainingGraph {
    nodes: RetainingGraphNode[];
    edges: RetainingGraphEdge[];
    /** Nodes that were found and left out so that the picture stays readable. */
    leftOutCount: number;
    /** References between drawn nodes that were left out likewise. */
    leftOutEdgeCount?: number | undefined;
}
export interface RetainingGraphNode {
    /** `root`: why something may not be collected. `target`: what was asked for. Absent: on the way. */
    role?: 'root' | 'target' | undefined;
    kind: NodeKind;
    /** Class, function or variable name; untrusted text. */
    name: string;
    /** How many heap nodes this one stands for; siblings of one class are drawn once. */
    count: number;
    /** Identity of one of them in the snapshot. */
    exampleId?: number | undefined;
    /** Sum over the nodes it stands for. */
    shallowBytes?: number | undefined;
    /** Sum over the nodes it stands for; exact when they do not hold each other. */
    retainedBytes?: number | undefined;
    status?: StepStatus | undefined;
    location?: SourceLocation | undefined;
    /** What it stands for beyond itself: `2 119 entries, +1 per operation`. */
    note?: string | undefined;
}
export interface RetainingGraphEdge {
    /** Position in `nodes`. */
    from: number;
    /** Position in `nodes`. */
    to: number;
    kind: EdgeKind;
    /** Property, variable or position; untrusted text. */
    name: string;
    /** How many references this one stands for. */
    count: number;
    /** One of these references is the mistake. */
    suspect?: boolean | undefined;
    /** Leads back to a node that is already on the way here. */
    closesCycle?: boolean | undefined;
}

// dist/model/retaining-path.d.ts
import type { EdgeKind, NodeKind, SourceLocation } from './heap-graph.js';
/** Fine: belongs here. Leaking: should be gone. Suspect: in between, one of these references is the mistake. */
export type StepStatus = 'fine' | 'suspect' | 'leaking';
/** One reference on the way from a GC root, and the node it leads to. */
export interface PathStep {
    edgeKind: EdgeKind;
    edgeName: string;
    nodeKind: NodeKind;
    nodeName: string;
    nodeId: number;
    status: StepStatus;
    /** Why it has this status, in a few words. */
    reason?: string | undefined;
    /** Where the class, closure or context of this node stands in the source. */
    location?: SourceLocation | undefined;
    /** What this step stands for beyond itself: `Map, 10 907 entries`. */
    note?: string | undefined;
    retainedBytes?: number | undefined;
}
/** How a leaking object is reached: the first step leaves ROOT, the last one arrives at the object. */
export interface RetainingPath {
    root: string;
    steps: PathStep[];
    /** Equal for the same bug in another run: a hash of the suspect stretch with ids and positions left out. */
    fingerprint: string;
}

// dist/model/source.d.ts
/** Where data came from, and what was wrong with it. */
export interface Source {
    /** File name, URL or `pid 5120`. Untrusted text: goes through `safeText` before it is shown. */
    name: string;
    /** The reader's or probe's stable name: `v8-heapsnapshot`, `hprof`, `linux-proc`, … */
    format: string;
    runtime?: string | undefined;
    runtimeVersion?: string | undefined;
    /** When the data was taken, ms since the epoch. */
    takenAtMs?: number | undefined;
    /** Node ids mean the same object in another graph of the same process. */
    idsAreStable: boolean;
    /** Bytes of the input, after decompression. */
    sizeBytes?: number | undefined;
    notices: Notice[];
}
/** A recoverable trouble, counted: the reading went on, the reader of the report is told. */
export interface Notice {
    /** Stable, kebab-case. */
    code: string;
    count: number;
    /** Where it was met first, in words: `byte 18244`, `line 12`. */
    firstAt?: string | undefined;
    message: string;
}
/** Counts a notice in `source`; the first occurrence keeps its place and message. */
export declare function addNotice(source: Source, notice: {
    code: string;
    message: string;
    firstAt?: string;
    count?: number;
}): void;

// dist/model/string-table.d.ts
/**
 * The strings of an input, by number. A big heap holds millions of them and nearly none is ever looked at, so a
 * table may keep raw bytes and decode on demand; ask for a string only when it is shown or compared.
 */
export interface StringTable {
    readonly count: number;
    /** The string of this number; `#<number>` when the input was cut before it. */
    get(number: number): string;
    /** The numbers of these texts, those that are in the table. Cost: one pass over the table, so ask for many at once. */
    numbersOf(texts: readonly string[]): Map<string, number>;
}
/** A table over strings that already exist, for readers of small inputs. */
export declare class ListedStrings implements StringTable {
    #private;
    constructor(strings: readonly string[]);
    get count(): number;
    get(number: number): string;
    numbersOf(texts: readonly string[]): Map<string, number>;
}
/** Gives equal strings one number while a reader runs. */
export declare class Interner {
    #private;
    readonly strings: string[];
    number(text: string): number;
    table(): StringTable;
}

// dist/model/value-histogram.d.ts
/**
 * How numbers that are not negative are spread, without keeping them: bins 1 % wide from 0.000 001 to 1,000,000,000 and
 * one for zero. Count, sum and largest are exact, a quantile is within 0.5 % of the number that has its rank.
 * Method: logarithmic bins, as DDSketch (Masson, Rim, Lee 2019). Memory: 14 kB, whatever is counted.
 */
export declare class ValueHistogram {
    #private;
    get count(): number;
    get sum(): number;
    /** NaN when nothing was counted. */
    get max(): number;
    add(value: number): void;
    /** The value below which this share of the numbers lies; NaN when nothing was counted. */
    quantile(share: number): number;
}

// dist/probes/runtime-of.d.ts
/** Runtimes whose memory we know how to look at from outside. */
export declare const RUNTIMES: readonly ['node', 'jvm', 'python', 'go'];
export type Runtime = (typeof RUNTIMES)[number];
/**
 * Which runtime a process is of, by the file it runs and the libraries it has mapped (/proc); undefined where it is none
 * of them, or may not be looked at. A program that embeds Python (uwsgi) counts as Python.
 */
export declare function runtimeOfProcess(pid: number): Runtime | undefined;
/** It runs, but which file it runs is closed to this user: of which runtime it is cannot be known. */
export declare function isHiddenProgram(pid: number): boolean;
/** Which runtime a command starts, without starting it: by its name, its first line (`#!`), or what Go wrote into it. */
export declare function runtimeOfCommand([file]: readonly string[], { cwd, path }?: {
    cwd?: string | undefined;
    path?: string | undefined;
}): Runtime | undefined;

// dist/readers/hprof.d.ts
import type { GivenLayout } from './hprof/layout.js';
import type { Reader } from './reader.js';
export type { GivenLayout } from './hprof/layout.js';
/**
 * HPROF, the heap dump of the JVM and of Android (hprof_b_spec.h, AOSP's hprof.cc): versions 1.0.1, 1.0.2, 1.0.3; ids
 * of 4 and 8 bytes; one record or many segments, whatever their lengths claim; classes before or after their
 * instances, roots first or last.
 *
 * One forward pass, nothing is kept of the values but references. Sizes are not in the file and are computed
 * (hprof/layout.ts). The referent of a Reference (weak, soft, phantom, final) is a weak edge.
 * Left out: values of fields and contents of arrays (they are secrets), allocation sites, CPU samples.
 * The format's lies: "instance size" in HotSpot's class dumps is no size; ids are addresses and change with every
 * collection, so two dumps cannot be compared object by object.
 */
export declare const hprof: Reader<'heap-graph'>;
/** The reader for a dump of whose JVM the layout of objects is known, wholly or in part: `hprof/layout.ts`. */
export declare function hprofWith(layout?: GivenLayout): Reader<'heap-graph'>;

// dist/readers/hprof/layout.d.ts
/**
 * How large objects are. A dump does not say: HotSpot writes field sums with references of the width of an id.
 *
 * What decides is how the JVM ran (compressed references, compressed or compact headers) and its version (how fields
 * are packed). The addresses tell: an object cannot be larger than the distance to the next one, and where a
 * collector has put them side by side it is exactly that large. So the layout that is contradicted least and met most
 * often is the JVM's own. Compared with `jcmd GC.class_histogram` over JDK 8 to 25 (test/readers/hprof).
 */
/** The fields one class adds, by the bytes they take. */
export interface FieldCounts {
    references: number;
    eights: number;
    fours: number;
    twos: number;
    ones: number;
    /** Padding behind all others, which no subclass may fill. */
    behindBytes?: number;
}
export interface Layout {
    /** 8: compact headers or 32 bits. 12: compressed class pointers. 16: neither. */
    headerBytes: number;
    referenceBytes: number;
    /** Filled: gaps that super classes left are used (JDK 15 on). By level: each class starts behind the one above. */
    packing: 'filled' | 'by-level';
    /** Objects start at multiples of it. */
    alignmentBytes: number;
}
/** What is known of a JVM's layout from elsewhere; the rest is found out. */
export type GivenLayout = Partial<Pick<Layout, 'headerBytes' | 'referenceBytes' | 'alignmentBytes'>>;
export declare const alignUp: (bytes: number, to: number) => number;
/** An instance whose classes, topmost first, add these fields. */
export declare function instanceBytes(levels: readonly FieldCounts[], layout: Layout): number;
export declare function arrayBytes(count: number, elementBytes: number, layout: Layout): number;
/** The length stands behind the header; without compressed class pointers elements begin at a whole word. */
export declare function firstElementBytes(elementBytes: number, { headerBytes }: Layout): number;
/** What the addresses of a dump say about sizes. */
export interface Evidence {
    /** Fields of the classes that have instances, and the smallest distance from one of them to the next object. */
    instances: readonly {
        levels: readonly FieldCounts[];
        distance: number;
    }[];
    /** References, or bytes of an element; how many; the distance to the next object. */
    /** `times`: so many arrays are alike. */
    arrays: readonly {
        elementBytes: number | 'reference';
        count: number;
        distance: number;
        times: number;
    }[];
    alignmentBytes: number;
}
/**
 * The layout the evidence leaves of those that fit what is given, whether any object was seen to end where the next
 * begins, and how many of the objects looked at would run into the next one.
 */
export declare function findLayout({ instances, arrays, alignmentBytes }: Evidence, given?: GivenLayout): {
    layout: Layout;
    isProven: boolean;
    overlaps: number;
};

// dist/readers/reader.d.ts
import type { Run } from '../base/run.js';
import type { AllocationProfile } from '../model/allocation-profile.js';
import type { GcLog } from '../model/gc-log.js';
import type { HeapGraph } from '../model/heap-graph.js';
import type { MemorySeries } from '../model/memory-series.js';
/** What readers make, by name. */
export interface Models {
    'heap-graph': HeapGraph;
    'allocation-profile': AllocationProfile;
    'gc-log': GcLog;
    'memory-series': MemorySeries;
}
export type ModelName = keyof Models;
/**
 * Bytes from anywhere: a file, a live process, a test. Chunks may be of any length; a chunk is not used again
 * after the next one was asked for, so a source may reuse its buffer.
 */
export interface ByteSource {
    /** For messages and `Source.name`. */
    readonly name: string;
    /** Total bytes, where known: an upper bound on what any count inside may claim. */
    readonly sizeBytes?: number | undefined;
    chunks(): AsyncIterable<Uint8Array>;
}
/** How sure a reader is, from the first 4 KiB, that an input is its own. */
export type Recognition = 'certain' | 'likely' | 'no';
/** One format. A value, listed in `registry.ts`. */
export interface Reader<Model extends ModelName = ModelName> {
    /** Stable, kebab-case; used by `--format`. */
    readonly format: string;
    readonly title: string;
    readonly makes: Model;
    recognize(head: Uint8Array, fileName: string): Recognition;
    /** @throws ReadError with a position when the input is not what it claims to be; Cancelled */
    read(input: ByteSource, run: Run): Promise<Models[Model]>;
}
/** How much of an input `recognize` sees. */
export declare const HEAD_BYTES = 4096;

// dist/render.d.ts
/** `stillhere/render`: what shows a report. All pure, so they also run in a page. */
export { renderDot } from './render/dot.js';
export { graphOfPaths } from './render/graph-of-paths.js';
export { renderJson } from './render/json.js';
export { renderMarkdown } from './render/markdown.js';
export { renderMermaid } from './render/mermaid.js';
export { renderSvg } from './render/svg.js';
export { renderText, type TextOptions } from './render/text.js';

// dist/render/dot.d.ts
import type { RetainingGraph } from '../model/retaining-graph.js';
export interface DotOptions {
    /** Shown above the picture. */
    title?: string | undefined;
    /** At most this many nodes are drawn; 200 when absent. */
    limit?: number | undefined;
}
/**
 * A retaining graph in Graphviz' language (https://graphviz.org/doc/info/lang.html), simplified first.
 * Roots are grey, what was asked for is bold, suspect references are red and say so, cycles are dashed.
 */
export declare function renderDot(graph: RetainingGraph, { title, limit }?: DotOptions): string;

// dist/render/graph-of-paths.d.ts
import type { RetainingGraph } from '../model/retaining-graph.js';
import type { PathStep, RetainingPath } from '../model/retaining-path.js';
/**
 * Draws retaining paths into one graph: nodes that several paths share (equal ids) appear once.
 * Suspect are the references between the last node that is fine and the first that is leaking.
 */
export declare function graphOfPaths(paths: readonly RetainingPath[]): RetainingGraph;
/** The reference leads from something that is not leaking to something that is not fine. */
export declare function isSuspectReference(before: PathStep | undefined, step: PathStep): boolean;

// dist/render/json.d.ts
import type { Report } from '../model/report.js';
/** The report as JSON, the machine's form of the contract in docs/report.md. Typed arrays become plain ones. */
export declare function renderJson(report: Report): string;

// dist/render/markdown.d.ts
import type { Report } from '../model/report.js';
/** The report as GitHub-flavoured Markdown: the same content as the text, with the first path also drawn. */
export declare function renderMarkdown(report: Report): string;

// dist/render/mermaid.d.ts
import type { RetainingGraph } from '../model/retaining-graph.js';
/**
 * A retaining graph as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html), simplified first: for
 * Markdown that draws it. Suspect references are thick and red, cycles dotted; both say so in words.
 */
export declare function renderMermaid(graph: RetainingGraph, { limit }?: {
    limit?: number | undefined;
}): string;

// dist/render/svg.d.ts
import type { RetainingGraph } from '../model/retaining-graph.js';
import { type DotOptions } from './dot.js';
/**
 * A retaining graph as a drawing, laid out by Graphviz (compiled to WebAssembly, loaded on first use).
 * Cost: a start of about a tenth of a second; a few seconds at the limit of 200 nodes.
 * The result is one `<svg>` element without prologue, so that it can stand in a page as well as in a file.
 */
export declare function renderSvg(graph: RetainingGraph, options?: DotOptions): Promise<string>;

// dist/render/text.d.ts
import type { Finding, Growth } from '../model/finding.js';
import type { Report } from '../model/report.js';
import type { Notice, Source } from '../model/source.js';
export interface TextOptions {
    color: boolean;
    columns: number;
}
/** The report for a person: the first line is the answer, the first finding the one to fix first. */
export declare function renderText(report: Report, { color, columns }: TextOptions): string;
/** `6.8 kB/operation`, `1 object/operation` where bytes are not known. */
export declare function growthText({ bytes, count, per }: Growth): string;
/** The last thing before what leaks: what a fix will have to touch. */
export declare function holderText({ paths, location, subject }: Finding): string | undefined;
export declare function noticeText({ message, count, firstAt }: Notice): string;
export declare function sourceText({ name, format, runtime, runtimeVersion, sizeBytes }: Source): string;
