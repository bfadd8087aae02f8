import type { AllocationProfile, ProfileTotals } from './allocation-profile.ts'
import { checkAllocationProfile } from './check-allocation-profile.ts'
import { NONE } from './heap-graph.ts'
import type { MemorySeries } from './memory-series.ts'
import type { Source } from './source.ts'
import { Interner } from './string-table.ts'

export interface Frame {
  functionName: string
  file?: string | undefined
  /** From 1. */
  line?: number | undefined
  /** From 1. */
  column?: number | undefined
}

export interface SiteValues {
  liveBytes?: number
  liveCount?: number
  allocatedBytes?: number
  allocatedCount?: number
  peakBytes?: number
}

const VALUES = ['liveBytes', 'liveCount', 'allocatedBytes', 'allocatedCount', 'peakBytes'] as const

/** Makes an `AllocationProfile`: say a stack and what was allocated there; equal stacks add up. */
export class AllocationProfileBuilder {
  readonly interner = new Interner()
  readonly #source: Source
  readonly #frameNumbers = new Map<string, number>()
  readonly #functionName: number[] = []
  readonly #file: number[] = []
  readonly #line: number[] = []
  readonly #column: number[] = []
  readonly #siteParent: number[] = [0]
  readonly #siteFrame: number[] = [NONE]
  readonly #siteVerdict: number[] = [NONE]
  readonly #children = new Map<string, number>()
  readonly #values: { [V in (typeof VALUES)[number]]?: number[] } = {}

  constructor(source: Source) {
    this.#source = source
  }

  /** The row of this frame; equal frames share one. */
  frame({ functionName, file, line = 0, column = 0 }: Frame): number {
    const name = this.interner.number(functionName)
    const fileNumber = file === undefined ? NONE : this.interner.number(file)
    const key = `${name} ${fileNumber} ${line} ${column}`
    const known = this.#frameNumbers.get(key)
    if (known !== undefined) return known
    const number = this.#functionName.length
    this.#frameNumbers.set(key, number)
    this.#functionName.push(name)
    this.#file.push(fileNumber)
    this.#line.push(line)
    this.#column.push(column)
    return number
  }

  /**
   * The site reached from `parent` (0: the root) by one more call into `frame`. A tool that judges what one stack
   * allocated in several ways (definitely and indirectly lost) gets a site for each `verdict`.
   */
  site(parent: number, frame: number, verdict?: string): number {
    const key = verdict === undefined ? `${parent} ${frame}` : `${parent} ${frame} ${verdict}`
    const known = this.#children.get(key)
    if (known !== undefined) return known
    const site = this.#siteParent.length
    this.#children.set(key, site)
    this.#siteParent.push(parent)
    this.#siteFrame.push(frame)
    this.#siteVerdict.push(verdict === undefined ? NONE : this.interner.number(verdict))
    return site
  }

  /** The site of a whole stack, outermost caller first; the `verdict`, if any, is about its last frame. */
  stack(frames: readonly Frame[], verdict?: string): number {
    let site = 0
    for (const [depth, frame] of frames.entries()) {
      site = this.site(site, this.frame(frame), depth === frames.length - 1 ? verdict : undefined)
    }
    return site
  }

  add(site: number, values: SiteValues): void {
    for (const name of VALUES) {
      const value = values[name]
      if (value === undefined) continue
      const column = (this.#values[name] ??= [])
      column[site] = (column[site] ?? 0) + value
    }
  }

  setVerdict(site: number, verdict: string): void {
    this.#siteVerdict[site] = this.interner.number(verdict)
  }

  build({ unit, samplingIntervalBytes, series, totals, provesLoss }: {
    unit: string
    samplingIntervalBytes?: number | undefined
    totals?: ProfileTotals | undefined
    provesLoss?: boolean | undefined
    series?: MemorySeries | undefined
  }): AllocationProfile {
    const siteCount = this.#siteParent.length
    const column = (name: (typeof VALUES)[number]): Float64Array | undefined => {
      const given = this.#values[name]
      if (given === undefined) return undefined
      return Float64Array.from({ length: siteCount }, (_, site) => given[site] ?? 0)
    }
    const profile: AllocationProfile = {
      source: this.#source,
      strings: this.interner.table(),
      frames: {
        functionName: Uint32Array.from(this.#functionName),
        file: Uint32Array.from(this.#file),
        line: Uint32Array.from(this.#line),
        column: Uint32Array.from(this.#column),
      },
      siteCount,
      siteParent: Uint32Array.from(this.#siteParent),
      siteFrame: Uint32Array.from(this.#siteFrame),
      liveBytes: column('liveBytes'),
      liveCount: column('liveCount'),
      allocatedBytes: column('allocatedBytes'),
      allocatedCount: column('allocatedCount'),
      peakBytes: column('peakBytes'),
      samplingIntervalBytes,
      unit,
      series,
      totals,
      provesLoss,
      siteVerdict: this.#siteVerdict.some((verdict) => verdict !== NONE) ? Uint32Array.from(this.#siteVerdict) : undefined,
    }
    checkAllocationProfile(profile)
    return profile
  }
}
