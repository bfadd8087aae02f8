import { type Gate, updateBaseline } from '../analysis/gate.ts'
import type { Baseline } from '../model/baseline.ts'

/** The text of the baseline file without what is fixed, and with what is new. */
export function updatedBaselineText(baseline: Baseline, gate: Gate, taken: { reason: string; expires?: string | undefined }): string {
  return `${JSON.stringify(updateBaseline(baseline, gate, taken), null, 2)}\n`
}
