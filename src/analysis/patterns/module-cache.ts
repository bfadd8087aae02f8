import { entryIs, hasEdge, words } from './held.ts'
import type { Pattern } from './pattern.ts'

export const moduleCache: Pattern = {
  id: 'module-cache-growth',
  category: 'module-cache',
  runtimes: ['v8'],
  title: 'modules that are loaded again and again under new names',
  proves: 'The module cache gains modules at every step.',
  disproves: 'Lazy loading at the start, which ends when every module was needed once.',
  why: 'A module is kept for ever under its resolved name. A query, a temporary path or a fresh copy per request is a new name each time.',
  advice: 'Import under one name; load data as data, not as modules; in hot reload remove the module from the cache and from its parent’s `children`.',
  example: { before: 'await import(`./plugin.mjs?t=${Date.now()}`)', after: "const plugin = await import('./plugin.mjs')" },
  confidence: 'high',
  matches: (held) =>
    entryIs(held, /^(Module|ModuleWrap|ModuleJob|ModuleJobSync|ContextifyScript|Script|system \/ (SourceTextModule|SyntheticModule|Module))$/) ||
    (hasEdge(held, /^(_cache|_pathCache|loadCache|relativeResolveCache|kCache)$/, { above: 2 }) && /Module|load|require/i.test(words(held))),
}
