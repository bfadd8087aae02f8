import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { compiledPackage } from '../support/compiled-package.ts'
import { NODE_VERSIONS, nodeBinary } from '../support/node-binaries.ts'
import type { NodeMajor } from '../support/node-binaries.ts'

const programs = join(import.meta.dirname, 'programs')
const majors = Object.keys(NODE_VERSIONS).map(Number) as NodeMajor[]
let library = ''

beforeAll(() => {
  library = join(compiledPackage().dist, 'in-process', 'should-go-away.js')
})

async function run(major: NodeMajor, args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(nodeBinary(major), args, { maxBuffer: 64 * 1024 * 1024, timeout: 150_000 })
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>
}

describe.each(majors)('on Node %i', (major) => {
  test.each(['plain', 'inspector', 'worker'])('none of 1000 healthy watches is called retained (%s)', async (mode) => {
    const result = await run(major, [join(programs, 'healthy.mjs'), library, mode])
    expect(result).toMatchObject({ watched: 1000, answers: { gone: 1000 }, wrong: {} })
  })

  test.each(['forced', 'awaited'])('every planted object is still here, every healthy one gone (%s collections)', async (collections) => {
    const { answers } = await run(major, [join(programs, 'planted.mjs'), library, collections])
    expect(answers).toEqual({
      'healthy: gone': 100,
      'in a map: retained': 20,
      'by a listener: retained': 20,
      'in an array: retained': 20,
      'by an interval: retained': 20,
      'by a pending promise: retained': 20,
    })
  }, 160_000)

  test.each([[[]], [['--frozen-intrinsics']]])('misuse and odd programs do not disturb the program (%j)', async (flags) => {
    const result = await run(major, [...flags, join(programs, 'bad-input.mjs'), library])
    expect(result).toMatchObject({
      sameTicket: true,
      times: 3,
      refused: Array.from({ length: 7 }, () => 'refused'),
      accepted: ['function', 'Symbol(own)', 'Symbol(Symbol.iterator)', 'Proxy', flags.length === 0 ? 'Map' : 'Object', 'Object', 'Object', 'Proxy'],
      lenient: 'undecided',
      longLabel: [true, true],
      badOptions: [
        'shouldGoAway: within: expected milliseconds, 0 or more, found -1',
        'shouldGoAway: within: expected milliseconds, 0 or more, found NaN',
        "shouldGoAway: within: expected milliseconds, 0 or more, found '5s'",
        "shouldGoAway: expected no options but label, within, minCollections, stack, tags, found an option 'witin'",
        'shouldGoAway: minCollections: expected a whole number from 0 to 31, found 32',
        'shouldGoAway: stack: expected a whole number of at least 0, found 0.5',
        "shouldGoAway: tags: expected an object of texts, such as { route: '/login' }, found an object",
        'shouldGoAway: expected an object with label, within, minCollections, stack, tags, found null',
        'shouldGoAway: expected an object with label, within, minCollections, stack, tags, found 5',
      ],
      badSettings: [
        "shouldGoAway.configure: misuse: expected 'throw' or 'report', found 'ignore'",
        'shouldGoAway.configure: cap: expected a whole number of at least 1, found 0',
        expect.stringContaining("found an option 'caps'"),
      ],
      badWait: "ticket.answer: collections: expected 'awaited' or 'forced', found 'force'",
      reported: 'kept',
      goodOptions: '(other labels)',
      capped: { watching: 100, dropped: 9900 },
      droppedAnswer: 'undecided',
      idle: 'undecided',
    })
    expect(result['labelsKept']).toBeLessThan(2100)
    // Half of 10 000 are early; of a fair sample of 100 about 50, hardly ever (1 in a million) outside 25 to 75.
    expect(result['sampleIsFair']).toBeGreaterThan(25)
    expect(result['sampleIsFair']).toBeLessThan(75)
    if (flags.length === 0) expect(result).toMatchObject({ stack: true, oddStack: 'none' })
  })
})

test('require(esm) gives CommonJS programs the same library', async () => {
  const { stdout } = await promisify(execFile)(nodeBinary(20), ['-e', `console.log(typeof require(${JSON.stringify(library)}).shouldGoAway)`])
  expect(stdout.trim()).toBe('function')
})
