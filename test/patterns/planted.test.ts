import { describe, expect, test } from 'vitest'
import { NODE_VERSIONS, nodeBinary, type NodeMajor } from '../support/node-binaries.ts'
import { patternPrograms, runLadder } from '../support/ladder.ts'
import { EXPECTED } from './expected.ts'

// All programs run side by side in one process, so that a version costs two processes and not a hundred. One version
// in `npm test`; `npm run test:patterns` takes all four.
const majors = process.env['STILLHERE_ALL_NODES'] === undefined ? [24 as const] : (Object.keys(NODE_VERSIONS).map(Number) as NodeMajor[])
const names = patternPrograms()

test('every program has its expected pattern', () => {
  expect(Object.keys(EXPECTED).sort()).toEqual(names)
})

describe.each(majors)('Node %i', (major) => {
  test('each planted leak is found, with its class, and named after its pattern', { timeout: 300_000 }, async () => {
    const { findings, isSameProcess } = await runLadder(nodeBinary(major), 'leak', names)
    expect(isSameProcess).toBe(true)
    const told = findings.map(({ verdict, pattern, category, subject }) => ({ verdict, pattern, category, className: subject.className }))
    const missed = names.filter((name) => {
      const { pattern, category, className: usual, classNameOn, verdict = 'leak' } = EXPECTED[name]!
      const className = classNameOn?.[major] ?? usual
      return !told.some((each) => each.verdict === verdict && each.pattern === pattern && each.category === category && each.className.startsWith(className))
    })
    expect(missed, JSON.stringify(told, null, 1)).toEqual([])
  })

  test('none of the healthy twins is accused', { timeout: 300_000 }, async () => {
    const { findings } = await runLadder(nodeBinary(major), 'healthy', names)
    expect(findings.map(({ pattern, title, growth }) => ({ pattern, title, growth }))).toEqual([])
  })
})
