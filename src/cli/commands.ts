import type { CliCommand } from './command.ts'

/** The verbs, in the order of the help. */
export const COMMANDS: readonly CliCommand[] = [
  { name: 'hunt', summary: 'find the leak of a running program (Node, Java, Python, Go)', load: () => import('./commands/hunt.ts') },
  { name: 'verify', summary: 'verify a fix: repeat a hunt and say which leaks are gone', load: () => import('./commands/verify.ts') },
  { name: 'snapshot', summary: 'take one heap snapshot of a running program (Node, Java, Python, Go), with care', load: () => import('./commands/snapshot.ts') },
  { name: 'analyze', summary: 'look at one heap snapshot: what is big, and what keeps it', load: () => import('./commands/analyze.ts') },
  { name: 'diff', summary: 'compare heap snapshots: what grew at every step, and who holds it', load: () => import('./commands/diff.ts') },
  { name: 'why', summary: 'say why an object of a snapshot is still here', load: () => import('./commands/why.ts') },
  { name: 'query', summary: 'ask a heap, profile or series anything, in SQL', load: () => import('./commands/query.ts') },
  { name: 'redact', summary: 'rewrite a V8 heap snapshot without its contents, to share it', load: () => import('./commands/redact.ts') },
  { name: 'test', summary: 'run tests that use shouldGoAway; new leaks fail, known ones stand in a baseline', load: () => import('./commands/test.ts') },
  { name: 'gc', summary: 'read a GC log of Go, V8, the JVM or CPython and say what it means', load: () => import('./commands/gc.ts') },
  { name: 'watch', summary: 'watch a running process: does its memory leak?', load: () => import('./commands/watch.ts') },
  { name: 'confirm', summary: 'confirm a leak by forced collections, an idle phase, twice the load, a restart', load: () => import('./commands/confirm.ts') },
  { name: 'verdict', summary: 'judge recorded memory over time: does it leak?', load: () => import('./commands/verdict.ts') },
  { name: 'advise', summary: 'pick collector settings for a container, or say that none will help', load: () => import('./commands/advise.ts') },
  { name: 'layout', summary: 'show the address space of a process', load: () => import('./commands/layout.ts') },
  { name: 'history', summary: 'list what was watched and kept', load: () => import('./commands/history.ts') },
  { name: 'show', summary: 'show one kept process and its verdict', load: () => import('./commands/show.ts') },
  { name: 'export', summary: 'write a heap, profile or kept process for other tools: Parquet, pprof, CSV', load: () => import('./commands/export.ts') },
  { name: 'import', summary: 'keep series that other tools recorded', load: () => import('./commands/import.ts') },
  { name: 'formats', summary: 'list the formats that can be read', load: () => import('./commands/formats.ts') },
]
