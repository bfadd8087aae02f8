import type { CliCommand } from './command.ts'

/** The verbs, in the order of the help. */
export const COMMANDS: readonly CliCommand[] = [
  { name: 'hunt', summary: 'find the leak of a running Node program', load: () => import('./commands/hunt.ts') },
  { name: 'snapshot', summary: 'take one heap snapshot of a running program, with care', load: () => import('./commands/snapshot.ts') },
  { name: 'gc', summary: 'read a GC log of Go, V8, the JVM or CPython and say what it means', load: () => import('./commands/gc.ts') },
  { name: 'formats', summary: 'list the formats that can be read', load: () => import('./commands/formats.ts') },
]
