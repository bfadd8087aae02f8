import type { Report } from '../model/report.ts'

/** The report as JSON, the machine's form of the contract in docs/report.md. Typed arrays become plain ones. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, (_key, value: unknown) => (ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Uint32Array) : value), 2)}\n`
}
