import type { Run } from '../base/run.ts'
import type { Report } from '../model/report.ts'
import type { Masker } from '../render/mask.ts'
import type { ExitCode, FailOn } from './exit-code.ts'

/** What a command may do to the world: everything it prints and ends with goes through here. */
export interface Shell {
  /** To stdout, as it is. */
  write(text: string): void
  /** To stderr, one line. */
  tell(line: string): void
  /** Stdout is a terminal. */
  readonly isTerminal: boolean
  /** Colours are wanted on stdout (a terminal, no NO_COLOR, or FORCE_COLOR). */
  readonly color: boolean
  /** Columns to write for; 80 when not a terminal. */
  readonly columns: number
  /** Cancelled by Ctrl-C and SIGTERM; its progress goes to stderr when that is a terminal. */
  readonly run: Run
  /** Of `--mask`: gives the program's names their pseudonyms, the same ones in all that this command prints and writes. */
  readonly masker: Masker | undefined
  /** Prints the report as text, JSON or Markdown and remembers the exit code its verdict asks for. */
  finish(report: Report, options: ReportOptions): void
  /** Code of the user's runs in this process and may keep it alive (a pool, a timer): it is left as soon as the command is over. */
  leaveAtEnd(): void
  /** Remembers the exit code; the highest given wins. */
  endWith(code: ExitCode): void
}

export interface ReportOptions {
  json?: boolean | undefined
  markdown?: boolean | undefined
  failOn?: FailOn | undefined
}
