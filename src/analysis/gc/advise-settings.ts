import { bytesText } from '../../base/bytes-text.ts'
import { type GcSummary, RISING_SCORE } from './gc-summary.ts'

/** What settings are wanted for. */
export interface AdviceRequest {
  runtime: 'go' | 'jvm' | 'node'
  /** The container's limit. */
  memoryBytes: number
  processors: number
  /** The longest pause that can be borne, where it matters. */
  latencyMs?: number | undefined
  /** JDK feature release; the collectors that exist depend on it. */
  jdk?: number | undefined
  /** Threads of a JVM; each has a stack. */
  threads?: number | undefined
  /** What a log says of the program; without it only its surroundings are known. */
  summary?: GcSummary | undefined
}

export interface Advice {
  /** As they are typed: `GOMEMLIMIT=1843MiB`, `-XX:+UseZGC`. */
  settings: string[]
  reasons: string[]
  /** Said when no setting will help. */
  notAKnob?: string | undefined
}

const MEBIBYTE = 2 ** 20
/** A heap that is alive to more than this share of what it may use is not a matter of settings. */
const TOO_FULL = 0.8
/** JVM memory beside the heap in a typical service: metaspace, code cache, GC structures; threads come on top. */
const JVM_BESIDE_BYTES = 200 * MEBIBYTE
const JVM_STACK_BYTES = MEBIBYTE
/** HotSpot itself calls a machine with fewer than 2 processors or 1792 MB no server and takes the serial collector. */
const SERVER_CLASS_BYTES = 1792 * MEBIBYTE
/** Node beside its heap: the binary, stacks, buffers; 25 % is what images sized by practice leave. */
const NODE_HEAP_SHARE = 0.75

/**
 * Settings of a collector for a container, each with its reason, or the word that none will help.
 * Sources: golang.org/doc/gc-guide (limit 5–10 % below the container, GOGC as the lower bound of frequency); HotSpot's
 * GC tuning guide (selecting a collector, server-class machines, MaxRAMPercentage); V8's flags. Figures named above
 * are rules of thumb, not measurements of the program: watch it after the change.
 */
export function adviseSettings(request: AdviceRequest): Advice {
  const advice = request.runtime === 'go' ? adviseGo(request) : request.runtime === 'jvm' ? adviseJvm(request) : adviseNode(request)
  const grows = request.summary?.floor
  if (grows !== undefined && grows.trendScore > RISING_SCORE && grows.bytes.length >= 5 && grows.lateShare > 0.25) {
    advice.notAKnob = `the live floor rises (${bytesText(grows.bytes[0])} → ${bytesText(grows.bytes.at(-1)!)}): a limit only sets the hour of the crash. Find the holder first.`
  }
  return advice
}

function adviseGo({ memoryBytes, summary }: AdviceRequest): Advice {
  const limit = Math.floor((0.9 * memoryBytes) / MEBIBYTE) * MEBIBYTE
  const live = summary?.floor?.bytes.at(-1)
  const settings = [`GOMEMLIMIT=${Math.floor(limit / MEBIBYTE)}MiB`]
  const reasons = ['GOMEMLIMIT a tenth below the container: the collector works harder near it instead of being killed at it; what is not Go memory (cgo, mapped files) needs the rest']
  if (live === undefined) {
    return { settings: ['GOGC=100', ...settings], reasons: [...reasons, 'GOGC stays at its default: without a log nothing speaks for another'] }
  }
  if (live > TOO_FULL * limit) {
    return { settings, reasons, notAKnob: `${bytesText(live)} are live of ${bytesText(limit)}: the collector would run without pause. More memory, or less kept.` }
  }
  // At GOGC=g the heap peaks near live · (1 + g/100): take the largest that fits, within reason.
  const percent = Math.min(400, Math.floor((100 * (0.95 * limit - live)) / live / 25) * 25)
  if (percent >= 100) {
    settings.unshift(`GOGC=${percent}`)
    reasons.push(`${bytesText(live)} live: at GOGC=${percent} the heap peaks near ${bytesText(live * (1 + percent / 100))}, and collections are ${(percent / 100).toFixed(1)} times rarer than at 100`)
  } else {
    settings.unshift('GOGC=100')
    reasons.push(`${bytesText(live)} live: GOGC=100 would peak at ${bytesText(2 * live)}, over the limit; GOMEMLIMIT will hold it down at the price of more collections`)
  }
  return { settings, reasons }
}

