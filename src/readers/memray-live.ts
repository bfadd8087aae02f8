import type { AllocationProfileBuilder } from '../model/allocation-profile-builder.ts'
import { PeakUsage } from './peak-usage.ts'

interface Block {
  site: number
  bytes: number
}
interface Mapping extends Block {
  start: number
}

/** munmap looks at every mapping; more of them than a process may have are not looked at. */
const MOST_MAPPINGS = 1 << 16

/**
 * What is allocated and not freed while events pass by, with totals by site. Memory mappings may be given back in
 * pieces; a freed address that was never allocated here was allocated before the recording began.
 */
export class LiveAllocations {
  readonly #usage = new PeakUsage('last')
  readonly #blocks = new Map<number, Block>()
  #mappings: Mapping[] = []
  // by site
  readonly #allocatedBytes: number[] = []
  readonly #allocatedCount: number[] = []
  readonly #liveCount: number[] = []

  /** Bytes live now. */
  get total(): number {
    return this.#usage.total
  }

  allocate(address: number, bytes: number, site: number, isMapping: boolean): void {
    this.#allocatedBytes[site] = (this.#allocatedBytes[site] ?? 0) + bytes
    this.#allocatedCount[site] = (this.#allocatedCount[site] ?? 0) + 1
    if (isMapping) {
      if (this.#mappings.length >= MOST_MAPPINGS) return
      this.unmap(address, bytes) // a fixed mapping replaces what was there
      this.#mappings.push({ start: address, bytes, site })
    } else {
      this.free(address) // its free was missed
      this.#blocks.set(address, { bytes, site })
    }
    this.#usage.change(site, bytes)
    this.#count(site, 1)
  }

  free(address: number): void {
    const block = this.#blocks.get(address)
    if (block === undefined) return
    this.#blocks.delete(address)
    this.#usage.change(block.site, -block.bytes)
    this.#count(block.site, -1)
  }

  unmap(start: number, bytes: number): void {
    const end = start + bytes
    if (!this.#mappings.some((each) => each.start < end && start < each.start + each.bytes)) return
    const left: Mapping[] = []
    for (const each of this.#mappings) {
      const eachEnd = each.start + each.bytes
      if (each.start >= end || eachEnd <= start) {
        left.push(each)
        continue
      }
      const before = Math.max(0, start - each.start)
      const after = Math.max(0, eachEnd - end)
      this.#usage.change(each.site, before + after - each.bytes)
      if (before > 0) left.push({ start: each.start, bytes: before, site: each.site })
      if (after > 0) left.push({ start: end, bytes: after, site: each.site })
      this.#count(each.site, (before > 0 ? 1 : 0) + (after > 0 ? 1 : 0) - 1)
    }
    this.#mappings = left
  }

  addTo(builder: AllocationProfileBuilder): void {
    builder.add(0, { liveBytes: 0, liveCount: 0, allocatedBytes: 0, allocatedCount: 0, peakBytes: 0 })
    for (const [site, allocatedCount] of this.#allocatedCount.entries()) {
      if (allocatedCount === undefined) continue
      builder.add(site, {
        allocatedCount,
        allocatedBytes: this.#allocatedBytes[site]!,
        liveBytes: this.#usage.live(site),
        liveCount: this.#liveCount[site] ?? 0,
        peakBytes: this.#usage.peak(site),
      })
    }
  }

  #count(site: number, by: number): void {
    this.#liveCount[site] = (this.#liveCount[site] ?? 0) + by
  }
}
