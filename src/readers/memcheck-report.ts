import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { addNotice, type Source } from '../model/source.ts'
import { withoutAllocators } from './allocator-frames.ts'

/** Memcheck's words for how lost a block is; they become `siteVerdict`. */
export const LOSS_KINDS = ['definitely lost', 'indirectly lost', 'possibly lost', 'still reachable', 'suppressed'] as const
export type LossKind = (typeof LOSS_KINDS)[number]

/** Blocks of one stack, innermost frame first. Bytes are those of the blocks themselves, not of what hangs on them. */
export interface LossRecord {
  kind: LossKind
  bytes: number
  blocks: number
  stack: Frame[]
}

export interface Amount {
  bytes: number
  blocks: number
}

/** One leak check of one process. */
export interface LeakCheck {
  process: string
  records: LossRecord[]
  summary: Map<LossKind, Amount>
  /** `total heap usage: 622 allocs, 500 frees, 637,038 bytes allocated`. */
  allocated?: Amount | undefined
}

/**
 * The profile of what Memcheck found at exit.
 *
 * Memcheck leaves out the records of the kinds it was not asked to show (by default the reachable and the indirectly
 * lost) but counts them in its summary. Their sum becomes a site of its own, named so, and totals by kind are the
 * summary's. Several processes in one output (a forked child, `--trace-children`) get a frame each at the root.
 */
export function profileOfLeakChecks(source: Source, checks: readonly LeakCheck[]): AllocationProfile {
  const builder = new AllocationProfileBuilder(source)
  const several = new Set(checks.map(({ process }) => process)).size > 1
  builder.add(0, { liveBytes: 0, liveCount: 0 })
  for (const { process, records, summary } of checks) {
    const root: Frame[] = several ? [{ functionName: `[process ${process}]` }] : []
    const found = new Map<LossKind, Amount>()
    for (const { kind, bytes, blocks, stack } of records) {
      const site = builder.stack([...root, ...withoutAllocators(stack).toReversed()], kind)
      builder.add(site, { liveBytes: bytes, liveCount: blocks })
      const sum = found.get(kind) ?? { bytes: 0, blocks: 0 }
      found.set(kind, { bytes: sum.bytes + bytes, blocks: sum.blocks + blocks })
    }
    for (const [kind, { bytes, blocks }] of summary) {
      const listed = found.get(kind) ?? { bytes: 0, blocks: 0 }
      if (bytes <= listed.bytes) continue
      const site = builder.stack([...root, { functionName: `(${kind}, not listed by memcheck)` }], kind)
      builder.add(site, { liveBytes: bytes - listed.bytes, liveCount: Math.max(0, blocks - listed.blocks) })
      addNotice(source, {
        code: 'records-not-listed',
        message: 'loss records counted in the summary but not listed; to see their stacks run valgrind --leak-check=full --show-leak-kinds=all',
      })
    }
  }
  if (several) addNotice(source, { code: 'several-processes', count: checks.length, message: 'leak checks of several processes; each has a frame of its own at the root' })
  const allocated = checks.flatMap((check) => check.allocated ?? [])
  const isKnown = allocated.length === checks.length && allocated.length > 0
  return builder.build({
    unit: 'blocks',
    provesLoss: true,
    totals: isKnown
      ? { allocatedBytes: allocated.reduce((sum, { bytes }) => sum + bytes, 0), allocatedCount: allocated.reduce((sum, { blocks }) => sum + blocks, 0) }
      : undefined,
  })
}

/** `1,280` → 1280. Valgrind groups digits by commas in texts and, from 3.2x on, in some XML elements. */
export function commaNumber(text: string): number {
  return Number(text.replaceAll(',', ''))
}

/**
 * Bytes of the record's own blocks out of its sentence: `1,280 (64 direct, 1,216 indirect) bytes in 1 blocks are …`.
 * The indirect ones have records of their own.
 */
export function directBytes(sentence: string): number | undefined {
  const direct = /\(([\d,]+)(?: \([+-][\d,]+\))? direct, /.exec(sentence)
  return direct === null ? undefined : commaNumber(direct[1]!)
}
