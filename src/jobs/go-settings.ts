import { UsageError } from '../base/errors.ts'
import type { GoSettings } from '../analysis/gc/go-pacer.ts'

const UNITS: Record<string, number> = { '': 1, B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

/** `GOGC=200,GOMEMLIMIT=2GiB` as settings; the words and units are those the Go runtime takes. @throws UsageError */
export function parseGoSettings(text: string): GoSettings {
  let percent = 100
  let limitBytes: number | undefined
  for (const part of text.split(/[,\s]+/).filter((each) => each !== '')) {
    const [name, value = ''] = part.split('=')
    if (name === 'GOGC' && (/^\d+$/.test(value) && Number(value) > 0)) percent = Number(value)
    else if (name === 'GOGC' && value === 'off') percent = Number.POSITIVE_INFINITY
    else if (name === 'GOMEMLIMIT' && /^\d+(?:B|KiB|MiB|GiB|TiB)?$/.test(value)) {
      const [, digits = '0', unit = ''] = /^(\d+)(.*)$/.exec(value) ?? []
      limitBytes = Number(digits) * (UNITS[unit] ?? 1)
    } else {
      throw new UsageError({ argument: '--what-if', given: `"${part}"`, allowed: 'GOGC=<percent>|off and GOMEMLIMIT=<number>[B|KiB|MiB|GiB|TiB], with commas between' })
    }
  }
  if (!Number.isFinite(percent) && limitBytes === undefined) {
    throw new UsageError({ argument: '--what-if', given: text, allowed: 'GOGC=off only together with GOMEMLIMIT', hint: 'Without either nothing would ever be collected.' })
  }
  return { percent, limitBytes }
}
