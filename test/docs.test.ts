import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from '../src/cli/commands.ts'
import { EXIT } from '../src/cli/exit-code.ts'

const root = join(import.meta.dirname, '..')
const pages = ['README.md', join('src', 'README.md'), ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md')).map((file) => join('docs', file))]
const read = (page: string): string => readFileSync(join(root, page), 'utf8')

test('no link of the documentation leads nowhere', () => {
  const broken: string[] = []
  for (const page of pages) {
    const prose = read(page).replace(/^```[\s\S]*?^```/gm, '')
    for (const [, target] of prose.matchAll(/(?:\]\(|src=")([^)"\s]+)/g)) {
      if (/^[a-z]+:/i.test(target!)) continue
      const [file, anchor] = target!.split('#') as [string, string?]
      const path = file === '' ? page : normalize(join(dirname(page), file))
      if (!existsSync(join(root, path))) broken.push(`${page}: ${target}`)
      else if (anchor !== undefined && !anchorsOf(path).includes(anchor)) broken.push(`${page}: ${target} (no such heading)`)
    }
  }
  expect(broken).toEqual([])
})

function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, title]) => title!.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-'))
}

test('every command has a page, and every page of commands and concepts is listed', () => {
  // A page names its commands in its title; small ones share one: `# stillhere history, show, export, import`.
  const titles = pages.filter((page) => page.startsWith(join('docs', 'commands'))).map((page) => /^# stillhere (.*)$/m.exec(read(page))?.[1]?.split(', '))
  expect(COMMANDS.map(({ name }) => name).filter((name) => !titles.some((names) => names?.includes(name)))).toEqual([])
  const index = read(join('docs', 'README.md'))
  const listed = ['commands', 'concepts'].flatMap((folder) => pages.filter((page) => page.startsWith(join('docs', folder))))
  expect(listed.filter((page) => !index.includes(`(${relative('docs', page)})`))).toEqual([])
})

test('every exit code is documented', () => {
  const page = read(join('docs', 'exit-codes.md'))
  expect(Object.values(EXIT).filter((code) => !page.includes(`| ${code} |`))).toEqual([])
})
