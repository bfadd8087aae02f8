import type { ExplainedLine } from './explained-line.ts'

/** A kind of line that stands between the collections: each bracket of `pattern` is one field. */
interface LineKind {
  collector: string
  pattern: RegExp
  /** Meaning of the brackets, in order. A bracket that did not match is left out. */
  meanings: readonly string[]
  remark?: string
}

const ms = String.raw`([\d.,]+m?s)`

/**
 * The lines of a collector's log that are not whole collections. Meanings: the runtime package's documentation
 * (gctrace, scavtrace), JEP 158, 248, 304, 333, 379 and 439, and the JDK's `-Xlog:help`; CPython's `gc.DEBUG_STATS`.
 */
const KINDS: readonly LineKind[] = [
  { collector: 'go', pattern: /^(scav\w*)(?: (\d+))? ([\d.]+ (?:KiB|MB) work)(?: \(bg\), ([\d.]+ KiB work \(eager\)))?.*?, ([\d.]+ KiB (?:now|total))(?:, (\d+% util))?/, meanings: ['the scavenger: pages that nobody uses are given back to the system', 'number of the collection', 'given back beside the program since the last such line', 'given back by an allocation that would have passed the memory limit', 'held from the system now', 'share of what is held that is in use'] },
  { collector: 'go', pattern: /^(pacer:) (.*)/, meanings: ['when the next collection begins, and how much assisting it needs', 'internal figures of the pacer; the `gc` line has their effect'] },
  { collector: 'jvm', pattern: new RegExp(String.raw`(User=[\d.,]+s) (Sys=[\d.,]+s) (Real=[\d.,]+s)`), meanings: ['CPU of the collector’s threads', 'CPU in the kernel: much of it means paging or page faults', 'time on the clock'], remark: 'User far above Real: several threads worked; Real far above both: the collector waited for a processor or for the disk' },
  { collector: 'jvm', pattern: /user=([\d.,]+) sys=([\d.,]+), real=([\d.,]+) secs/, meanings: ['seconds of CPU of the collector’s threads', 'seconds of CPU in the kernel', 'seconds on the clock'] },
  { collector: 'G1', pattern: /(Eden|Survivor|Old|Humongous|Archive) regions: (\d+)->(\d+)(?:\((\d+)\))?/, meanings: ['kind of region', 'in use before', 'in use after', 'how many there may be until the next collection'], remark: 'Old and Humongous regions that rise after every mixed or full collection are the sign of a leak' },
  { collector: 'jvm', pattern: /(Metaspace): (\d+K\(\d+K\))->(\d+K\(\d+K\))/, meanings: ['memory of loaded classes, outside the heap', 'used (committed) before', 'used (committed) after'], remark: 'used that rises with every redeploy: class loaders are kept' },
  { collector: 'jvm', pattern: /(DefNew|PSYoungGen|ParNew|Tenured|ParOldGen|PSOldGen|CMS): (\d+K(?:\(\d+K\))?)->(\d+K)\((\d+K)\)/, meanings: ['a generation: DefNew, PSYoungGen and ParNew are young, the others old', 'in use before (of its size)', 'in use after', 'its size'] },
  { collector: 'jvm', pattern: /GC\((\d+)\) (Pause [\w ]+?)((?: \([^)]*\)+)*)$/, meanings: ['number of the collection', 'a pause begins; the line with its sizes comes at its end', 'kind and cause'] },
  { collector: 'jvm', pattern: new RegExp(String.raw`GC\((\d+)\) (?:([YyO]): )?(Pause [\w -]+?(?: \([^)]*\))*) ${ms}$`), meanings: ['number of the collection', 'Y: young in a major collection, y: young, O: old', 'a step in which the program stands still', 'how long'] },
  { collector: 'jvm', pattern: new RegExp(String.raw`GC\((\d+)\) (?:([YyO]): )?(Concurrent [\w -]+?(?: \([^)]*\))*)(?: ([\dMKG]+->[\dMKG]+\([\dMKG]+\)))?(?: \([^)]*\))?(?: ${ms})?$`), meanings: ['number of the collection', 'Y: young in a major collection, y: young, O: old', 'a step beside the program', 'in use before -> after (size of the heap)', 'how long'] },
  { collector: 'jvm', pattern: /GC\((\d+)\) (?:([YyO]): )?(Using \d+(?: of \d+)? [Ww]orkers?(?: of \d+)?)(?: for (.*))?$/, meanings: ['number of the collection', 'Y: young in a major collection, y: young, O: old', 'threads of the collector', 'for this step'] },
  { collector: 'jvm', pattern: new RegExp(String.raw`GC\((\d+)\)\s+((?:Phase \d+: |Marking Phase|Summary Phase|Adjust Roots|Compaction Phase|Post Compact|Pre Evacuate|Merge Heap Roots|Evacuate Collection Set|Post Evacuate|Other|Mark live objects)[\w ]*):? ?${ms}?$`), meanings: ['number of the collection', 'a part of the pause', 'how long'] },
  { collector: 'ZGC', pattern: /GC\((\d+)\) (?:([YyO]): +)?(Live):\s+-\s+(\d+[KMG]) \((\d+%)\)/, meanings: ['number of the collection', 'Y: young in a major collection, y: young, O: old', 'what marking found alive: the floor to watch', 'at the end of marking', 'share of the maximum'] },
  { collector: 'ZGC', pattern: /GC\((\d+)\) (?:([YyO]): +)?(Capacity|Free|Used|Allocated|Garbage|Reclaimed|Promoted|Compacted|Reserve|Allocation Stalls):\s+(.*)/, meanings: ['number of the collection', 'Y: young in a major collection, y: young, O: old', 'a row of the table', 'at mark start, mark end, relocate start, relocate end (then highest and lowest)'], remark: 'allocation stalls above 0: threads waited for memory, the heap is too small for the rate of allocation' },
  { collector: 'ZGC', pattern: /GC\((\d+)\) (?:([YyO]): )?(MMU): (.*)/, meanings: ['number of the collection', 'Y: young in a major collection, y: young, O: old', 'minimum mutator utilization', 'in the worst window of this length the program ran for this share'] },
  { collector: 'ZGC', pattern: /GC\((\d+)\) (?:([YyO]): )?(Load): (.*)/, meanings: ['number of the collection', 'Y: young in a major collection, y: young, O: old', 'load of the machine', 'over 1, 5 and 15 minutes'] },
  { collector: 'Shenandoah', pattern: /(Free): (\w+), (Max: \w+ regular, \w+ humongous), (Frag: [^;]*); (Reserve: .*)/, meanings: ['what can be allocated', 'in all', 'the largest piece', 'how scattered it is', 'kept free to move objects to'] },
  { collector: 'jvm', pattern: /(Trigger(?: \([^)]*\))?): (.*)/, meanings: ['why a cycle begins', 'the figures behind it'] },
  { collector: 'jvm', pattern: /(To-space exhausted|Evacuation Failure\S*)/, meanings: ['no room to move survivors to'], remark: 'the heap is too small, fills too fast, or holds large objects: a full collection follows' },
  { collector: 'ZGC', pattern: /GC\((\d+)\) ((?:Minor|Major) Collection|Garbage Collection) \(([^)]*)\)$/, meanings: ['number of the collection', 'a collection begins; the line with its sizes comes at its end', 'why it was started'] },
  { collector: 'ZGC', pattern: /GC\((\d+)\) (?:([YyO]): )?((?:Young|Old) Generation) (\S+\)->\S+\)) ([\d.]+s)$/, meanings: ['number of the collection', 'Y: young in a major collection, y: young, O: old', 'what was collected', 'in use before -> after, with the share of the maximum', 'how long, nearly all of it beside the program'] },
  { collector: 'ZGC', pattern: /GC\((\d+)\) (?:([YyO]): +)?(Eden|Survivor \d+|Small|Medium|Large)(?: Pages)?:?\s+(\d.*)/, meanings: ['number of the collection', 'Y: young in a major collection, y: young, O: old', 'a row of a table: pages by age or by size', 'live and garbage; pages and how many were emptied'] },
  { collector: 'jvm', pattern: /(Metaspace|class space) +(used \S+),(?: capacity \S+,)? (committed \S+), (reserved \S+)/, meanings: ['memory of loaded classes, outside the heap (class space: a part of it)', 'in use', 'held from the system', 'addresses set aside'] },
  { collector: 'jvm', pattern: /(PSYoungGen|ParOldGen|PSOldGen|def new generation|tenured generation|par new generation|garbage-first heap) +(total \w+)(?:, committed \w+)?, (used \w+)/, meanings: ['a generation, or the heap', 'its size', 'in use'] },
  { collector: 'jvm', pattern: /((?:eden|from|to|object|the) +space) (\d+K), +(\d+% used)/, meanings: ['a part of a generation', 'its size', 'in use'] },
  { collector: 'Shenandoah', pattern: /(Free): (\w+), (Max: \w+ regular, \w+ humongous), (Frag: [^;]*); (Used: \w+), (.*)/, meanings: ['what can be allocated', 'in all', 'the largest piece', 'how scattered it is', 'in use', 'regions of the program and of the collector'] },
  { collector: 'Shenandoah', pattern: /(?:\] |^)\s*((?:Concurrent|Pause|Init|Final|Update|Rebuild|Propagate|Rendezvous|Code Roots|Metaspace|[A-Z]+: )[\w <>():/-]*?)\s+(\d[\d.,]* us)(?:, parallelism: ([\d.]+x))?/, meanings: ['a phase, in the table at the end of a cycle', 'microseconds', 'how many workers had work at a time'] },
  { collector: 'Shenandoah', pattern: /GC\((\d+)\) (Pacer for \w+)\. (.*)/, meanings: ['number of the collection', 'how much allocating threads are slowed in this phase', 'the figures behind it'] },
  { collector: 'jvm', pattern: /(Heap (?:Min|Initial|Max) Capacity|Min Capacity|Max Capacity|Soft Max Capacity|Heap Region Size|CardTable entry size|Memory|CPUs|Version): (.+)/, meanings: ['how the heap, the machine or the JVM is set up', 'its value'] },
  { collector: 'cpython', pattern: /gc: (objects in permanent generation): (\d+)/, meanings: ['objects that gc.freeze() took out of collecting', 'how many'] },
  { collector: 'CMS', pattern: /\[(CMS-concurrent-[\w-]+)(?:: ([\d.,]+)\/([\d.,]+) secs)?\]/, meanings: ['a step of the concurrent cycle; `-start` is its begin', 'seconds of CPU', 'seconds on the clock'] },
  { collector: 'G1', pattern: /\[GC (pause|remark|cleanup)(?: \(([^()]*(?:\(\))?)\))?(?: \((young|mixed)\))?.*?, ([\d.,]+ secs)\]?/, meanings: ['the program stands still', 'cause', 'what is collected', 'how long; the sizes are in the line `[Eden: … Heap: …]`'] },
  { collector: 'G1', pattern: /\[Eden: (\S+->\S+) Survivors: (\S+->\S+) Heap: (\S+->\S+)\]/, meanings: ['eden before (size) -> after (size)', 'survivors before -> after', 'the whole heap before (size) -> after (size)'] },
  { collector: 'cpython', pattern: /gc: (collecting generation (\d))/, meanings: ['a collection of reference cycles begins', 'this generation and the younger ones'] },
  { collector: 'cpython', pattern: /gc: objects in each generation: ([\d ]+)/, meanings: ['tracked objects, youngest generation first'] },
  { collector: 'cpython', pattern: /gc: done, (?:(\d+) unreachable, (\d+) uncollectable, )?([\d.]+s elapsed)/, meanings: ['objects in cycles that nothing else reached: they were freed', 'objects that could not be freed', 'how long'], remark: 'many unreachable each time: the program makes cycles for each piece of work; they wait for the collector instead of going at once' },
]

/** Nothing more is known of it than what its decorations say. */
const DETAIL: LineKind = { collector: 'jvm', pattern: /^((?:\[[^\]]*\])+) ?(?:GC\((\d+)\) )?(.+)/, meanings: ['decorations: of time, process, thread, level and tags, those that were asked for', 'number of the collection', 'detail of a phase, of a kind not explained here'] }

/** A line between collections, by its kind; undefined when it is none known here. */
export function explainOtherLine(line: string): ExplainedLine | undefined {
  for (const { collector, pattern, meanings, remark } of /\]\[.*\bgc\b/.test(line) ? [...KINDS, DETAIL] : KINDS) {
    const found = pattern.exec(line)
    if (found === null) continue
    const fields = meanings.flatMap((meaning, index) => {
      const field = found[index + 1]?.trim()
      return field === undefined || field === '' ? [] : [{ field, meaning }]
    })
    return { collector, fields, remarks: remark === undefined ? [] : [remark] }
  }
  return undefined
}
