/**
 * The troubles we know. Each carries data, not only words, and says: where, what was expected, what was found,
 * and (as `hint`, on a line of its own) the way out. Anything else that is thrown is a bug of ours.
 * `cli/exit-code.ts` alone maps them to exit codes.
 */

interface Described {
  message: string
  hint?: string | undefined
  cause?: unknown
}

/** An error a user can act on. `hint` is the way out; it stands on its own line below the message. */
export abstract class KnownError extends Error {
  readonly hint: string | undefined

  constructor({ message, hint, cause }: Described) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.hint = hint
  }
}

/** The command line, or a function's arguments, cannot mean anything. */
export class UsageError extends KnownError {
  readonly argument: string
  readonly given: string

  constructor(at: { argument: string; given: string; allowed: string; hint?: string }) {
    super({ message: `${at.argument}: expected ${at.allowed}, found ${at.given}`, hint: at.hint })
    this.argument = at.argument
    this.given = at.given
  }
}

/** Where in an input something was wrong. Lines and columns count from 1, bytes from 0. */
export type Position =
  | { kind: 'byte'; byte: number; what?: string }
  | { kind: 'line'; line: number; column?: number }
  | { kind: 'whole' }

/** An input that cannot be read as what it claims to be. */
export class ReadError extends KnownError {
  readonly file: string
  readonly format: string
  readonly position: Position
  readonly expected: string
  readonly found: string

  constructor(at: {
    file: string
    format: string
    position: Position
    expected: string
    found: string
    hint?: string
    cause?: unknown
  }) {
    super({
      message: `${at.file}: ${at.format}: ${positionText(at.position)}expected ${at.expected}, found ${at.found}`,
      hint: at.hint,
      cause: at.cause,
    })
    this.file = at.file
    this.format = at.format
    this.position = at.position
    this.expected = at.expected
    this.found = at.found
  }
}

/** A live process could not be reached, asked or measured. */
export class ProbeError extends KnownError {
  readonly target: string
  readonly step: string

  constructor(at: { target: string; step: string; problem: string; hint?: string; cause?: unknown }) {
    super({ message: `${at.target}: ${at.step}: ${at.problem}`, hint: at.hint, cause: at.cause })
    this.target = at.target
    this.step = at.step
  }
}

/** A capture was forecast to cost more than there is, so it was not begun; the program is as it was. */
export class CaptureRefused extends ProbeError {}

/** The store on disk cannot be opened, read or written. */
export class StoreError extends KnownError {
  readonly path: string

  constructor(at: { path: string; step: string; problem: string; hint?: string; cause?: unknown }) {
    super({ message: `${at.path}: ${at.step}: ${at.problem}`, hint: at.hint, cause: at.cause })
    this.path = at.path
  }
}

/** Somebody asked us to stop. Not a failure. */
export class Cancelled extends KnownError {
  readonly step: string

  constructor(step: string) {
    super({ message: `stopped while ${step}` })
    this.step = step
  }
}

function positionText(position: Position): string {
  if (position.kind === 'byte') {
    const what = position.what === undefined ? '' : ` (${position.what})`
    return `byte ${position.byte}${what}: `
  }
  if (position.kind === 'line') {
    return position.column === undefined ? `line ${position.line}: ` : `line ${position.line}, column ${position.column}: `
  }
  return ''
}
