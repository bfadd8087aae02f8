import { UsageError } from '../base/errors.ts'
import type { GenerationalSettings } from '../analysis/gc/generational-replay.ts'
import type { GoSettings } from '../analysis/gc/go-pacer.ts'

/** Settings of one runtime, and how they were written. */
export type GcSettings = { text: string } & (({ runtime: 'go' } & GoSettings) | GenerationalSettings)

const GO_UNITS: Record<string, number> = { '': 1, B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }
const JVM_UNITS: Record<string, number> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }
const ALLOWED = 'GOGC=<percent>|off and GOMEMLIMIT=<number>[B|KiB|MiB|GiB|TiB] (Go), -Xmx<size> and -Xmn<size> (JVM), --max-semi-space-size=<MiB> and --max-old-space-size=<MiB> (Node); commas between'

/** `GOGC=200,GOMEMLIMIT=2GiB`, `-Xmx512m`, `--max-semi-space-size=64`: the words and units each runtime takes. @throws UsageError */
export function parseGcSettings(text: string): GcSettings {
  const parts = text.split(/[,\s]+/).filter((each) => each !== '')
  const refuse = (given: string): never => {
    throw new UsageError({ argument: '--what-if', given: `"${given}"`, allowed: ALLOWED })
  }
  if (parts.length === 0) refuse(text)
  if (parts.some((each) => each.startsWith('-Xm'))) {
    const settings: GcSettings & { runtime: 'jvm' } = { runtime: 'jvm', text: parts.join(' ') }
    for (const part of parts) {
      const found = /^-Xm([xn])(\d+)([kmgt]?)$/i.exec(part)
      if (found === null) return refuse(part)
      const bytes = Number(found[2]) * JVM_UNITS[found[3]!.toLowerCase()]!
      if (!(bytes > 0)) return refuse(part)
      if (found[1] === 'x') settings.maxHeapBytes = bytes
      else settings.youngBytes = bytes
    }
    return settings
  }
  if (parts.some((each) => each.startsWith('--max'))) {
    const settings: GcSettings & { runtime: 'v8' } = { runtime: 'v8', text: parts.join(' ') }
    for (const part of parts) {
      const found = /^--max[-_](semi|old)[-_]space[-_]size=(\d+)$/.exec(part)
      if (found === null || Number(found[2]) === 0) return refuse(part)
      if (found[1] === 'semi') settings.semiSpaceBytes = Number(found[2]) * 2 ** 20
      else settings.oldSpaceBytes = Number(found[2]) * 2 ** 20
    }
    return settings
  }
  return parseGoSettings(parts, refuse)
}

function parseGoSettings(parts: readonly string[], refuse: (given: string) => never): GcSettings {
  let percent = 100
  let limitBytes: number | undefined
  for (const part of parts) {
    const [name, value = ''] = part.split('=')
    if (name === 'GOGC' && /^\d+$/.test(value) && Number(value) > 0) percent = Number(value)
    else if (name === 'GOGC' && value === 'off') percent = Number.POSITIVE_INFINITY
    else if (name === 'GOMEMLIMIT' && /^\d+(?:B|KiB|MiB|GiB|TiB)?$/.test(value)) {
      const [, digits = '0', unit = ''] = /^(\d+)(.*)$/.exec(value) ?? []
      limitBytes = Number(digits) * (GO_UNITS[unit] ?? 1)
    } else return refuse(part)
  }
  if (!Number.isFinite(percent) && limitBytes === undefined) {
    throw new UsageError({ argument: '--what-if', given: parts.join(' '), allowed: 'GOGC=off only together with GOMEMLIMIT', hint: 'Without either nothing would ever be collected.' })
  }
  return { runtime: 'go', text: parts.join(' '), percent, limitBytes }
}
