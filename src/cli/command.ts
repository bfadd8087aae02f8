import type { Command } from 'commander'
import type { Shell } from './shell.ts'

/** One verb of the command line. Listed in `commands.ts`; its module is loaded only when it is asked for. */
export interface CliCommand {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  load(): Promise<{ define: DefineCommand }>
}

/** Gives `command` its arguments, options, help and action. The action calls one job and `shell.finish`. */
export type DefineCommand = (command: Command, shell: Shell) => void
