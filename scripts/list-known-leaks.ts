// Writes docs/known-leaks.md from the table, so that the list in the docs cannot differ from what is run.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { knownLeaksText } from './known-leaks-text.ts'

writeFileSync(join(import.meta.dirname, '..', 'docs', 'known-leaks.md'), knownLeaksText())
