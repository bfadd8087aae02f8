import { InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../../base/errors.ts'
import type { TargetChoice } from '../../jobs/hunt/target-choice.ts'

/** The program a command is about: one to start after `--`, a pid, or an inspector's address; exactly one of them. */
export function targetOf(args: readonly string[], { pid, inspect }: { pid?: number; inspect?: string }): TargetChoice {
  const given = [args.length > 0, pid !== undefined, inspect !== undefined].filter(Boolean).length
  if (given !== 1) {
    throw new UsageError({
      argument: 'target',
      given: given === 0 ? 'none' : 'more than one',
      allowed: 'a command after --, or --pid N, or --inspect ADDRESS',
      hint: 'stillhere hunt --request / -- node app.js',
    })
  }
  if (pid !== undefined) return { kind: 'pid', pid }
  if (inspect !== undefined) return { kind: 'inspector', address: inspect }
  return { kind: 'launch', command: args }
}

/** A parser of whole numbers of at least `least`, for commander. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (Number.isSafeInteger(number) && number >= least) return number
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`)
  }
}

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** `500ms`, `10s`, `2m`, `1h`, or a plain number of seconds, in milliseconds. For commander. */
export function durationArgument(text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text) ?? []
  if (number === undefined || Number(number) === 0) throw new InvalidArgumentError('It must be a time such as 500ms, 10s or 2m.')
  return Number(number) * UNIT_MS[unit as keyof typeof UNIT_MS]
}

/** An option that is a time, with what it is unless given, told as people write times. */
export function durationOption(flags: string, description: string, defaultMs: number): Option {
  return new Option(flags, description).argParser(durationArgument).default(defaultMs, `${defaultMs / 1000}s`)
}
