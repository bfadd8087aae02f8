import { UsageError } from '../../base/errors.ts'
import type { ExplainedLine } from './explained-line.ts'
import { explainOtherLine } from './line-kinds.ts'

const GO = /gc (\d+) @([\d.]+)s (\d+)%(?: \(([^)]*)\))?: ([\d.]+)\+([\d.]+)\+([\d.]+) ms clock, ([\d.]+)\+([\d.]+)(?:\/([\d.]+)\/([\d.]+))?\+([\d.]+) ms cpu, (\d+)->(\d+)->(\d+) MB, (\d+) MB goal,(?: (\d+) MB stacks, (\d+) MB globals,)? (\d+) P( \(forced\))?/
const V8 = /\[(\d+):(0x[0-9a-f]+)(?::\d+)?\]\s+([\d.]+) ms: ([A-Za-z][A-Za-z ()-]*?) ([\d.]+) \(([\d.]+)\) -> ([\d.]+) \(([\d.]+)\) MB, (?:pooled: ([\d.]+) MB, )?([\d.]+) \/ ([\d.]+) ms(?:.*?average mu = ([\d.]+), current mu = ([\d.]+)\))?\s*(.*)$/
const JVM = /GC\((\d+)\) Pause (\w[\w ]*?)((?: \(.*\))*?) ([\d.,]+)([KMG])->([\d.,]+)([KMG])\(([\d.,]+)([KMG])\) ([\d.,]+)ms/
const Z = /GC\((\d+)\) (Garbage Collection|Minor Collection|Major Collection) \((.*)\) (\d+)([KMG])\((\d+)%\)->(\d+)([KMG])\((\d+)%\)(?: ([\d.]+)s)?/
const JVM8 = /\[(Full GC|GC) \(([^()]*(?:\(\))?)\).*?(\d+)K->(\d+)K\((\d+)K\)(?:, \[Metaspace[^\]]*\])?, ([\d.]+) secs\]/

/**
 * Each field of one line of a collector's log with its meaning, and what stands out.
 * Meanings: Go's runtime package documentation (gctrace), V8's gc-tracer, JEP 158 and the JDK's logging.
 * @throws UsageError when the line is of no kind known here
 */
export function explainGcLine(line: string): ExplainedLine {
  const explained = explainGo(line) ?? explainV8(line) ?? explainJvm(line) ?? explainZ(line) ?? explainJvm8(line) ?? explainOtherLine(line)
  if (explained !== undefined) return explained
  throw new UsageError({
    argument: '--explain',
    given: `"${line.slice(0, 80)}"`,
    allowed: 'one line of Go’s gctrace, node --trace-gc, a JVM GC log or CPython’s gc.DEBUG_STATS',
    hint: 'Quote the whole line, from `gc 23 @…`, `[5120:0x…]` or `[…] GC(12) Pause …`.',
  })
}