function adviseJvm({ memoryBytes, processors, latencyMs, jdk = 21, threads = 50, summary }: AdviceRequest): Advice {
  const beside = Math.max(JVM_BESIDE_BYTES + threads * JVM_STACK_BYTES, 0.25 * memoryBytes)
  const heap = Math.floor((memoryBytes - beside) / MEBIBYTE) * MEBIBYTE
  const reasons: string[] = []
  if (heap < 32 * MEBIBYTE) {
    return { settings: [], reasons, notAKnob: `${bytesText(memoryBytes)} leave no heap beside about ${bytesText(beside)} of metaspace, code and ${threads} stacks` }
  }
  const settings = [`-Xmx${Math.floor(heap / MEBIBYTE)}m`]
  reasons.push(`${bytesText(beside)} stay for metaspace, code, the collector and ${threads} stacks`)
  const live = summary?.floor?.bytes.at(-1)
  let notAKnob: string | undefined
  if (live !== undefined && live > TOO_FULL * heap) notAKnob = `${bytesText(live)} are live of ${bytesText(heap)} of heap: collections would follow each other. More memory, or less kept.`
  if (processors < 2 || memoryBytes < SERVER_CLASS_BYTES) {
    settings.push('-XX:+UseSerialGC')
    reasons.push(`${processors} processor${processors === 1 ? '' : 's'} and ${bytesText(memoryBytes)}: concurrent collectors would take their CPU and memory from the program`)
    if (latencyMs !== undefined) reasons.push(`pauses below ${latencyMs} ms are not promised here: Serial stops for as long as there is something alive to copy; keep less, or give it 2 processors and ${bytesText(SERVER_CLASS_BYTES)}`)
  } else if (latencyMs !== undefined && latencyMs < 20 && jdk >= 15) {
    settings.push('-XX:+UseZGC', ...(jdk === 21 || jdk === 22 ? ['-XX:+ZGenerational'] : []))
    reasons.push(`pauses below ${latencyMs} ms: ZGC stops for less than one, at any heap size; it wants CPU to spare and about a fifth more memory`)
    if (heap < 4 * 2 ** 30) reasons.push('below 4 GB of heap Shenandoah is worth a try: it keeps compressed references, ZGC does not')
  } else if (latencyMs === undefined && summary !== undefined && summary.pausedShare > 0.15) {
    settings.push('-XX:+UseParallelGC')
    reasons.push('no pause is too long and much time goes to collecting: Parallel gives the most work done for each CPU second')
  } else {
    settings.push('-XX:+UseG1GC', ...(latencyMs === undefined ? [] : [`-XX:MaxGCPauseMillis=${Math.max(20, Math.round(latencyMs))}`]))
    reasons.push('G1 balances pauses and throughput, and is what the JVM takes by itself here')
    if (latencyMs !== undefined && latencyMs < 20) reasons.push(`pauses below ${latencyMs} ms are beyond G1: JDK 15 and later have ZGC`)
  }
  return { settings, reasons, notAKnob }
}

function adviseNode({ memoryBytes, summary }: AdviceRequest): Advice {
  const heap = Math.floor((NODE_HEAP_SHARE * memoryBytes) / MEBIBYTE)
  const settings = [`--max-old-space-size=${heap}`]
  const reasons = [`three quarters of the container for the heap; Buffers, code, stacks and the binary need the rest. A program that keeps much in Buffers needs a smaller heap`]
  const live = summary?.floor?.bytes.at(-1)
  let notAKnob: string | undefined
  if (live !== undefined && live > TOO_FULL * heap * MEBIBYTE) notAKnob = `${bytesText(live)} are live of ${heap} MB: V8 would collect on and on. More memory, or less kept.`
  const scavengesPerSecond = summary === undefined ? 0 : (1000 * summary.minors) / summary.durationMs
  if (scavengesPerSecond > 5) {
    settings.push('--max-semi-space-size=64')
    reasons.push(`${scavengesPerSecond.toFixed(0)} scavenges a second: a larger young generation makes them rarer and lets more die young, for up to 192 MB more memory`)
  }
  return { settings, reasons, notAKnob }
}
