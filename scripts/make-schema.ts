// Writes schema/report.schema.json and the tables of docs/report.md from src/render/report-schema.ts.
// With --check it writes nothing and ends with 1 when they are out of date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { publishedSchema, withTables } from './schema-files.ts'

const files = [
  ['schema/report.schema.json', publishedSchema()],
  ['docs/report.md', withTables(readFileSync('docs/report.md', 'utf8'))],
] as const

mkdirSync('schema', { recursive: true })
for (const [path, text] of files) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
  if (process.argv.includes('--check')) {
    console.error(`${path} is out of date: npm run schema`)
    process.exitCode = 1
  } else writeFileSync(path, text)
}