function explainGo(line: string): ExplainedLine | undefined {
  const found = GO.exec(line)
  if (found === null) return undefined
  const n = (group: number): number => Number(found[group] ?? Number.NaN)
  const [before, peak, live, goal] = [n(13), n(14), n(15), n(16)]
  const stopped = n(5) + n(7)
  const assist = n(9)
  const cpu = n(8) + assist + (n(10) || 0) + n(12)
  const remarks: string[] = []
  if (n(3) >= 25) remarks.push(`the collector has taken ${n(3)} % of all CPU since the start: the program is bound by what it allocates`)
  else if (n(3) <= 5) remarks.push(`${n(3)} % of CPU since the start goes to collecting: cheap`)
  if (assist > 0.3 * cpu) remarks.push(`${Math.round((100 * assist) / cpu)} % of the marking was done by the program's own goroutines (assists): it allocates faster than the background workers mark`)
  if (peak > 1.1 * goal) remarks.push(`the heap passed its goal by ${peak - goal} MB while marking`)
  if (live > 0 && goal > 0) remarks.push(`the next goal is about ${2 * live} MB at GOGC=100 (twice what is live)`)
  if (stopped > 1) remarks.push(`the world stood still for ${stopped.toFixed(2)} ms, long for Go: look for a goroutine that cannot be stopped quickly`)
  if (found[20] !== undefined) remarks.push('forced: somebody called runtime.GC(), or two minutes had passed')
  return {
    collector: 'go',
    fields: [
      { field: `gc ${found[1]}`, meaning: 'number of the collection since the start' },
      { field: `@${found[2]}s`, meaning: 'seconds since the start of the program' },
      { field: `${found[3]}%`, meaning: 'share of all CPU spent on collecting since the start' },
      ...(found[4] === undefined ? [] : [{ field: `(${found[4]})`, meaning: 'what else this cycle did' }]),
      { field: `${found[5]} ms clock`, meaning: 'sweep termination: the world stands still' },
      { field: `${found[6]} ms clock`, meaning: 'marking, beside the program' },
      { field: `${found[7]} ms clock`, meaning: 'mark termination: the world stands still' },
      { field: `${found[8]} ms cpu`, meaning: 'CPU of sweep termination' },
      { field: `${found[9]}/${found[10] ?? '?'}/${found[11] ?? '?'} ms cpu`, meaning: 'CPU of marking: assists of the program / background workers / idle workers' },
      { field: `${found[12]} ms cpu`, meaning: 'CPU of mark termination' },
      { field: `${before}->${peak}->${live} MB`, meaning: 'heap when it started -> when it ended -> what is live (whole MiB, rounded down)' },
      { field: `${goal} MB goal`, meaning: 'size the collector wanted to end at' },
      ...(found[17] === undefined ? [] : [{ field: `${found[17]} MB stacks, ${found[18]} MB globals`, meaning: 'scanned too, and part of the goal since Go 1.18' }]),
      { field: `${found[19]} P`, meaning: 'processors used (GOMAXPROCS)' },
    ],
    remarks,
  }
}

function explainV8(line: string): ExplainedLine | undefined {
  const found = V8.exec(line)
  if (found === null) return undefined
  const n = (group: number): number => Number(found[group] ?? Number.NaN)
  const isMajor = !/^(?:Scavenge|Minor)/.test(found[4]!)
  const remarks: string[] = []
  if (n(13) < 0.2) remarks.push(`current mu ${found[13]}: the program hardly runs between collections; near 0 an out-of-memory error follows`)
  if (isMajor && n(7) > 0.9 * n(5)) remarks.push(`a full collection freed only ${(n(5) - n(7)).toFixed(1)} MB of ${n(5)} MB: what is left is alive`)
  if (!isMajor && n(7) > 0.9 * n(5)) remarks.push('hardly anything young died: the objects are long-lived or the young generation is too small for one request')
  if (n(10) > 100) remarks.push(`a pause of ${n(10)} ms is long enough for users to notice`)
  return {
    collector: 'v8',
    fields: [
      { field: `[${found[1]}:${found[2]}]`, meaning: 'process id, and the isolate (each worker has its own)' },
      { field: `${found[3]} ms`, meaning: 'since the start of the isolate' },
      { field: found[4]!, meaning: isMajor ? 'major collection: the whole heap' : 'minor collection: the young generation' },
      { field: `${found[5]} (${found[6]})`, meaning: 'MiB in use before (and held from the system)' },
      { field: `${found[7]} (${found[8]})`, meaning: 'MiB in use after (and held from the system)' },
      ...(found[9] === undefined ? [] : [{ field: `pooled: ${found[9]} MB`, meaning: 'free pages kept for reuse' }]),
      { field: `${found[10]} / ${found[11]} ms`, meaning: 'pause / of it in callbacks of the embedder' },
      ...(found[12] === undefined ? [] : [{ field: `mu ${found[12]}, ${found[13]}`, meaning: 'mutator utilization, average and now: the share of time the program could run' }]),
      { field: found[14]!.replace(/;\s*$/, ''), meaning: 'why it was started' },
    ],
    remarks,
  }
}

