import type { CliCommand } from './command.ts'

/** The verbs, in the order of the help. */
export const COMMANDS: readonly CliCommand[] = [
  { name: 'formats', summary: 'list the formats that can be read', load: () => import('./commands/formats.ts') },
]
