// Writes docs/pattern-confusion.md: every program of test/programs/patterns and its healthy twin is run alone, as a
// ladder of three snapshots, and the pattern that is named first stands beside the one that was planted.
// Usage: node scripts/confusion-table.ts [--node 24] [program…]     (programs: only print their lines)
//        node scripts/confusion-table.ts --lines FILE                (make the page of lines that were printed before)
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { EXPECTED } from '../test/patterns/expected.ts'
import { patternPrograms, runLadder } from '../test/support/ladder.ts'
import { NODE_VERSIONS, nodeBinary, type NodeMajor } from '../test/support/node-binaries.ts'

interface Outcome {
  program: string
  planted: string
  /** Patterns of the findings, the first one first. */
  named: readonly string[]
  /** The same of the healthy twin: none is right. */
  twin: readonly string[]
}

const { values, positionals } = parseArgs({ options: { node: { type: 'string', default: '24' }, lines: { type: 'string' } }, allowPositionals: true })
const major = Number(values.node) as NodeMajor
if (NODE_VERSIONS[major] === undefined) throw new TypeError(`--node: expected one of ${Object.keys(NODE_VERSIONS).join(', ')}, found ${values.node}`)
const binary = nodeBinary(major)
const outcomes = values.lines === undefined ? await runAll(positionals.length > 0 ? positionals : patternPrograms()) : readLines(values.lines)
if (positionals.length === 0) writeFileSync(join(import.meta.dirname, '..', 'docs', 'pattern-confusion.md'), pageOf(outcomes))

async function runAll(programs: readonly string[]): Promise<Outcome[]> {
  const all: Outcome[] = []
  for (const program of programs) {
    const planted = EXPECTED[program]?.pattern ?? '(not said in test/patterns/expected.ts)'
    const named = await patternsOf('leak', program)
    const twin = await patternsOf('healthy', program)
    all.push({ program, planted, named, twin })
    console.log(`${program}: planted ${planted}, named ${named.join(', ') || 'nothing'}; twin ${twin.join(', ') || 'silent'}`)
  }
  return all
}

function readLines(file: string): Outcome[] {
  const listOf = (text: string, none: string): string[] => (text === none ? [] : text.split(', '))
  return Array.from(readFileSync(file, 'utf8').matchAll(/^(.+?): planted (.+?), named (.+?); twin (.+)$/gm), ([, program, planted, named, twin]) => ({ program: program!, planted: planted!, named: listOf(named!, 'nothing'), twin: listOf(twin!, 'silent') }))
}

async function patternsOf(kind: 'leak' | 'healthy', program: string): Promise<string[]> {
  const { findings } = await runLadder(binary, kind, [program])
  return findings.map(({ verdict, pattern }) => (verdict === 'leak' ? pattern : `${pattern} (${verdict})`))
}

function pageOf(all: readonly Outcome[]): string {
  // A finding that is only suspected is named all the same.
  const first = ({ named }: Outcome): string => (named[0] ?? 'nothing').replace(/ \(\w+\)$/, '')
  const wrong = all.filter((each) => first(each) !== each.planted)
  const accused = all.filter(({ twin }) => twin.length > 0)
  const planted = [...new Set(all.map((each) => each.planted))].toSorted()
  const rows = planted.map((pattern) => {
    const of = all.filter((each) => each.planted === pattern)
    const firsts = countsText(of.map(({ named }) => named[0] ?? 'nothing'))
    const beside = countsText(of.flatMap(({ named }) => named.slice(1).filter((other) => other !== pattern)))
    const twins = of.filter(({ twin }) => twin.length > 0)
    return `| \`${pattern}\` | ${of.map(({ program }) => program).join(', ')} | ${firsts} | ${beside} | ${twins.length === 0 ? 'silent' : countsText(twins.flatMap(({ twin }) => twin))} |`
  })
  return `# Which pattern is taken for which

Every planted leak of \`test/programs/patterns\` runs alone on Node ${NODE_VERSIONS[major]}, as a ladder of three snapshots (131, 61 and 61 operations),
and so does its healthy twin. Beside each planted pattern stands what the comparison names first, what else it names, and what it
says of the twin. Made by \`node scripts/confusion-table.ts\`.

**${all.length - wrong.length} of ${all.length} programs are named first by their pattern; ${accused.length === 0 ? 'no twin is accused' : `${accused.length} of ${all.length} twins are accused`}.**${
    wrong.length === 0 ? '' : `\n\nTaken for something else: ${wrong.map((each) => `${each.program} (planted \`${each.planted}\`, named \`${first(each)}\`)`).join('; ')}.`
  }

| planted | programs | named first | named beside | twins |
|---|---|---|---|---|
${rows.join('\n')}

"Named beside" are further findings of the same run: mostly the same objects seen from a second holder. A pattern that no program plants
is not in this table.
`
}

function countsText(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => `\`${name}\`${count > 1 ? ` × ${count}` : ''}`).join(', ')
}
