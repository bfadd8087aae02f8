// Writes docs/concepts/patterns.md from the registry, so that the list in the docs cannot differ from what is run.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PATTERNS } from '../src/analysis/patterns/registry.ts'

const entries = PATTERNS.map(
  ({ id, category, title, proves, disproves, why, advice, confidence, example }) =>
    `## ${id}\n\n${title[0]!.toUpperCase()}${title.slice(1)}. Category \`${category}\`, confidence ${confidence}.\n\n` +
    `- **Proof:** ${proves}\n- **Not it:** ${disproves}\n- **Cause:** ${why}\n- **Remedy:** ${advice}\n` +
    (example === undefined ? '' : `\n\`\`\`js\n// before\n${example.before}\n// after\n${example.after}\n\`\`\`\n`),
)
const text = `# Patterns\n\nThe ways to leak that a finding can name, in the order in which they are tried; the first that matches names it.\nMade by \`node scripts/list-patterns.ts\` from \`src/analysis/patterns/registry.ts\`.\n\n${entries.join('\n')}`
writeFileSync(join(import.meta.dirname, '..', 'docs', 'concepts', 'patterns.md'), text)
