import { nativeMemory } from '../../analysis/patterns/native-memory.ts'
import type { Judgement } from '../../analysis/rounds/judge.ts'
import type { NativeTriage } from '../../analysis/rounds/triage.ts'
import { bytesText, countText } from '../../base/bytes-text.ts'
import type { Finding, Growth } from '../../model/finding.ts'

const KINDS = {
  heap: {
    pattern: 'heap-rises',
    category: 'other',
    metric: 'heap-floor',
    title: 'the heap rises steadily, but no single holder accounts for it',
    advice: 'Run it longer (--rounds 61) and keep the snapshots (--out DIR); then compare them: stillhere diff DIR/1.heapsnapshot DIR/3.heapsnapshot',
  },
  external: {
    pattern: 'external-rises',
    category: 'external-memory',
    metric: 'external',
    title: 'memory outside the heap rises steadily, but no object in the snapshots holds it',
    advice: 'Look for native modules and WebAssembly memories that are grown or created per operation; their objects may be small while what they own is not.',
  },
  'detached-contexts': {
    pattern: 'detached-contexts',
    category: 'detached',
    metric: 'context-count',
    title: 'contexts that are no longer used stay: one realm (vm context, worker, frame) after the other',
    advice: 'Find who keeps a function or object of a vm context: reuse one context, or drop every reference into it.',
  },
  native: {
    pattern: nativeMemory.id,
    category: nativeMemory.category,
    metric: 'native',
    title: nativeMemory.title,
    advice: nativeMemory.advice,
  },
} as const

/** The finding when memory grows and the snapshots name nobody: what is known, and how to learn more. */
export function processFinding(kind: keyof typeof KINDS, judgement: Judgement, per: Growth['per'], native?: NativeTriage): Finding {
  const { pattern, category, metric, title, advice } = KINDS[kind]
  const rise = kind === 'native' ? (native?.rise ?? judgement.external) : kind === 'heap' ? judgement.heap : kind === 'external' ? judgement.external : judgement.detachedContexts
  const rate = kind === 'native' ? rise.lateUnit : rise.perUnit
  const isCount = kind === 'detached-contexts'
  const amount = isCount ? countText(rise.perUnit) : bytesText(rate)
  return {
    verdict: 'leak',
    pattern,
    category,
    title,
    reasons: [...judgement.reasons, { for: true, text: kind === 'native' ? `${amount} per ${per} in the later half of the rounds without a snapshot, steadily; heap and external memory are flat` : `${amount} per ${per}, and as much in the later rounds as in the first` }],
    subject: { kind: 'process', className: '', metric },
    growth: { bytes: isCount ? 0 : rate, count: isCount ? rise.perUnit : 0, per },
    paths: [],
    // There is no path to tell two such bugs apart.
    fingerprint: pattern,
    advice,
  }
}
