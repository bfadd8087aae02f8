// The public surface of the package, as its declarations say it. Made by `npm run api` after a build; a test says
// when it is out of date, so that no change of it goes unseen.

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
        known: boolean;
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
/** Counts by label and together; labels come from `LabelTable`, which bounds them. */
export declare class Counts {
    #private;
    readonly total: LabelCounts;
    add(label: string, what: keyof LabelCounts): void;
    byLabel(): ReadonlyMap<string, Readonly<LabelCounts>>;
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
import type { Finding } from '../model/finding.js';
/** One cause that keeps watched objects here, with everything ready to be shown. */
export interface WatchedFinding {
    /** The tickets it holds. */
    tickets: string[];
    labels: string[];
    finding: Finding;
    /** The finding as text, the suspect reference underlined. */
    text: string;
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

// dist/in-process/headroom.d.ts
/** How much memory this process may still take before somebody kills it, and who that would be. */
export interface Headroom {
    availableBytes: number;
    limitedBy: 'machine' | 'cgroup' | 'address space';
}
/** Bytes that taking and analyzing a snapshot now may need at most, beyond what is used already. */
export declare function forecastSnapshotBytes(): number;
/** The nearest of: free memory of the machine, of the control group, and of the address space (`ulimit -v`). */
export declare function measureHeadroom(): Headroom;

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
export type DisposedWhen = 'auto' | 'dispose' | 'close' | 'destroy' | 'event:close' | AbortSignal;
/**
 * Connects the end of `object` with `life`. Methods are shadowed on this one object by a function that calls the
 * original and holds `life` only, so nothing of ours keeps the object. Returns what was connected; empty when the
 * object has no such end or cannot be changed (frozen).
 */
export declare function connectEnd(object: object, life: Lifecycle, when: DisposedWhen): string[];

// dist/in-process/should-go-away.d.ts
/**
 * "This should be gone soon": the program says it, and gets the path when it is not.
 * What the package gives to the watched program; loads no more than a few of Node's own modules.
 */
import { Box } from './box.js';
import type { ExplainSettings } from './explain-policy.js';
import type { Explanation } from './explanation.js';
import { Lifecycle } from './lifecycle.js';
import type { DisposedWhen } from './lifecycle.js';
import { Ticket } from './ticket.js';
import type { WatcherSettings } from './watch-settings.js';
import type { WatchOptions } from './watcher.js';
import type { LabelCounts } from './counts.js';
export { Box } from './box.js';
export type { StillhereEvents, WatchEvent } from './channels.js';
export type { LabelCounts } from './counts.js';
export type { ExplainSettings } from './explain-policy.js';
export type { Explanation, WatchedFinding } from './explanation.js';
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
export interface Stats {
    /** Watched at this moment. */
    watching: number;
    total: Readonly<LabelCounts>;
    byLabel: ReadonlyMap<string, Readonly<LabelCounts>>;
}
/** The function and everything that hangs on it. */
export interface ShouldGoAway {
    /**
     * Says that `object` should be gone soon: held weakly, judged by age and by major collections.
     * @throws CannotBeHeldWeakly for a string, number, bigint, boolean, null, undefined or registered symbol
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
    /** For tests: forces collections, then throws with the paths when anything watched is still here. */
    allGone(options?: AllGoneOptions): Promise<void>;
    /** Watches an object with an end of its own (dispose, close, destroy, abort): from that end on. */
    lifecycle(object: object, options?: string | LifecycleOptions): Lifecycle;
    /** One snapshot now, if the policy allows: who holds what is retained, or these tickets. Never throws. */
    explain(tickets?: readonly Ticket[]): Promise<Explanation>;
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
export declare function stillHereText(tickets: readonly Ticket[], explanation: Explanation): string;

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
    /** Waits for the answer. Never throws. */
    answer({ collections, patienceMs }?: AnswerOptions): Promise<Answer>;
    /** Who holds it, from a snapshot taken now; undefined with the reason when the policy declines or it is gone. */
    explain(): Promise<{
        finding: WatchedFinding | undefined;
        explanation: Explanation;
    }>;
}
export type ExplainTickets = (records: readonly StillhereWatchRecord[]) => Promise<Explanation>;

// dist/in-process/watch-record.d.ts
/**
 * One watched object, as it stands in the heap of the watched program. The class is named so that no other program has
 * one, because these records are the marker: any heap snapshot of the process holds them, and
 * `StillhereWatchRecord -> ref -> WeakRef -> (weak) target` leads to every object that is still here.
 *
 * What a snapshot must be able to read is kept in flat strings: small integers and doubles have no node in a default
 * snapshot, and a joined string shows as "(concatenated string)". Minifiers rename the class but not its fields, so
 * readers look for the field `stillhereTicket`.
 */
export declare class StillhereWatchRecord {
    /** Never read outside `Watcher`: a successful `deref` keeps the object alive for the rest of the job. */
    readonly ref: WeakRef<WeakKey> | undefined;
    readonly stillhereTicket: string;
    readonly label: string;
    /** Milliseconds since the epoch, in digits. */
    readonly watchedAt: string;
    /** Where the watch was asked for; only for some. */
    readonly stack: string | undefined;
    /** For a string that is looked for by content: how it starts. */
    readonly content: string | undefined;
    readonly tags: string | undefined;
    /** `performance.now()` from which on the object is expected to be gone. */
    dueMs: number;
    minCollections: number;
    /** `performance.now()` of the sweep that found it overdue. */
    overdueMs: number;
    state: WatchState;
    /** How often the same object was given to us. */
    times: number;
    /** Position in the watcher's list; −1 when it is no longer there. */
    slot: number;
    /** A snapshot has shown it: it is not reported again. */
    explained: boolean;
    waiters: ((answer: Answer) => void)[] | undefined;
    constructor(given: GivenRecord);
}
/** Gone: collected in time. Late: collected, but only after it was found overdue. Retained: still here. */
export type Answer = 'gone' | 'late' | 'retained' | 'undecided';
/** Waiting → overdue (due, and enough major collections since) → retained. Dropped: given up because of the cap. */
export type WatchState = 'waiting' | 'overdue' | 'retained' | 'gone' | 'late' | 'dropped';
interface GivenRecord {
    ref: WeakRef<WeakKey> | undefined;
    ticket: string;
    label: string;
    watchedAt: string;
    stack: string | undefined;
    content: string | undefined;
    tags: string | undefined;
    dueMs: number;
    minCollections: number;
}
/** Beside the records: what the time was when the process last looked, so that a snapshot can tell their ages. */
export declare class StillhereClock {
    stillhereNow: string;
    constructor(now: string);
}
export {};

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
import type { LabelCounts } from './counts.js';
import { StillhereClock, StillhereWatchRecord } from './watch-record.js';
import type { Answer } from './watch-record.js';
import type { WatcherSettings } from './watch-settings.js';
/** What one call says about its object. */
export interface WatchOptions {
    label?: string | undefined;
    /** Milliseconds after which it should be gone; default of the settings. */
    within?: number | undefined;
    /** Major collections that must begin after that before it counts as overdue; at most 32. */
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
 * Holds objects weakly and finds out whether they go away.
 *
 * Method: one record for each object, dropped by a FinalizationRegistry when the object is collected; so most watches
 *   end without ever being looked at. A record is overdue when its time is up *and* `minCollections` major collections
 *   began after that; retained when it is still here after one more. Looking (`deref`) keeps an object alive to the
 *   end of the job and may mark it in a running incremental collection, so it is done once, last, in a job of its own.
 * Cost: about a WeakRef, a registry entry, a WeakMap entry and a record for each object; one unref'ed timer for all.
 *   A sweep visits every record, at most once a second and only after a major collection.
 */
export declare class Watcher {
    #private;
    readonly counts: Counts;
    readonly clock: StillhereClock;
    constructor(settings: WatcherSettings, listener?: WatcherListener);
    get settings(): WatcherSettings;
    /** Objects that are watched now. */
    get size(): number;
    get total(): Readonly<LabelCounts>;
    records(): readonly StillhereWatchRecord[];
    /** Begins to watch; an object that is watched already keeps its record and its deadline. Throws nothing of ours. */
    watch(object: WeakKey, options: WatchOptions, above: (...given: never[]) => unknown): StillhereWatchRecord;
    /** Remembers a text that no string of the heap should begin with any more; only a snapshot can answer. */
    watchContent(content: string, options: WatchOptions, above: (...given: never[]) => unknown): StillhereWatchRecord;
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
/** The public library, names listed one by one. */
export { Cancelled, KnownError, ProbeError, ReadError, StoreError, UsageError } from './base/errors.js';
export { type Progress, type Run, startRun } from './base/run.js';
export type { HeapGraph } from './model/heap-graph.js';
export type { Finding, Verdict } from './model/finding.js';
export type { Report } from './model/report.js';

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
    /** Memory over the time of the recording, where the tool writes both into one file. */
    readonly series?: MemorySeries | undefined;
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
    fingerprint: string;
    /** What to do, in one or two sentences. */
    advice: string;
    /** A small code example, wrong and right. */
    example?: {
        before: string;
        after: string;
    } | undefined;
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
    /** Native bytes the runtime reports outside every node. */
    readonly extraNativeBytes?: number | undefined;
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

// dist/model/memory-series.d.ts
import type { Source } from './source.js';
/**
 * What is measured of a process over time. Bytes unless the name ends in `-count` or `-total`.
 * `heap-live` is use after the last collection of any kind, `heap-floor` after the last full one.
 */
export declare const METRICS: readonly ['rss', 'pss', 'uss', 'rss-anon', 'rss-file', 'rss-shmem', 'lazy-free', 'swap', 'vsize', 'heap-used', 'heap-live', 'heap-floor', 'heap-committed', 'heap-limit', 'external', 'array-buffers', 'native', 'cgroup-current', 'cgroup-anon', 'cgroup-file', 'cgroup-inactive-file', 'cgroup-active-file', 'cgroup-shmem', 'cgroup-kernel', 'cgroup-limit', 'gc-count', 'gc-full-count', 'request-total', 'error-total', 'fd-count', 'thread-count', 'goroutine-count', 'context-count', 'handle-count'];
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