function explainJvm(line: string): ExplainedLine | undefined {
  const found = JVM.exec(line)
  if (found === null) return undefined
  const [before, after, capacity] = [size(found[4]!, found[5]!), size(found[6]!, found[7]!), size(found[8]!, found[9]!)]
  const full = found[2]!.startsWith('Full')
  const remarks: string[] = []
  if (full) remarks.push(`${found[6]}${found[7]} after a full collection is the live heap: compare it with the next full one`)
  else remarks.push('what is left after a young collection still holds dead old objects: it says nothing about a leak')
  if (after > 0.85 * capacity) remarks.push(`${Math.round((100 * after) / capacity)} % of the heap is still in use: near its size`)
  if (full && after > 0.9 * before) remarks.push('it freed next to nothing')
  if (/Humongous/.test(found[3]!)) remarks.push('humongous: an object of at least half a region started it')
  if (/Evacuation Failure|To-space/.test(found[3]!)) remarks.push('no room to move objects to: the heap is too small or fills too fast')
  return {
    collector: 'jvm',
    fields: [
      { field: `GC(${found[1]})`, meaning: 'number of the collection; lines of the same number belong together' },
      { field: `Pause ${found[2]}`, meaning: full ? 'the whole heap, the program stopped' : 'the young generation (and for Mixed a part of the old one), the program stopped' },
      { field: found[3]!.trim(), meaning: 'kind and cause' },
      { field: `${found[4]}${found[5]}->${found[6]}${found[7]}`, meaning: 'in use before -> after' },
      { field: `(${found[8]}${found[9]})`, meaning: 'size of the heap (committed)' },
      { field: `${found[10]}ms`, meaning: 'how long the program stood still' },
    ],
    remarks,
  }
}

function explainZ(line: string): ExplainedLine | undefined {
  const found = Z.exec(line)
  if (found === null) return undefined
  return {
    collector: 'ZGC',
    fields: [
      { field: `GC(${found[1]})`, meaning: 'number of the collection' },
      { field: found[2]!, meaning: found[2] === 'Minor Collection' ? 'the young generation' : 'the whole heap' },
      { field: `(${found[3]})`, meaning: 'why it was started' },
      { field: `${found[4]}${found[5]}(${found[6]}%)->${found[7]}${found[8]}(${found[9]}%)`, meaning: 'in use at start -> at end, with the share of the maximum; what the program allocated meanwhile is in it' },
      ...(found[10] === undefined ? [] : [{ field: `${found[10]}s`, meaning: 'duration, nearly all of it beside the program (pauses are lines of their own)' }]),
    ],
    remarks: [
      'the `Live:` row of the same number says what marking found alive: that is the floor to watch',
      ...(Number(found[9]) > 85 ? [`${found[9]} % of the maximum in use at the end: allocation stalls are near`] : []),
    ],
  }
}

function explainJvm8(line: string): ExplainedLine | undefined {
  const found = JVM8.exec(line)
  if (found === null) return undefined
  const full = found[1] === 'Full GC'
  return {
    collector: 'jvm',
    fields: [
      { field: found[1]!, meaning: full ? 'the whole heap' : 'the young generation' },
      { field: `(${found[2]})`, meaning: 'cause' },
      { field: `${found[3]}K->${found[4]}K`, meaning: 'in use before -> after, of the whole heap' },
      { field: `(${found[5]}K)`, meaning: 'size of the heap (committed)' },
      { field: `${found[6]} secs`, meaning: 'how long the program stood still' },
    ],
    remarks: [full ? 'what is left after a full collection is the live heap' : 'what is left after a young collection still holds dead old objects'],
  }
}

function size(number: string, unit: string): number {
  return Number(number.replace(',', '.')) * (unit === 'G' ? 2 ** 30 : unit === 'M' ? 2 ** 20 : 2 ** 10)
}
