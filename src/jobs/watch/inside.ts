import type { Sample } from '../../model/memory-series-builder.ts'
import { findInspector } from '../../probes/attached-program.ts'
import { goCollectorOf, liveFromGoal } from '../../probes/go-collector.ts'
import { readJvmCounters } from '../../probes/jvm-perfdata.ts'
import { readMetricsPage } from '../../probes/metrics-page.ts'
import { NodeInspector } from '../../probes/node-inspector.ts'
import { OwnAccount } from '../../probes/own-account.ts'
import { runtimeOfProcess } from '../../probes/runtime-of.ts'
import type { WatchOptions } from './watch-plan.ts'

/** One place from which numbers come that only the runtime knows. */
interface InsideSource {
  /** For people: `Node inspector`, `GC log`. */
  from: string
  runtime?: string | undefined
  read(): Promise<Sample>
  close?(): Promise<void>
}

/**
 * Numbers from inside the runtime, from every place where they can be had without changing the program: a page it serves, a
 * log its collector writes, an inspector that is open, counters a JVM publishes, what our helper writes.
 * Later ones win: a log knows what a collection left, a page what is used at this moment.
 */
export class Inside {
  readonly #sources: readonly InsideSource[]
  readonly #pid: number
  /** Sources that said something at least once. */
  readonly #heard = new Set<InsideSource>()

  private constructor(pid: number, sources: readonly InsideSource[]) {
    this.#pid = pid
    this.#sources = sources
  }

  /**
   * `heard`: what a program that we started says on stderr. One that we have just started may serve its page later.
   * @throws ProbeError when the page of a program that runs already does not answer
   */
  static async open(pid: number, { metricsUrl, gcLogPath, inside, target, heard }: Pick<WatchOptions, 'metricsUrl' | 'gcLogPath' | 'inside' | 'target'> & { heard?: { read(): Promise<Sample> } | undefined }): Promise<Inside> {
    const sources: InsideSource[] = []
    if (metricsUrl !== undefined) {
      if (target.kind !== 'command') await readMetricsPage(metricsUrl) // refuse at once what will never answer
      // A page that fails once later is a gap, not the end of the watch.
      sources.push({ from: 'the page of metrics', read: () => readMetricsPage(metricsUrl).catch(() => ({})) })
    }
    if (inside === 'read') sources.push(...(await ownSources(pid)))
    if (heard !== undefined) sources.push({ from: 'gctrace', runtime: 'go', read: () => heard.read() })
    if (gcLogPath !== undefined) {
      const { GcLogFollower } = await import('./follow-gc-log.ts') // brings the readers along
      const follower = new GcLogFollower(gcLogPath)
      sources.push({ from: 'the GC log', read: () => follower.read() })
    }
    return new Inside(pid, sources)
  }

  get from(): string[] {
    return this.#sources.map(({ from }) => from)
  }

  /** Those that were asked all the time and never said anything. */
  get silent(): string[] {
    return this.#sources.filter((source) => !this.#heard.has(source)).map(({ from }) => from)
  }

  get runtime(): string | undefined {
    return this.#sources.map(({ runtime }) => runtime).find((each) => each !== undefined)
  }

  async read(): Promise<Sample> {
    if (this.#sources.length === 0) return {}
    const parts = await Promise.all(this.#sources.map((source) => source.read()))
    for (const [i, source] of this.#sources.entries()) if (Object.keys(parts[i]!).length > 0) this.#heard.add(source)
    const sample: Sample = Object.assign({}, ...parts.map(known))
    const goal = sample['heap-goal']
    if (goal !== undefined && sample['heap-live'] === undefined) {
      const live = liveFromGoal(goal, goCollectorOf(this.#pid))
      if (live !== undefined) sample['heap-live'] = live
    }
    return sample
  }

  async close(): Promise<void> {
    for (const source of this.#sources) await source.close?.()
  }
}

/** How a program of this runtime is made to tell what only it knows. */
export function wayInside(runtime: string | undefined): string | undefined {
  switch (runtime) {
    case 'node':
      return 'STILLHERE_MEASURE=1 node --import stillhere/register app.js'
    case 'python':
      return 'python3 -m stillhere app.py'
    case 'go':
      return '--metrics http://127.0.0.1:PORT/debug/pprof/ or /debug/vars'
    default:
      return undefined
  }
}

/** What this very process publishes. */
async function ownSources(pid: number): Promise<InsideSource[]> {
  const found: InsideSource[] = []
  const inspectorUrl = await findInspector(pid)
  if (inspectorUrl !== undefined) {
    const inspector = await NodeInspector.open(inspectorUrl, `pid ${pid}`)
    found.push({ from: 'its inspector', runtime: 'node', read: () => readInspector(inspector).catch(() => ({})), close: () => inspector.close() })
  }
  if (runtimeOfProcess(pid) === 'jvm' && readJvmCounters(pid) !== undefined) {
    found.push({ from: 'the counters of the JVM', runtime: 'jvm', read: () => Promise.resolve(readJvmCounters(pid) ?? {}) })
  }
  const account = OwnAccount.find(pid)
  if (account !== undefined) found.push({ from: 'stillhere inside it', runtime: account.runtime, read: () => Promise.resolve(account.read()) })
  return found
}

async function readInspector(inspector: NodeInspector): Promise<Sample> {
  const memory = await inspector.readMemory()
  return {
    'heap-used': memory.heapUsedBytes,
    'heap-committed': memory.heapCommittedBytes,
    'heap-limit': memory.heapLimitBytes,
    external: memory.externalBytes,
    'array-buffers': memory.arrayBuffersBytes,
    'context-count': memory.contextCount,
    'handle-count': memory.handleCount,
  }
}

/** What is NaN must not hide what another source knows. */
function known(sample: Sample): Sample {
  return Object.fromEntries(Object.entries(sample).filter(([, value]) => !Number.isNaN(value))) as Sample
}
