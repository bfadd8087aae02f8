// Writes docs/concepts/patterns.md from the registry, so that the list in the docs cannot differ from what is run.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Pattern, Remedy } from '../src/analysis/patterns/pattern.ts'
import { PATTERNS } from '../src/analysis/patterns/registry.ts'
import { RUNTIMES, type Runtime } from '../src/analysis/vocabulary/vocabulary.ts'
import { VOCABULARIES } from '../src/analysis/vocabulary/vocabulary-of.ts'

const vocabulary = (runtime: Runtime) => VOCABULARIES.find((each) => each.runtime === runtime)!

/** The runtime whose language `advice` and `example` are in. */
const spokenIn = ({ runtimes }: Pattern): Runtime => runtimes?.[0] ?? 'v8'

function example(remedy: Remedy, runtime: Runtime): string {
  if (remedy.example === undefined) return ''
  const { language } = vocabulary(runtime)
  const comment = language === 'python' ? '#' : '//'
  return `\n\`\`\`${language}\n${comment} before\n${remedy.example.before}\n${comment} after\n${remedy.example.after}\n\`\`\`\n`
}

const NEEDS = {
  source: 'A graph alone does not show it: named where the source can be read.',
  process: 'A graph does not show it: named from what the process as a whole does.',
}

function describePattern(pattern: Pattern): string {
  const { id, category, title, proves, disproves, confidence, runtimes, remedies, needs } = pattern
  const where = runtimes === undefined ? 'every runtime' : runtimes.map((each) => vocabulary(each).title).join(', ')
  const others = RUNTIMES.filter((runtime) => remedies?.[runtime] !== undefined).map((runtime) => {
    const remedy = remedies![runtime]!
    return `\n**${vocabulary(runtime).title}${remedy.title === undefined ? '' : `: ${remedy.title}`}.** ${remedy.proves === undefined ? '' : `${remedy.proves} `}${remedy.why === undefined ? '' : `${remedy.why} `}${remedy.advice}\n${example(remedy, runtime)}`
  })
  return (
    `## ${id}\n\n${title[0]!.toUpperCase()}${title.slice(1)}. Category \`${category}\`, confidence ${confidence}; ${where}.${needs === undefined ? '' : ` ${NEEDS[needs]}`}\n\n` +
    `- **Proof:** ${proves}\n- **Not it:** ${disproves}\n- **Cause:** ${pattern.why}\n- **Remedy:** ${pattern.advice}\n${example(pattern, spokenIn(pattern))}${others.join('')}`
  )
}

const text = `# Patterns

The ways to leak that a finding can name, in the order in which they are tried; the first that matches names it.
Made by \`node scripts/list-patterns.ts\` from \`src/analysis/patterns/registry.ts\`.

A pattern speaks of maps, lists of listeners, captured variables; what these are called in Node, in a JVM, in Python is
in \`src/analysis/vocabulary\`, so that one pattern works on the graphs of each. A finding gives the remedy in the language of the program it was found in.

${PATTERNS.map(describePattern).join('\n')}`
writeFileSync(join(import.meta.dirname, '..', 'docs', 'concepts', 'patterns.md'), text)
