import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PATTERNS } from '../../src/analysis/patterns/registry.ts'
import { CATEGORIES } from '../../src/model/finding.ts'

const folder = join(import.meta.dirname, '..', '..', 'src', 'analysis', 'patterns')

test('every pattern file is in the registry, every id is one of a kind', () => {
  const files = readdirSync(folder).filter((file) => readFileSync(join(folder, file), 'utf8').includes(': Pattern = {'))
  expect(PATTERNS).toHaveLength(files.length)
  expect(new Set(PATTERNS.map(({ id }) => id)).size).toBe(PATTERNS.length)
})

test('every pattern says in whole sentences what proves it, what disproves it, why it happens and what to do', () => {
  for (const { id, category, title, proves, disproves, why, advice, remedies } of PATTERNS) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(CATEGORIES).toContain(category)
    expect(title, id).not.toMatch(/\.$/)
    for (const sentence of [proves, disproves, why, advice, ...Object.values(remedies ?? {}).flatMap((each) => [each.why ?? 'X.', each.advice])]) expect(sentence, id).toMatch(/^['`A-Z].*\.$/)
  }
})

test('the page of patterns is the one that the registry makes', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'concepts', 'patterns.md'), 'utf8')
  for (const { id, proves, advice, remedies } of PATTERNS) {
    expect(page).toContain(`## ${id}\n`)
    expect(page).toContain(proves)
    expect(page).toContain(advice)
    for (const remedy of Object.values(remedies ?? {})) expect(page).toContain(remedy.advice)
  }
})
