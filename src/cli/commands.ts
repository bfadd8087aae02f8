import type { CliCommand } from './command.ts'

/** The verbs, in the order of the help. */
export const COMMANDS: readonly CliCommand[] = [
  { name: 'snapshot', summary: 'take one heap snapshot of a running program, with care', load: () => import('./commands/snapshot.ts') },
  { name: 'formats', summary: 'list the formats that can be read', load: () => import('./commands/formats.ts') },
]
